import type { z } from 'zod';
import type { Log } from '#electron/log.ts';
import type { Jobs } from '#electron/services/jobs/index.ts';
import type { Store } from '#electron/store/index.ts';
import type { devices as contract } from '#shared/contract/devices.ts';
import { AppError } from '#shared/errors.ts';
import type {
  AcceptedHostKeys,
  Device,
  DeviceFacts,
  DeviceInput,
  DiscoveredDevice,
  SeenHostKey,
  RecordedTrust,
} from '#shared/model/devices.ts';
import type { RunOptions } from '#shared/model/jobs.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { createAdding } from './add.ts';
import { createChanges } from './changes.ts';
import { createVisits } from './connect.ts';
import { type Browse, discover } from './discovery.ts';
import { createFactsReading } from './facts/reading.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { createGroups } from './groups.ts';
import { createImports, type Imports } from './import/index.ts';
import { createKnownHosts } from './known-hosts.ts';
import { pullHello } from './hello.ts';
import { createInventory } from './inventory.ts';
import type { DeviceEntry } from './lookup.ts';
import { createKept } from './kept.ts';
import { loginLine } from './login-line.ts';
import { createMeeting, type Meetings } from './meeting.ts';
import { createRunKinds } from './runs.ts';
import type { DeviceSession } from './session.ts';
import { type ConnectOptions, createSessions } from './sessions.ts';
import { createSettling } from './settling.ts';
import { createSimulated, type SimulatedDevices } from './simulated.ts';
import { type Contact, createConnector } from './ssh/connector.ts';
import { createCredentials } from './ssh/credential.ts';
import { defaultLimits, type SshLimits } from './ssh/limits.ts';
import type { ResolveLocal } from './ssh/resolve.ts';

export type { DeviceSession, ScriptEnd } from './session.ts';

type UpdateInput = z.infer<(typeof contract.update)['~orpc']['inputSchema']>;

/** The devices of one data folder: the list, how to reach them, and what they are. */
export interface Devices extends Fleet, Imports {
  /** The oldest first; all unless a page is named. */
  list(page?: { offset: number; limit: number }): Device[];
  /** By id, name or address. @throws AppError NOT_FOUND */
  get(key: string): Device;
  /** The same for a run over many: its proofs are judged by what the registry was within the last second. */
  target(key: string): Device;
  /** @throws AppError NOT_FOUND when one of the chosen does not exist */
  select(selection: DeviceSelection): Device[];
  /** The same without what is known of them: ten thousand are found in a few milliseconds. */
  choose(selection: DeviceSelection): DeviceEntry[];
  /** Meets a device without logging in. Asks for each type of host key in turn. */
  contact(place: { address: string; port: number | null }, signal?: AbortSignal): Promise<Contact>;
  /** Stores a device once its host key and login are accepted, then reads its facts on the same connection. */
  add(input: DeviceInput, signal?: AbortSignal): Promise<Device>;
  update(input: UpdateInput): Device;
  remove(key: string): Promise<{ id: string }>;
  /** Pins the key with this fingerprint after meeting the device anew. @throws AppError HOST_KEY_CHANGED */
  acceptHostKey(input: { device: string; fingerprint: string }, signal?: AbortSignal): Promise<Device>;
  /** A session as root; waits for a free place. The whole visit ends with `signal` or the device's time limit. */
  connect(id: string, options: ConnectOptions): Promise<DeviceSession>;
  /** Meets devices without logging in; yields which host keys they show as they come. */
  meet(selection: DeviceSelection, signal?: AbortSignal): AsyncGenerator<Meetings, void>;
  /** Pins keys that a person has seen; a pinned one is never replaced. */
  acceptHostKeys(input: { keys: SeenHostKey[] }): Promise<AcceptedHostKeys>;
  /** Reads facts as a run, which can be paused, resumed and retried. */
  probe(selection: DeviceSelection): Promise<{ jobId: string }>;
  discover(options: { seconds: number }, signal?: AbortSignal): AsyncGenerator<DiscoveredDevice[], void>;
  /** @throws AppError NOT_SET_UP, NO_ADDRESS */
  pullHello(key: string): Promise<{ jobId: string }>;
  loginLine(key: string): { command: string; note: string };
  saveFacts(id: string, facts: DeviceFacts): void;
  saveTrust(id: string, patch: Partial<RecordedTrust>): void;
  onChange(listener: () => void): () => void;
  /** Pins keys that OpenSSH knows. */
  importKnownHosts: ReturnType<typeof createKnownHosts>;
  /** Ends connections that were kept. */
  close(): void;
  simulated: SimulatedDevices;
}

const never = (): AbortSignal => new AbortController().signal;

/** What devices know our registry by, best first, and the user they log in as; `isHere`: for devices that this computer plays. */
type OwnRegistry = (where: { isHere: boolean }) => { references: string[]; user: string };

/** OpenSSH for Windows listens on a pipe of fixed name. */
const systemAgent = (): string | undefined =>
  process.env.SSH_AUTH_SOCK ?? (process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined);

/** Null before the first run: there is a list of devices then, but nothing for them to trust yet. */
const knownRegistry = (ask: OwnRegistry, isHere: boolean): ReturnType<OwnRegistry> | null => {
  try {
    return ask({ isHere });
  } catch (error) {
    if (error instanceof AppError && ['NOT_SET_UP', 'NOT_FOUND'].includes(error.code)) return null;
    throw error;
  }
};

