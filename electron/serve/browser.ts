import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

type Environment = Record<string, string | undefined>;

/** Whether a browser window could be seen by the person who typed the command. */
export const hasDesktop = (env: Environment, platform: NodeJS.Platform): boolean => {
  if (env.CI && env.CI !== 'false') return false;
  if (platform === 'win32') return true;
  if (platform === 'darwin') return !env.SSH_CONNECTION;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
};

/** Program and arguments that open a file in the browser. */
export const opener = (file: string, platform: NodeJS.Platform): [string, ...string[]] => {
  const url = pathToFileURL(file).href;
  if (platform === 'darwin') return ['open', url];
  // `start` would need a shell and its quoting rules.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
};

const escape = (text: string): string => text.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** What the file contains: it leads to the link and nowhere else. */
export const redirectPage = (link: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Mooring</title>` +
  `<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${escape(link)}">\n`;

const run = (program: string, args: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.unref();
  });

/** Long enough for a browser that starts cold to read the file. */
const readMs = 8_000;

/**
 * Opens a one-time link in the browser. The link travels in a file that only this user can read: what stands in the
 * arguments of a program is seen by everyone on the computer.
 * @returns how it went, and when the file is gone again
 */
export const openBrowser = async (
  link: string,
  options: {
    folder: string;
    platform?: NodeJS.Platform;
    start?: typeof run;
    /** How long a browser has to read the file. */
    keepMs?: number;
  },
): Promise<{ isOpened: boolean; removed: Promise<void> }> => {
  const { folder, platform = process.platform, start = run, keepMs = readMs } = options;
  const file = join(folder, `open-${randomBytes(8).toString('hex')}.html`);
  await writeFile(file, redirectPage(link), { mode: 0o600, flag: 'wx' });
  const [program, ...args] = opener(file, platform);
  // An opener that stays (it became the browser) counts as one that worked.
  const isOpened = await Promise.race([start(program, args), pause(readMs, true, { ref: false })]);
  const removed = (isOpened ? pause(keepMs) : Promise.resolve()).then(() => rm(file, { force: true }));
  return { isOpened, removed };
};
