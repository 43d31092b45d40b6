import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { LogLine } from '#shared/model/app.ts';
import { createApp, type App } from '#electron/app.ts';
import { paths } from '#electron/paths.ts';
import type { SpawnEngine } from '#electron/services/registry/index.ts';
import { removeEndpoint, writeEndpoint } from '#electron/store/endpoint.ts';
import type { Keychain } from '#electron/store/index.ts';
import { holdFolder } from '#electron/store/lock.ts';
import type { Client } from './attach.ts';
import { createLoopback, type Loopback } from './loopback.ts';

export interface HostOptions {
  /** Absolute. */
  dataDir: string;
  host: Parameters<typeof createApp>[0]['host'];
  spawnEngine: SpawnEngine;
  /** Starts one process that plays simulated devices. */
  spawnPlayers: SpawnEngine;
  keychain?: Keychain;
  logSink?: (line: LogLine) => void;
  /** Loopback port of page and command line; left out: any free one. */
  port?: number;
}

/** An app that this process runs and that others can attach to. */
export interface Host {
  app: App;
  loopback: Loopback;
  client: Client;
  /** Settles when someone asked the app to end: `mooring stop`, or the page. */
  stopAsked: Promise<void>;
  /** Stops serving, lets go of the folder. May be called twice. */
  close(): Promise<void>;
}

export const version = (
  JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')) as { version: string }
).version;

/** The same folder gets the same cookie name each time, so that a browser replaces its cookie. */
const instanceOf = (dataDir: string): string =>
  createHash('sha256').update(dataDir).digest('hex').slice(0, 12);

/**
 * Runs the app on a data folder: holds the folder, composes the app, opens the door on loopback, and publishes where
 * it is. The registry is not started yet: that is `app.start()`.
 * @throws AppError FOLDER_HELD, FOLDER_UNUSABLE, KEY_LOCKED, PAGE_PORT_UNUSABLE and what opening the store throws
 */
export const openHost = async (options: HostOptions): Promise<Host> => {
  const { dataDir } = options;
  const undo: (() => unknown)[] = [];
  const unwind = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  let closing: Promise<void> | undefined;
  const asked = Promise.withResolvers<void>();

  try {
    const lock = await holdFolder(dataDir);
    undo.push(() => lock.release());
    const app = await createApp({
      dataDir,
      host: options.host,
      version,
      spawnEngine: options.spawnEngine,
      spawnPlayers: options.spawnPlayers,
      ...(options.keychain && { keychain: options.keychain }),
      ...(options.logSink && { logSink: options.logSink }),
      link: () => ({ url: loopback.link() }),
      onStop: () => asked.resolve(),
    });
    undo.push(() => app.stop());
    const endpointToken = randomBytes(32).toString('base64url');
    const loopback = await createLoopback({
      router: app.router,
      instance: instanceOf(dataDir),
      rendererDir: paths.renderer,
      endpointToken,
      ...(options.port !== undefined && { port: options.port }),
    });
    undo.push(() => loopback.close());
    // Another command may have attached to one that works for a moment only: it is not cut off.
    if (options.host === 'cli') undo.push(() => loopback.drained());
    const { startedAt, pid } = app.info();
    await writeEndpoint(dataDir, {
      port: loopback.port,
      token: endpointToken,
      pid,
      version,
      host: options.host,
      startedAt,
    });
    undo.push(() => removeEndpoint(dataDir));
    return {
      app,
      loopback,
      client: createRouterClient(app.router, { context: {} }),
      stopAsked: asked.promise,
      close: () => (closing ??= unwind()),
    };
  } catch (error) {
    await unwind();
    throw error;
  }
};