/**
 * Creates the devices service.
 * @param needs.registry what devices know the registry by, and the user they log in as
 * @param needs.ca fingerprint of the CA that devices are to trust; null: there is none yet
 * @param needs.agentSocket where the SSH agent listens; default: SSH_AUTH_SOCK, or the pipe of Windows
 */
export const createDevices = (needs: {
  store: Pick<Store, 'sql' | 'secrets' | 'settings'>;
  log: Log;
  jobs: Pick<Jobs, 'define' | 'run'>;
  names: { browse: Browse; resolve: ResolveLocal };
  registry: OwnRegistry;
  ca?: () => string | null;
  now?: () => Date;
  limits?: Partial<SshLimits>;
  agentSocket?: () => string | undefined;
}): Devices => {
  const { store, jobs, names, registry, ca = () => null, now = () => new Date() } = needs;
  const log = needs.log.area('devices');
  const limits = { ...defaultLimits, ...needs.limits };
  const changes = createChanges();
  const groups = createGroups({ store, onChange: changes.edited });
  // A name stays the registry's while the network is away.
  const references = () => knownRegistry(registry, true)?.references ?? [];
  const settling = createSettling({ sql: store.sql, ca, references, onChange: changes.tell });
  const inventory = createInventory({ store, groups, settling, now, changes });
  const connector = createConnector({ resolveLocal: names.resolve, limits });
  const { agentSocket = systemAgent } = needs;
  const credentials = createCredentials({ agentSocket });
  const kept = createKept(limits);
  const visit = createVisits({ connector, credentials, limits, kept });
  const adding = createAdding({ inventory, groups, connector, credentials, visit, now });
  const { connect, isBusy } = createSessions({ inventory, visit, log, now });
  const fleet = createFleet({ store, log, inventory, groups, isBusy, settling });
  const imports = createImports({ inventory, groups, log, agentSocket });

  const registryFor = ({ isSimulated }: Device) => {
    const own = knownRegistry(registry, isSimulated);
    if (own === null) throw new AppError('NOT_SET_UP');
    const [best, ...others] = own.references;
    if (best === undefined) throw new AppError('NO_ADDRESS');
    return { references: [best, ...others] as const, user: own.user };
  };
  const readFactsOn = createFactsReading({ inventory, references, now });
  const meeting = createMeeting({ inventory, connector, now });
  const runKind = createRunKinds({ log, connect });
  jobs.define(
    'devices.probe',
    runKind('Read facts of', async (session, { signal, onPhase }) => {
      onPhase('Read facts');
      const { os, osVersion, architecture } = await readFactsOn(session, session.device, signal);
      return `${os} ${osVersion}, ${architecture}`;
    }),
  );
  jobs.define(
    'devices.pull',
    runKind('Pull mooring/hello on', (session, run) =>
      pullHello(session, registryFor(session.device).references, run),
    ),
  );
  const startRun = async (
    kind: 'devices.probe' | 'devices.pull',
    chosen: readonly Pick<DeviceEntry, 'id' | 'name' | 'address'>[],
    options: RunOptions = {},
  ) => {
    const items = chosen.map(({ id, name, address }) => ({ id, label: name, detail: address }));
    return { jobId: (await jobs.run({ kind, order: {}, items, options })).id };
  };

  return {
    ...fleet,
    ...imports,
    importKnownHosts: createKnownHosts({ inventory, now }),
    simulated: createSimulated({ store, inventory, now }),
    list(page) {
      settling.settle();
      return inventory.list(page);
    },
    get(key) {
      settling.settle();
      return inventory.get(key);
    },
    target: inventory.get,
    select: inventory.select,
    choose: inventory.choose,
    saveFacts: inventory.saveFacts,
    saveTrust: inventory.saveTrust,
    connect,
    close: kept.close,

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
        inventory.saveTrust(device.id, { error: error instanceof AppError ? error.data : null });
      } finally {
        session.close();
      }
      return inventory.get(device.id);
    },

    update({ device: key, ...draft }) {
      const { id, name, address, port } = inventory.get(key);
      const place = { name: draft.name ?? name, address: draft.address ?? address };
      inventory.checkFree({ ...place, port: draft.port === undefined ? port : draft.port }, id);
      inventory.update(id, draft);
      return inventory.get(id);
    },

    async remove(key) {
      const { id, name } = inventory.get(key);
      await inventory.remove([id]);
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

    meet: (selection, signal = never()) => meeting.meet(selection, signal),

    async acceptHostKeys({ keys }) {
      const result = await meeting.accept(keys);
      log.info('host keys accepted', { accepted: result.accepted, refused: result.refused.length });
      return result;
    },

    probe: async (selection) => startRun('devices.probe', inventory.choose(selection)),

    discover: ({ seconds }, signal) =>
      discover({ browse: names.browse, known: inventory.entries }, { seconds, signal }),

    async pullHello(key) {
      const device = inventory.get(key);
      registryFor(device);
      // A person waits for the words of the engine.
      return startRun('devices.pull', [device], { retries: 0 });
    },

    loginLine(key) {
      const device = inventory.get(key);
      const { references, user } = registryFor(device);
      return loginLine(device, { reference: references[0], user });
    },

    onChange: changes.onChange,
  };
};
