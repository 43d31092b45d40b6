import type { LogLine } from '#shared/model/app.ts';
import { AppError } from '#shared/errors.ts';
import { paths } from '#electron/paths.ts';
import type { Client } from '#electron/serve/attach.ts';
import { openHost, type Host, type HostOptions } from '#electron/serve/host.ts';
import { attachOrHold, findRunning } from '#electron/serve/session.ts';
import { forkEngine } from '#electron/services/registry/fork.ts';
import type { Context } from './context.ts';

/** A connection to the app of a data folder, in this process or in another. */
export interface Session {
  client: Client;
  /** Null: the app runs in this process for as long as the command does. */
  running: { pid: number; host: string } | null;
}

/**
 * What a command needs of the registry when it runs the app itself: nothing, to have it if it starts, or not to go on
 * without it (a proof is a pull).
 */
export type RegistryNeed = 'none' | 'wanted' | 'required';

/** How long a command waits for another one that holds the folder without answering. */
const waitMs = 10_000;

const isShown = ({ level }: LogLine, env: Context['env']): boolean =>
  level === 'error' ||
  level === 'warn' ||
  env.MOORING_LOG === 'debug' ||
  (env.MOORING_LOG === 'info' && level === 'info');

/** The log of an app that runs in a terminal: warnings and errors, more with MOORING_LOG=info|debug. */
export const terminalLog =
  ({ out, env }: Context) =>
  (line: LogLine): void => {
    if (!isShown(line, env)) return;
    const { reference, requestId } = line.details;
    const names = [
      reference && `reference ${String(reference)}`,
      requestId && `request ${String(requestId)}`,
    ];
    const named = names.filter(Boolean).join(', ');
    out.warn(`${line.level}: [${line.area}] ${line.message}${named && ` (${named})`}`);
  };

/** Runs the app in this process and lets others attach to it. */
export const hostHere = (
  context: Context,
  host: HostOptions['host'],
  extra: Pick<HostOptions, 'port'> = {},
): Promise<Host> =>
  openHost({
    dataDir: context.dataDir,
    host,
    spawnEngine: forkEngine(paths.engine),
    spawnPlayers: forkEngine(paths.players),
    logSink: terminalLog(context),
    ...extra,
  });

const startRegistry = async (
  start: () => Promise<unknown>,
  need: RegistryNeed,
  context: Context,
): Promise<void> => {
  if (need === 'none') return;
  try {
    await start();
  } catch (error) {
    if (need === 'required') throw error;
    context.out.warn(`The registry did not start: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Waits for work that a call began: it would end together with this process. */
const finishJobs = async (client: Client, signal: AbortSignal): Promise<void> => {
  for (const { id } of (await client.app.status()).jobs) {
    const stop = (): void => void client.jobs.cancel({ id }).catch(() => undefined);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    for await (const job of await client.jobs.watch({ id })) if (job.state !== 'running') break;
    signal.removeEventListener('abort', stop);
  }
};

/**
 * Gives `work` the app of the data folder: attached when one runs, else in this process, which then holds the folder and
 * lets other commands attach meanwhile.
 */
export const withApp = async <T>(
  context: Context,
  need: RegistryNeed,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const found = await attachOrHold({
    dataDir: context.dataDir,
    waitMs,
    signal: context.stopSignal,
    hold: () => hostHere(context, 'cli'),
  });
  if ('running' in found) {
    const { pid, host } = found.running;
    const { client } = found.attachment;
    try {
      if (host === 'cli') await startRegistry(() => client.registry.start(), need, context);
      return await work({ client, running: { pid, host } });
    } finally {
      found.attachment.close();
    }
  }
  const { held } = found;
  try {
    await startRegistry(held.app.start, need, context);
    const result = await work({ client: held.client, running: null });
    await finishJobs(held.client, context.stopSignal);
    return result;
  } finally {
    await held.close();
  }
};

/**
 * Gives `work` the app that runs on the data folder.
 * @throws AppError NOT_RUNNING
 */
export const withRunning = async <T>(
  context: Context,
  work: (session: Session & { running: { pid: number; host: string } }) => Promise<T>,
): Promise<T> => {
  const found = await findRunning(context.dataDir);
  if (!found) throw new AppError('NOT_RUNNING', { dataDir: context.dataDir });
  try {
    const { pid, host } = found.endpoint;
    return await work({ client: found.attachment.client, running: { pid, host } });
  } finally {
    found.attachment.close();
  }
};
