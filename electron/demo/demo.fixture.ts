import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { caChoice, leafOptions } from '#shared/model/pki.ts';
import { endpointChoice } from '#shared/model/setup.ts';
import { trustRun } from '#shared/model/trust.ts';
import { createLogBook } from '#electron/log.ts';
import { paths } from '#electron/paths.ts';
import { createDevices } from '#electron/services/devices/index.ts';
import { createJobs } from '#electron/services/jobs/index.ts';
import { createPki } from '#electron/services/pki/index.ts';
import { forkEngine } from '#electron/services/registry/fork.ts';
import { createRegistry } from '#electron/services/registry/index.ts';
import type { EngineProcess } from '#electron/services/registry/process.ts';
import { freePort } from '#electron/services/registry/registry.fixture.ts';
import { createTrust } from '#electron/services/trust/index.ts';
import { openStore } from '#electron/store/index.ts';
import { createDemo } from './index.ts';

/**
 * The rooms that a demo plays in, on real storage, with a real registry that listens on loopback only and real processes; no
 * network is asked anything.
 */
export const openStage = async () => {
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-demo-'));
  const { log } = createLogBook({});
  const store = await openStore({ dataDir, log });
  const jobs = createJobs({ store, log });
  const pki = await createPki({ dataDir, store, log });
  const san = { names: ['registry.local'], addresses: ['127.0.0.1'] };
  await pki.create(caChoice.parse({ mode: 'create' }), leafOptions.parse({}), san);
  const endpoint = endpointChoice.parse({ port: await freePort(), listen: '127.0.0.1' });
  const registry = createRegistry({
    ...{ dataDir, store, log, jobs, pki },
    access: { snapshot: () => [], onChange: () => () => undefined },
    spawnEngine: forkEngine(paths.engine),
    endpoint: () => endpoint,
  });
  await registry.setPull('anyone');
  await registry.start();
  const references = ({ isHere }: { isHere: boolean }) => (isHere ? [`registry.local:${endpoint.port}`] : []);
  const devices = createDevices({
    ...{ store, log, jobs },
    names: {
      async *browse() {
        yield [];
      },
      resolve: async () => [],
    },
    registry: (where) => ({ references: references(where), user: 'mooring' }),
  });
  const trust = createTrust({ store, log, jobs, devices, pki, registry, references });
  const children: EngineProcess[] = [];
  const openDemo = () =>
    createDemo({
      ...{ log, devices, registry },
      spawn: () => {
        const child = forkEngine(paths.players)();
        children.push(child);
        return child;
      },
      setup: { isSetUp: () => true, endpoint: () => endpoint },
      absentMs: 100,
    });
  const demo = openDemo();
  return {
    ...{ demo, openDemo, devices, trust, jobs, children, store },
    /** Waits for the end of a run and gives the results by name. */
    async results(started: Promise<{ jobId: string }>) {
      const { result } = await jobs.finished((await started).jobId);
      return Object.fromEntries(trustRun.parse(result).devices.map((device) => [device.name, device]));
    },
    async close() {
      await jobs.close();
      await demo.close();
      await registry.stop();
      store.close();
      await fs.rm(dataDir, { recursive: true });
    },
  };
};
