import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasDesktop, openBrowser, opener, redirectPage } from './browser.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-browser-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const link = 'http://127.0.0.1:4242/open?token=very-secret';

test('the token stands in a private file, not in the arguments, and the file is removed', async () => {
  const seen: { args: string; mode: number; text: string }[] = [];
  const { isOpened, removed } = await openBrowser(link, {
    folder,
    platform: 'linux',
    keepMs: 1,
    start: async (program, args) => {
      const file = fileURLToPath(args.at(-1) ?? '');
      const { mode } = await stat(file);
      seen.push({
        args: [program, ...args].join(' '),
        mode: mode & 0o777,
        text: await readFile(file, 'utf8'),
      });
      return true;
    },
  });
  expect(isOpened).toBe(true);
  expect(seen[0]?.args).not.toContain('very-secret');
  expect(seen[0]?.text).toContain(link);
  if (process.platform !== 'win32') expect(seen[0]?.mode).toBe(0o600);
  await removed;
  expect(await readdir(folder)).toEqual([]);
});

test('without a program to open it, the file is gone at once', async () => {
  const { isOpened, removed } = await openBrowser(link, { folder, start: async () => false, keepMs: 60_000 });
  expect(isOpened).toBe(false);
  await removed;
  expect(await readdir(folder)).toEqual([]);
});

test('a link cannot break out of the page', () => {
  expect(redirectPage('http://a/"><script>')).not.toContain('<script>');
});

test.each(['linux', 'darwin', 'win32'] as const)('%s opens without a shell', (platform) => {
  const command = opener('/data/open-1.html', platform);
  expect(command.join(' ')).not.toMatch(/cmd|sh -c/);
});

test('a browser is opened only where a person sees it', () => {
  expect(hasDesktop({ DISPLAY: ':0' }, 'linux')).toBe(true);
  expect(hasDesktop({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  expect(hasDesktop({}, 'linux')).toBe(false);
  expect(hasDesktop({}, 'darwin')).toBe(true);
  expect(hasDesktop({ SSH_CONNECTION: '1' }, 'darwin')).toBe(false);
  expect(hasDesktop({}, 'win32')).toBe(true);
  expect(hasDesktop({ DISPLAY: ':0', CI: 'true' }, 'linux')).toBe(false);
});
