import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import type { AppStatus } from '#shared/model/app.ts';
import { hasDesktop, openBrowser } from '#electron/serve/browser.ts';
import { isSet, type Command } from '../command.ts';
import type { Context } from '../context.ts';
import { facts } from '../output.ts';
import { withApp, withRunning } from '../session.ts';

const stopMs = 30_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/**
 * Waits until a process that was asked to end has done so: its registry has let go of its port by then.
 * @throws AppError FOLDER_HELD after 30 s
 */
export const waitForEnd = async (dataDir: string, pid: number): Promise<void> => {
  const deadline = Date.now() + stopMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new AppError('FOLDER_HELD', { dataDir, pid });
    await pause(50);
  }
};

const stop: Command = {
  name: 'stop',
  words: '',
  summary: 'Stops the Mooring that works on the data folder.',
  flags: {},
  run: (context) =>
    withRunning(context, async ({ client }) => {
      const { pid } = await client.app.stop();
      await waitForEnd(context.dataDir, pid);
      context.out.result({ stopped: true, pid }, () => [`Stopped (process ${pid}).`]);
      return 0;
    }),
};

/** Opens a link where a person can see it; the printed one is a second link, because each works once. */
export const showPage = async (
  context: Context,
  freshLink: () => Promise<string> | string,
): Promise<{ isOpened: boolean; settled: Promise<void> }> => {
  if (!hasDesktop(context.env, context.platform)) return { isOpened: false, settled: Promise.resolve() };
  const { isOpened, removed } = await openBrowser(await freshLink(), { folder: context.dataDir });
  return { isOpened, settled: removed };
};

const open: Command = {
  name: 'open',
  words: '',
  summary: 'Opens the page of the running Mooring, or prints a link that works once.',
  flags: { print: { type: 'boolean', help: 'only print the link' } },
  run: (context, input) =>
    withRunning(context, async ({ client }) => {
      const link = async (): Promise<string> => (await client.app.link()).url;
      if (!isSet(input, 'print') && !context.out.isJson) {
        const { isOpened, settled } = await showPage(context, link);
        await settled;
        if (isOpened) return 0;
      }
      const url = await link();
      context.out.result({ url }, () => [url]);
      return 0;
    }),
};

const statusLines = (status: AppStatus, running: string): string[] => {
  const { registry, names, certificate, devices } = status;
  if (!status.isSetUp)
    return facts([
      ['Mooring', running],
      ['Registry', 'not set up yet: run `mooring up`'],
    ]);
  return facts([
    ['Mooring', running],
    ['Registry', registry.state === 'serving' ? `serving at ${registry.url}` : registry.state],
    ['Problem', registry.error?.title],
    ['Reached by', names.references.join(', ')],
    [
      'Certificate',
      certificate.daysLeft === null
        ? certificate.state
        : `${certificate.state}, ${certificate.daysLeft} days left`,
    ],
    [
      'Devices',
      `${devices.total}: ${devices.proven} can pull, ${devices.outdated} outdated, ${devices.drifted} drifted, ${devices.failed} failing`,
    ],
    ['Running now', status.jobs.map((job) => `${job.title} ${job.done}/${job.total}`).join(', ')],
  ]);
};

const status: Command = {
  name: 'status',
  words: '',
  summary: 'Shows what runs, where it is reached, and how the devices are.',
  flags: {},
  async run(context) {
    const { out, dataDir } = context;
    // Looking must not create a folder.
    if (!existsSync(join(dataDir, 'mooring.db'))) {
      out.result({ isRunning: false, isSetUp: false, dataDir }, () => [
        `There is no registry in ${dataDir} yet. Create one with \`mooring up\`.`,
      ]);
      return 0;
    }
    return withApp(context, 'none', async ({ client, running }) => {
      const now = await client.app.status();
      const words = running ? `running (${running.host}, process ${running.pid})` : 'not running';
      out.result({ isRunning: running !== null, ...running, dataDir, ...now }, () => statusLines(now, words));
      return 0;
    });
  },
};

export const appCommands = [stop, open, status];
