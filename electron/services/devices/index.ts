import type { z } from 'zod';
import type { Log } from '#electron/log.ts';
import type { JobContext, Jobs } from '#electron/services/jobs/index.ts';
import type { Store } from '#electron/store/index.ts';
import type { devices as contract } from '#shared/contract/devices.ts';
import { AppError, type AppErrorData } from '#shared/errors.ts';
import type { Device, DeviceFacts, DeviceInput, DiscoveredDevice } from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { createAdding } from './add.ts';
import { createVisits, visitOf } from './connect.ts';
import { type Browse, discover } from './discovery.ts';
import { factsBody } from './facts/body.ts';
import { readFacts } from './facts/read.ts';
import { helloBody, type HelloPull, helloSeconds, helloStep, readHello } from './hello.ts';
import { createInventory } from './inventory.ts';
import { loginLine } from './login-line.ts';
import type { DeviceSession } from './session.ts';
import { type Contact, createConnector } from './ssh/connector.ts';
import { createCredentials } from './ssh/credential.ts';
import { defaultLimits, type SshLimits } from './ssh/limits.ts';
import type { ResolveLocal } from './ssh/resolve.ts';

export type { DeviceSession, ScriptEnd } from './session.ts';

type UpdateInput = z.infer<(typeof contract.update)['~orpc']['inputSchema']>;

/** The devices of one data folder: the list, how to reach them, and what they are. */
export interface Devices {
  list(): Device[];
  /** By id, name or address. @throws AppError NOT_FOUND */
  get(key: string): Device;
  /** @throws AppError NOT_FOUND when one of the chosen does not exist */
  select(selection: DeviceSelection): Device[];
  /** Meets a device without logging in. Asks for each type of host key in turn. */
  contact(place: { address: string; port: number | null }, signal?: AbortSignal): Promise<Contact>;
  /** Stores a device once its host key and login are accepted, then reads its facts on the same connection. */
  add(input: DeviceInput, signal?: AbortSignal): Promise<Device>;
  update(input: UpdateInput): Device;
  remove(key: string): { id: string };
  /** Pins the key with this fingerprint after meeting the device anew. @throws AppError HOST_KEY_CHANGED */
  acceptHostKey(input: { device: string; fingerprint: string }, signal?: AbortSignal): Promise<Device>;
  /** A session as root; waits for a free place. The whole visit ends with `signal` or the device's time limit. */
  connect(
    id: string,
    options: { signal: AbortSignal; onPhase?(title: string): void },
  ): Promise<DeviceSession>;
  probe(selection: DeviceSelection): { jobId: string };
  discover(options: { seconds: number }, signal?: AbortSignal): AsyncGenerator<DiscoveredDevice[], void>;
  pullHello(key: string): { jobId: string };
  loginLine(key: string): { command: string; note: string };
  saveFacts(id: string, facts: DeviceFacts): void;
  saveTrust(id: string, patch: Partial<Device['trust']>): void;
  onChange(listener: () => void): () => void;
}

const factsMs = 45_000;

const never = (): AbortSignal => new AbortController().signal;

const asData = (error: unknown): AppErrorData | null => (error instanceof AppError ? error.data : null);

/**
 * Creates the devices service.
 * @param needs.registry what devices know the registry by, and the user they log in as
 * @param needs.agentSocket where the SSH agent listens; default: SSH_AUTH_SOCK
 */
