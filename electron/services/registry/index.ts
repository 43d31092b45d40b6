import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { pullPolicy, type RegistryEvent, type RegistryStatus } from '#shared/model/registry.ts';
import {
  type GcOptions,
  type RegistryUsage,
  storageLimits,
  type StorageLimits,
} from '#shared/model/storage.ts';
import type { EndpointChoice } from '#shared/model/setup.ts';
import { hostPort } from '#shared/names.ts';
import type { Log } from '#electron/log.ts';
import type { Jobs } from '#electron/services/jobs/index.ts';
import type { Store } from '#electron/store/index.ts';
import { certNames } from './cert-names.ts';
import { measureUsage } from './engine/storage/usage.ts';
import { createEvents } from './events.ts';
import { explainFailure } from './failures.ts';
import type { EngineConfig, EngineRules, EngineUser, FromEngine } from './messages.ts';
import { checkPort } from './ports.ts';
import type { SpawnEngine } from './process.ts';
import { createProofs, type Proofs } from './proofs.ts';
import { createSupervisor, defaultTiming, type Timing } from './supervisor.ts';
import { createTasks } from './tasks.ts';
import { createUsage } from './usage.ts';

export type { PullRecord } from './messages.ts';
export type { EngineProcess, SpawnEngine } from './process.ts';

/** What the registry needs of the other rooms. */
export interface RegistryNeeds {
  dataDir: string;
  store: Pick<Store, 'sql' | 'settings'>;
  log: Log;
  pki: {
    serverFiles(): { certPem: string; keyPem: string };
    onChange(listener: () => void): () => void;
  };
  access: { snapshot(): EngineUser[]; onChange(listener: () => void): () => void };
  jobs: Pick<Jobs, 'start' | 'running'>;
  spawnEngine: SpawnEngine;
  endpoint: () => EndpointChoice;
  timing?: Partial<Timing>;
}

export interface Registry {
  /**
   * Serves, and if it does so already, by the present endpoint and certificate.
   * @throws AppError PORT_IN_USE, PORT_FORBIDDEN, LISTEN_ADDRESS, STORAGE_UNWRITABLE, CERTIFICATE_MISSING,
   *   REGISTRY_CRASHED
   */
  start(): Promise<RegistryStatus>;
  /** Ends the engine and writes what is still in memory. */
  stop(): Promise<RegistryStatus>;
  status(): RegistryStatus;
  setPull(pull: RegistryStatus['pull']): Promise<RegistryStatus>;
  /** Newest first. */
  events(limit: number): RegistryEvent[];
  onChange(listener: () => void): () => void;
  onEvents(listener: () => void): () => void;
  proofs: Proofs;
  /** Storage by repository, whether the registry runs or not. */
  usage(): Promise<RegistryUsage>;
  limits(): StorageLimits;
  setLimits(limits: StorageLimits): StorageLimits;
  /** Starts a job. @throws AppError REGISTRY_DOWN, STORE_BUSY */
  gc(options: GcOptions): { jobId: string };
  /** Starts a job. @throws AppError REGISTRY_DOWN, STORE_BUSY */
  verify(): { jobId: string };
}

const pullKey = 'registry.pull';
const limitsKey = 'registry.limits';

