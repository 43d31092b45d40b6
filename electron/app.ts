import { hostname, platform } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { z } from 'zod';
import type { AppInfo, hostKind, LogLine } from '#shared/model/app.ts';
import { checkAlgorithms } from './check-algorithms.ts';
import { createLogBook, type LogBook } from './log.ts';
import { createDemo } from './demo/index.ts';
import { createRouter, type Services } from './router.ts';
import { createAccess } from './services/access/index.ts';
import { createDevices } from './services/devices/index.ts';
import { createJobs } from './services/jobs/index.ts';
import { createNames } from './services/names/index.ts';
import { createPki } from './services/pki/index.ts';
import { createRegistry, type SpawnEngine } from './services/registry/index.ts';
import { checkPort } from './services/registry/ports.ts';
import { checkReach } from './services/registry/reach.ts';
import { createSetup } from './services/setup/index.ts';
import { createTrust } from './services/trust/index.ts';
import { createStatus } from './status.ts';
import { openStore, type Keychain } from './store/index.ts';

/** What differs between the hosts that run the same app. */
export interface AppOptions {
  /** Absolute; the caller holds its lock. */
  dataDir: string;
  host: z.infer<typeof hostKind>;
  version: string;
  spawnEngine: SpawnEngine;
  /** Starts one process that plays simulated devices. */
  spawnPlayers: SpawnEngine;
  /** Present on the desktop only. */
  keychain?: Keychain;
  logSink?: (line: LogLine) => void;
  /** A fresh one-time link to the served page. */
  link: () => { url: string } | Promise<{ url: string }>;
  /** Asked to end the host; called after the answer has left. */
  onStop: () => void;
}

/** Composes the whole system for one data folder. Nothing serves before `start`. */
export const createApp = async (options: AppOptions) => {
  const { dataDir } = options;
  // What connections leave behind lies outside of the heap, where V8 does not count it, until a collection comes across
  // it: the young generation stays small, and the old one is collected when it has grown by half, not to four times.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
  const book: LogBook = createLogBook(options.logSink ? { sink: options.logSink } : {});
  const { log } = book;
  checkAlgorithms();

  const startedAt = new Date().toISOString();
  const hostName = hostname();
  const store = await openStore({ dataDir, log, ...(options.keychain && { keychain: options.keychain }) });

  const jobs = createJobs({ store, log });
  const names = createNames({ log });
  const pki = await createPki({ dataDir, store, log });
  const access = createAccess({ dataDir, store, log });
  const registry = createRegistry({
    dataDir,
    store,
    log,
    jobs,
    pki,
    access,
    spawnEngine: options.spawnEngine,
    endpoint: () => setup.endpoint(),
  });
  const setup = createSetup({ dataDir, store, log, hostName, pki, access, registry, names, checkPort });
  const devices = createDevices({
    store,
    log,
    jobs,
    names,
    registry: (where) => ({ references: setup.references(where), user: access.password().user }),
    ca: pki.caFingerprint,
  });
  const trust = createTrust({ store, log, jobs, devices, pki, registry, references: setup.references });
  const demo = createDemo({ log, spawn: options.spawnPlayers, devices, setup, registry });
  const status = createStatus({ setup, registry, names, pki, devices, jobs });

  const host = {
    info: (): AppInfo => ({
      version: options.version,
      host: options.host,
      pid: process.pid,
      platform: platform(),
      hostName,
      dataDir,
      startedAt,
      keyProtection: store.secrets.protection,
    }),
    link: options.link,
    stop: () => {
      setTimeout(options.onStop, 100);
      return { pid: process.pid };
    },
  };
  const services: Services = {
    setup,
    pki,
    registry,
    access,
    names,
    devices,
    trust,
    jobs,
    demo,
    status,
    book,
    host,
    checkPort,
    checkReach,
  };

  return {
    log,
    info: host.info,
    status,
    setup,
    router: createRouter(services),
    services,
    /** Serves what an earlier run has set up. */
    start: () => setup.resume(),
    /** Ends everything in the reverse order; runs in progress are cancelled and recorded. */
    async stop() {
      await jobs.close();
      devices.close();
      await demo.close();
      await setup.close();
      status.close();
      store.close();
    },
  };
};

export type App = Awaited<ReturnType<typeof createApp>>;
