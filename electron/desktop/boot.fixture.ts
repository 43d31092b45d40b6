import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { expect, vi } from 'vitest';
import type { AppRouter } from '../router.ts';
import type { Client } from '../serve/attach.ts';
import { createLoopback, type Loopback } from '../serve/loopback.ts';
import * as sessions from '../serve/session.ts';
import { writeEndpoint } from '../store/endpoint.ts';
import { createElectronDouble, type ElectronDouble } from './electron.double.ts';

/** One desktop under test: the shell is real, Electron and the app behind it are doubles. */
export interface Bench {
  double: ElectronDouble;
  dataDir: string;
  /** The app behind the shell. */
  host: { router: AppRouter | null; isSetUp: boolean; closed: number };
  /** How often the folder is still found held by someone who does not answer. */
  held: number;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
let listenersBefore = signals.map((signal) => process.listeners(signal));

const mockModules = (bench: Bench): void => {
  vi.resetModules();
  vi.doMock('electron', () => bench.double.electron);
  vi.doMock('#electron/serve/host.ts', () => ({
    openHost: async () => ({
      app: {
        router: bench.host.router,
        start: async () => undefined,
        setup: { isSetUp: () => bench.host.isSetUp },
        log: { warn: () => undefined },
      },
      stopAsked: new Promise(() => undefined),
      close: async () => {
        bench.host.closed += 1;
      },
    }),
  }));
  vi.doMock('#electron/serve/session.ts', () => ({
    ...sessions,
    attachOrHold: async (options: Parameters<typeof sessions.attachOrHold>[0]) => {
      if (bench.held === 0) return sessions.attachOrHold(options);
      bench.held -= 1;
      const { AppError } = await import('#shared/errors.ts');
      throw new AppError('FOLDER_HELD', { dataDir: '/data', pid: 4711 });
    },
  }));
};

export const begin = async (): Promise<Bench> => {
  listenersBefore = signals.map((signal) => process.listeners(signal));
  const dataDir = await mkdtemp(join(tmpdir(), 'mooring-desktop-'));
  vi.stubEnv('MOORING_DATA', dataDir);
  vi.stubEnv('MOORING_READY_FILE', join(dataDir, 'ready'));
  const host = { router: null, isSetUp: true, closed: 0 };
  const bench = { double: createElectronDouble(), dataDir, host, held: 0 };
  mockModules(bench);
  return bench;
};

export const end = async ({ dataDir }: Bench): Promise<void> => {
  signals.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (!listenersBefore[index]?.includes(listener)) process.off(signal, listener);
    }
  });
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(dataDir, { recursive: true, force: true });
};

/** The page as preload sees it; yields the port that preload posts into it. */
const openPage = async (): Promise<MessagePort> => {
  const listeners: (() => void)[] = [];
  const posted = Promise.withResolvers<MessagePort>();
  vi.stubGlobal('window', {
    location: { origin: 'app://mooring' },
    addEventListener: (_type: string, listener: () => void) => listeners.push(listener),
    postMessage(message: string, origin: string, [port]: [MessagePort]) {
      expect([message, origin]).toEqual(['mooring-port', 'app://mooring']);
      posted.resolve(port);
    },
  });
  await import('../preload.ts');
  for (const listener of listeners) listener();
  return posted.promise;
};

/** Runs main.ts until there is a window on the page, or an exit code; yields the page's port. */
export const boot = async ({ double }: Bench): Promise<MessagePort | null> => {
  const page = Promise.withResolvers<MessagePort | null>();
  double.onPage(async () => page.resolve(await openPage()));
  await import('../main.ts');
  // expect.poll knows tests alone, and a hook boots too.
  await vi.waitUntil(() => double.windows[0]?.isShown || double.record.exitCode !== null, {
    timeout: 15_000,
  });
  if (double.record.exitCode !== null) page.resolve(null);
  return page.promise;
};

export const clientOf = (port: MessagePort): Client => {
  const link = new RPCLink({ port: port as never });
  port.start();
  return createORPCClient<Client>(link);
};

/** Another host on the same folder. */
export const serveElsewhere = async ({ dataDir }: Bench, router: AppRouter): Promise<Loopback> => {
  const loopback = await createLoopback({ router, instance: 'a', rendererDir: '.', endpointToken: 'token' });
  await writeEndpoint(dataDir, {
    port: loopback.port,
    token: 'token',
    pid: 42,
    version: '0.0.0',
    host: 'serve',
    startedAt: '2026-11-21T00:00:00.000Z',
  });
  return loopback;
};
