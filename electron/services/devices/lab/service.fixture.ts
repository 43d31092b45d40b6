import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLogBook } from '#electron/log.ts';
import { createJobs } from '#electron/services/jobs/index.ts';
import { openStore } from '#electron/store/index.ts';
import { deviceInput } from '#shared/model/devices.ts';
import { createDevices } from '../index.ts';
import type { SshLimits } from '../ssh/limits.ts';

/** The devices service over real storage in a temporary folder, on a network without mDNS. */
export const startService = async (
  options: {
    /** Of a service that was there before. */
    dataDir?: string;
    registry?: (where: { isHere: boolean }) => { references: string[]; user: string };
    ca?: () => string | null;
    limits?: Partial<SshLimits>;
    agentSocket?: () => string | undefined;
    now?: () => Date;
  } = {},
) => {
  const dataDir = options.dataDir ?? (await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-devices-')));
  const book = createLogBook({});
  const store = await openStore({ dataDir, log: book.log });
  const jobs = createJobs({ store, log: book.log });
  const resolved: Record<string, string[]> = {};
  const devices = createDevices({
    store,
    log: book.log,
    jobs,
    names: {
      async *browse() {
        yield [];
      },
      resolve: async (name) => resolved[name] ?? [],
    },
    registry: () => ({ references: ['registry.local:5000', '192.0.2.1:5000'], user: 'mooring' }),
    agentSocket: () => undefined,
    ...options,
  });
  return {
    devices,
    jobs,
    store,
    book,
    dataDir,
    /** What our own mDNS finds. */
    resolved,
    input: (input: object) =>
      deviceInput.parse({ address: '127.0.0.1', hostKey: { kind: 'accept-new' }, ...input }),
    async stop() {
      await jobs.close();
      devices.close();
      store.close();
      await fs.rm(dataDir, { recursive: true, force: true });
    },
  };
};

export type TestService = Awaited<ReturnType<typeof startService>>;