/** Supervises the embedded engine: configuration goes to it by message, what happened there comes back. */
export const createRegistry = (needs: RegistryNeeds): Registry => {
  const { store, pki, access } = needs;
  const log = needs.log.area('registry');
  const storageRoot = join(needs.dataDir, 'registry');
  /** Tokens outlive a crash of the engine, not the app. */
  const tokenKey = randomBytes(32).toString('base64');
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const events = createEvents(store, log);
  const usage = createUsage(storageRoot, changed);
  let pull = store.settings.get(pullKey, pullPolicy) ?? 'anyone';
  let limits = store.settings.get(limitsKey, storageLimits) ?? { quotaBytes: null, reserveBytes: null };
  let isFull = false;
  let served: { port: number; listen: string } | null = null;

  const certificate = () => {
    try {
      const { certPem, keyPem } = pki.serverFiles();
      return { certPem, keyPem, names: certNames(certPem) };
    } catch (cause) {
      throw new AppError('CERTIFICATE_MISSING', {}, { cause });
    }
  };
  const rules = (names: string[]): EngineRules => {
    const { names: own, port } = needs.endpoint();
    return {
      pull,
      challenge: 'bearer',
      canonicalHost: hostPort(own[0] ?? 'localhost', port),
      certNames: names,
    };
  };
  const config = (): EngineConfig => {
    const { certPem, keyPem, names } = certificate();
    const { port, listen } = needs.endpoint();
    served = { port, listen };
    return {
      ...{ listen, port, certPem, keyPem, storageRoot, tokenKey },
      users: access.snapshot(),
      rules: rules(names),
      probes: proofs.outstanding(),
      limits,
    };
  };

  const setFull = (next: boolean) => {
    if (next !== isFull) log.warn(next ? 'the store is full' : 'the store takes uploads again');
    isFull = next;
    usage.refresh();
    changed();
  };
  const fullError = () =>
    new AppError('STORAGE_FULL', {
      problem:
        limits.quotaBytes === null
          ? 'The disk has no more space than is kept in reserve.'
          : 'The images take as much as the quota allows, or the disk has no more space.',
    }).data;

  const onMessage = (message: FromEngine): void => {
    tasks.onMessage(message);
    if (message.type === 'space') setFull(message.isFull);
    if (message.type === 'worked') usage.changed();
    if (message.type === 'proof') proofs.record(message.tag, message.record);
    if (message.type === 'log') log[message.level](message.message, message.details);
    if (message.type !== 'events') return;
    message.events.forEach(events.add);
    if (message.events.some(({ action }) => action === 'push' || action === 'delete')) usage.changed();
  };

  const onSupervisor = () => {
    if (supervisor.state().state !== 'serving') {
      isFull = false;
      tasks.onGone();
    }
    changed();
  };
  const supervisor = createSupervisor({
    spawnEngine: needs.spawnEngine,
    config,
    explain: (failure, tried) => explainFailure(failure, tried, checkPort),
    onMessage,
    onChange: onSupervisor,
    log,
    timing: { ...defaultTiming, ...needs.timing },
  });
  const proofs = createProofs({
    isServing: () => supervisor.state().state === 'serving',
    send: supervisor.send,
  });

  const tasks = createTasks({
    jobs: needs.jobs,
    isServing: () => supervisor.state().state === 'serving',
    send: supervisor.send,
  });

  /** Tells a running engine what changed; it goes on with what it has when there is no certificate. */
  const refresh = () => {
    try {
      const { certPem, keyPem, names } = certificate();
      supervisor.send({ type: 'certificate', certPem, keyPem });
      supervisor.send({ type: 'rules', rules: rules(names) });
    } catch (error) {
      log.warn('the engine keeps its certificate', { error });
    }
  };
  pki.onChange(refresh);
  access.onChange(() => supervisor.send({ type: 'users', users: access.snapshot() }));

  const status = (): RegistryStatus => {
    const { state, since, pid, restarts, error } = supervisor.state();
    const { port, listen, names } = needs.endpoint();
    const isAbsent = state === 'stopped' && !existsSync(storageRoot);
    return {
      state: isAbsent ? 'absent' : state,
      since: since.toISOString(),
      url: `https://${hostPort(names[0] ?? 'localhost', port)}`,
      ...{ port, listen, pull, pid, restarts },
      error: error?.data ?? (isFull ? fullError() : null),
      ...usage.now(),
    };
  };

  const start = async (): Promise<RegistryStatus> => {
    const { port, listen } = needs.endpoint();
    const isServing = supervisor.state().state === 'serving';
    if (isServing && served?.port === port && served.listen === listen) refresh();
    else if (isServing) await supervisor.stop();
    await supervisor.start();
    usage.refresh();
    return status();
  };
  const stop = async (): Promise<RegistryStatus> => {
    await supervisor.stop();
    events.flush();
    return status();
  };

  return {
    start,
    stop,
    status,
    async setPull(next) {
      store.settings.set(pullKey, next);
      pull = next;
      refresh();
      changed();
      return status();
    },
    events: events.list,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onEvents: events.onChange,
    proofs: proofs.proofs,
    usage: () => measureUsage(storageRoot),
    limits: () => limits,
    setLimits(next) {
      store.settings.set(limitsKey, next);
      limits = next;
      supervisor.send({ type: 'limits', limits });
      return limits;
    },
    gc: tasks.gc,
    verify: tasks.verify,
  };
};