export const createDevices = (needs: {
  store: Pick<Store, 'sql' | 'secrets'>;
  log: Log;
  jobs: Pick<Jobs, 'start'>;
  names: { browse: Browse; resolve: ResolveLocal };
  registry: () => { references: string[]; user: string };
  now?: () => Date;
  limits?: Partial<SshLimits>;
  agentSocket?: () => string | undefined;
}): Devices => {
  const { store, jobs, names, registry, now = () => new Date() } = needs;
  const log = needs.log.area('devices');
  const limits = { ...defaultLimits, ...needs.limits };
  const listeners = new Set<() => void>();
  const onChange = () => {
    for (const listener of listeners) listener();
  };
  const inventory = createInventory({ store, now, onChange });
  const connector = createConnector({ resolveLocal: names.resolve, limits });
  const credentials = createCredentials({
    agentSocket: needs.agentSocket ?? (() => process.env.SSH_AUTH_SOCK),
  });
  const visit = createVisits({ connector, credentials, limits });
  const adding = createAdding({ inventory, connector, credentials, visit, now });

  const connect: Devices['connect'] = async (id, options) => {
    const device = inventory.get(id);
    const session = await visit(visitOf(device, inventory.secrets(device.id)), options);
    if (device.port === null) inventory.savePort(device.id, session.port);
    return { ...session, device: inventory.get(device.id) };
  };

  const readFactsOn = async (session: Pick<DeviceSession, 'run'>, device: Device, signal: AbortSignal) => {
    let clockSeenAt = now();
    let isFirst = true;
    const onRecord = () => {
      if (isFirst) clockSeenAt = now();
      isFirst = false;
    };
    const body = factsBody(registry().references);
    const end = await session.run(body, { signal, timeoutMs: factsMs, onRecord });
    const facts = readFacts(end, { device: device.name, clockSeenAt, now: now() });
    inventory.saveFacts(device.id, facts);
    return facts;
  };

  const probeOne = async (device: Device, context: JobContext): Promise<AppErrorData | null> => {
    const { signal } = context;
    const item = (patch: Parameters<JobContext['item']>[1]) => context.item(device.id, patch);
    try {
      item({ state: 'running', phase: 'Connect' });
      const session = await connect(device.id, { signal, onPhase: (phase) => item({ phase }) });
      try {
        item({ phase: 'Read facts' });
        const facts = await readFactsOn(session, device, signal);
        item({ state: 'succeeded', message: `${facts.os} ${facts.osVersion}, ${facts.architecture}` });
        return null;
      } finally {
        session.close();
      }
    } catch (error) {
      if (signal.aborted) throw error;
      const data = asData(error);
      if (data === null) throw error;
      item({ state: 'failed', message: data.title, error: data });
      return data;
    }
  };

  const pullOn = async (device: Device, context: JobContext): Promise<HelloPull> => {
    const { signal } = context;
    const item = (patch: Parameters<JobContext['item']>[1]) => context.item(device.id, patch);
    item({ state: 'running' });
    const session = await connect(device.id, { signal, onPhase: (phase) => item({ phase }) });
    try {
      const { references } = registry();
      const onRecord = (record: unknown) => {
        const step = helloStep(record);
        if (step?.step === 'pulling') item({ phase: 'Pull', message: `by ${step.reference}` });
        if (step?.step === 'pulled') item({ message: step.output });
      };
      const timeoutMs = helloSeconds(references) * 1000;
      const pull = readHello(
        await session.run(helloBody(references), { signal, timeoutMs, onRecord }),
        device.name,
      );
      item({ state: 'succeeded', message: pull.output });
      return pull;
    } finally {
      session.close();
    }
  };

  return {
    list: inventory.list,
    get: inventory.get,
    select: inventory.select,
    saveFacts: inventory.saveFacts,
    saveTrust: inventory.saveTrust,
    connect,

    contact: (place, signal = never()) => connector.contact({ label: place.address, ...place }, signal),

    async add(input, signal = never()) {
      const { device, session } = await adding(input, signal);
      log.info('added', { device: device.name, address: device.address, isOffline: session === null });
      if (session === null) return device;
      try {
        await readFactsOn(session, device, signal);
      } catch (error) {
        // The login works, so the device stays; what failed is shown with it and met again by the next run.
        log.warn('facts could not be read', { device: device.name, error });
        inventory.saveTrust(device.id, { error: asData(error) });
      } finally {
        session.close();
      }
      return inventory.get(device.id);
    },

    update({ device: key, ...draft }) {
      const { id, name, address, port } = inventory.get(key);
      const place = { name: draft.name ?? name, address: draft.address ?? address };
      inventory.checkFree({ ...place, port: draft.port === undefined ? port : draft.port }, id);
      return inventory.update(id, draft);
    },

    remove(key) {
      const { id, name } = inventory.get(key);
      inventory.remove(id);
      log.info('removed', { device: name });
      return { id };
    },

    async acceptHostKey({ device: key, fingerprint }, signal = never()) {
      const device = inventory.get(key);
      const { hostKeys, port } = await connector.contact({ label: device.name, ...device }, signal);
      const found = hostKeys.find((shown) => shown.fingerprint === fingerprint);
      if (!found) {
        const details = { device: device.name, expected: fingerprint, fingerprint: hostKeys[0]?.fingerprint };
        throw new AppError('HOST_KEY_CHANGED', details);
      }
      inventory.pin(device.id, { ...found, acceptedAt: now().toISOString(), how: 'shown' });
      if (device.port === null) inventory.savePort(device.id, port);
      log.info('host key accepted', { device: device.name, ...found });
      return inventory.get(device.id);
    },

    probe(selection) {
      const chosen = inventory.select(selection);
      const items = chosen.map(({ id, name }) => ({ id, label: name }));
      const title =
        chosen.length === 1 ? `Read facts of ${chosen[0]?.name}` : `Read facts of ${chosen.length} devices`;
      const { id } = jobs.start({ kind: 'devices.probe', title, items }, (context) =>
        Promise.all(
          chosen.map(async (device) => ({ id: device.id, error: await probeOne(device, context) })),
        ),
      );
      return { jobId: id };
    },

    discover: ({ seconds }, signal) =>
      discover({ browse: names.browse, known: inventory.list }, { seconds, signal }),

    pullHello(key) {
      const device = inventory.get(key);
      const items = [{ id: device.id, label: device.name }];
      const { id } = jobs.start(
        { kind: 'devices.pull', title: `Pull mooring/hello on ${device.name}`, items },
        (context) =>
          pullOn(device, context).catch((error: unknown) => {
            const data = asData(error);
            if (data && !context.signal.aborted) {
              context.item(device.id, { state: 'failed', message: data.title, error: data });
            }
            throw error;
          }),
      );
      return { jobId: id };
    },

    loginLine(key) {
      const { references, user } = registry();
      const reference = references[0];
      if (reference === undefined) throw new AppError('NOT_SET_UP');
      return loginLine(inventory.get(key), { reference, user });
    },

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
