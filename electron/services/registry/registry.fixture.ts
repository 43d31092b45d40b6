import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import bcrypt from 'bcryptjs';
import type { LogLine } from '#shared/model/app.ts';
import type { EndpointChoice } from '#shared/model/setup.ts';
import { createLogBook } from '#electron/log.ts';
import { createJobs } from '#electron/services/jobs/index.ts';
import { openStore } from '#electron/store/index.ts';
import { testCertificate } from './certificate.fixture.ts';
import { forkEngine } from './fork.ts';
import { createRegistry, type RegistryNeeds } from './index.ts';

/** A port nobody listens on now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

export const engineEntry = join(import.meta.dirname, 'engine', 'main.ts');
export const login = { user: 'mooring', password: 'correct horse' };

/** A registry over a real store in a temporary folder, with doubles of the certificate and user rooms. */
export const createTestRegistry = async (change: Partial<RegistryNeeds> = {}) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mooring-registry-'));
  const lines: LogLine[] = [];
  const { log } = createLogBook({ sink: (line) => lines.push(line) });
  const store = await openStore({ dataDir, log });
  const jobs = createJobs({ store, log });
  let files = testCertificate();
  let hash = bcrypt.hashSync(login.password, 4);
  const onPki = new Set<() => void>();
  const onAccess = new Set<() => void>();
  const follow = (set: Set<() => void>) => (listener: () => void) => {
    set.add(listener);
    return () => set.delete(listener);
  };
  const endpoint: EndpointChoice = {
    names: ['registry.local'],
    addresses: null,
    port: await freePort(),
    listen: '127.0.0.1',
  };
  const registry = createRegistry({
    ...{ dataDir, store, log },
    pki: { serverFiles: () => files, onChange: follow(onPki) },
    access: { snapshot: () => [{ name: login.user, hash, isAdmin: true }], onChange: follow(onAccess) },
    jobs,
    spawnEngine: forkEngine(engineEntry),
    endpoint: () => endpoint,
    ...change,
  });

  /** One request over a connection of its own unless an agent is given. */
  const ask = (
    path: string,
    options: { method?: string; headers?: Record<string, string>; agent?: Agent } = {},
  ) =>
    new Promise<{ status: number; fingerprint: string; body: string }>((resolve, reject) => {
      const { agent = new Agent({ ca: files.certPem, servername: 'localhost', maxCachedSessions: 0 }) } =
        options;
      const target = { host: '127.0.0.1', port: endpoint.port, path, method: options.method ?? 'GET' };
      const outgoing = request({ ...target, headers: options.headers ?? {}, agent }, (response) => {
        const socket = response.socket as TLSSocket;
        const { fingerprint256 } = socket.getPeerCertificate();
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode ?? 0, fingerprint: fingerprint256, body });
        });
      });
      outgoing.on('error', reject);
      outgoing.end();
    });

  return {
    ...{ registry, jobs, dataDir, endpoint, lines, store, ask },
    replaceCertificate(next = testCertificate()) {
      files = next;
      for (const listener of onPki) listener();
    },
    replacePassword(password: string) {
      hash = bcrypt.hashSync(password, 4);
      for (const listener of onAccess) listener();
    },
    async close() {
      await registry.stop();
      await jobs.close();
      store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

export type TestRegistry = Awaited<ReturnType<typeof createTestRegistry>>;

/** True while a process with this id exists. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
