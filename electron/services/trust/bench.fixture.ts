import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Device } from '#shared/model/devices.ts';
import { pushOptions, trustRun, type DeviceRun, type TrustRun } from '#shared/model/trust.ts';
import { createLogBook } from '#electron/log.ts';
import { createJobs, type Jobs } from '#electron/services/jobs/index.ts';
import { openStore, type Store } from '#electron/store/index.ts';
import { caPem, createFakeDevice, digest, type FakeDevice } from './device.fixture.ts';
import { createTrust, type Trust, type TrustNeeds, type TrustSession } from './index.ts';

const day = 86_400_000;

type Started = Promise<{ jobId: string }>;

/** The trust service on a real store, with one device whose session runs the real script. What is a field may be changed. */
export interface Bench {
  store: Store;
  jobs: Jobs;
  trust: Trust;
  device: FakeDevice;
  /** The device as the app knows it. */
  known: Device;
  ca: string;
  references: string[];
  validUntil: Date;
  /** Whether the registry reports pulls. */
  isSeen: boolean;
  connect: TrustNeeds['devices']['connect'];
  issue: TrustNeeds['registry']['proofs']['issue'];
  withdrawn: string[];
  openSession(): Promise<TrustSession>;
  finish(started: Started): Promise<TrustRun>;
  /** The result for the one device. */
  only(started: Started): Promise<DeviceRun>;
  push(options?: { replace?: string[] }): Started;
  undo(isDryRun?: boolean): Started;
  /** Lets the engine fail with this text when it pulls by that name. */
  answer(reference: string, text: string): Promise<void>;
  /** Where our file for registry.local belongs. */
  ours(): string;
  close(): Promise<void>;
}

const newDevice = (): Device => ({
  id: 'd1',
  name: 'gate-1',
  address: '10.0.0.7',
  port: 22,
  user: 'root',
  credential: { kind: 'agent', file: null, hasSudoPassword: false },
  hostKeys: [],
  facts: null,
  trust: {
    state: 'none',
    error: null,
    proofs: [],
    warnings: [],
    lastRunAt: null,
    lastProofAt: null,
    canUndo: false,
  },
  group: '',
  tags: [],
  addedAt: new Date().toISOString(),
  isSimulated: false,
});

const needsOf = (bench: Bench): Omit<TrustNeeds, 'store' | 'jobs' | 'log'> => {
  const certificate = () => ({
    notBefore: new Date(Date.now() - day).toISOString(),
    notAfter: bench.validUntil.toISOString(),
  });
  return {
    devices: {
      select: () => [bench.known],
      choose: () => [{ ...bench.known, isSimulated: 0 }],
      get: () => bench.known,
      target: () => bench.known,
      connect: (id, options) => bench.connect(id, options),
      saveTrust(_id, patch) {
        const trust = { ...bench.known.trust, ...patch };
        // Nothing here changes the CA or the names.
        const proofs = trust.proofs.map((proof) => ({ ...proof, mark: 'pulled' as const }));
        bench.known = { ...bench.known, trust: { ...trust, proofs } };
      },
      saveFacts(_id, facts) {
        bench.known = { ...bench.known, facts };
      },
    },
    pki: {
      caPem: () => ({ pem: bench.ca, fingerprint: 'AB:CD' }),
      state: async () => ({ ca: certificate(), leaf: certificate() }) as never,
    },
    registry: {
      proofs: {
        issue: (count) => bench.issue(count),
        wait: async () => (bench.isSeen ? { at: 'now' } : null),
        withdraw: (tags) => bench.withdrawn.push(...tags),
      },
    },
    references: () => bench.references,
    who: 'ada@workshop',
    limits: { pullSeconds: 20, proofMs: 10 },
  };
};

export const openBench = async (): Promise<Bench> => {
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-trust-'));
  const { log } = createLogBook({});
  const store = await openStore({ dataDir, log });
  const jobs = createJobs({ store, log });
  store.sql.run(
    `INSERT INTO devices (id, name, address, user, credential, addedAt)
     VALUES ('d1', 'gate-1', '10.0.0.7', 'root', '{}', '')`,
  );
  const openSession = async (): Promise<TrustSession> => ({
    run: async (body, options) => bench.device.runHere(body, options),
    close: () => undefined,
  });
  const all = { all: true } as const;
  const bench: Bench = {
    store,
    jobs,
    device: await createFakeDevice(),
    known: newDevice(),
    ca: caPem,
    references: ['registry.local:5000', '192.168.1.20:5000', 'localhost:5000'],
    validUntil: new Date(Date.now() + 30 * day),
    isSeen: true,
    withdrawn: [],
    openSession,
    connect: openSession,
    issue: async (count) => ({
      repository: 'mooring/probe',
      digest,
      tags: Array.from({ length: count }, (_, index) => `once-${index}`),
    }),
    get trust() {
      return trust;
    },
    async finish(started) {
      const { result } = await jobs.finished((await started).jobId);
      return trustRun.parse(result);
    },
    async only(started) {
      const { devices } = await bench.finish(started);
      expect(devices).toHaveLength(1);
      return devices[0] as DeviceRun;
    },
    push: ({ replace = [] } = {}) =>
      trust.push({ selection: all, isDryRun: false, options: pushOptions.parse({}), replace, run: {} }),
    undo: (isDryRun = false) => trust.undo({ selection: all, isDryRun, run: {} }),
    answer: (reference, text) =>
      fs.writeFile(path.join(bench.device.state, 'answers', reference), `${text}\n`),
    ours: () => path.join(bench.device.certs, 'registry.local:5000/mooring-ca.crt'),
    async close() {
      await jobs.close();
      store.close();
      await bench.device.remove();
      await fs.rm(dataDir, { recursive: true });
    },
  };
  const trust = createTrust({ store, log, jobs, ...needsOf(bench) });
  return bench;
};
