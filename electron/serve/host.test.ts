import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { paths } from '../paths.ts';
import { forkEngine } from '../services/registry/fork.ts';
import { readEndpoint } from '../store/endpoint.ts';
import { attach } from './attach.ts';
import { openHost, type Host } from './host.ts';
import { attachOrHold, findRunning } from './session.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mooring-host-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const open = (host: 'serve' | 'cli' = 'serve'): Promise<Host> =>
  openHost({ dataDir, host, spawnEngine: forkEngine(paths.engine), spawnPlayers: forkEngine(paths.players) });

test('publishes where it is, for its owner only, and takes that back', async () => {
  const host = await open();
  const endpoint = await readEndpoint(dataDir);
  expect(endpoint).toMatchObject({ port: host.loopback.port, pid: process.pid, host: 'serve' });
  if (process.platform !== 'win32') {
    expect((await stat(join(dataDir, 'endpoint.json'))).mode & 0o777).toBe(0o600);
  }
  await host.close();
  expect(await readEndpoint(dataDir)).toBeUndefined();
});

test('answers directly and to those who attach, as the same app', async () => {
  const host = await open();
  const running = await findRunning(dataDir);
  expect(await running?.attachment.client.app.info()).toEqual(await host.client.app.info());
  expect((await running?.attachment.client.app.status())?.isSetUp).toBe(false);
  const { url } = (await running?.attachment.client.app.link()) ?? { url: '' };
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${host.loopback.port}/open\\?token=`));
  running?.attachment.close();
  await host.close();
});

test('a second one is refused by name, and the folder is free after the first', async () => {
  const host = await open();
  await expect(open()).rejects.toMatchObject({ code: 'FOLDER_HELD', details: { pid: process.pid } });
  await host.close();
  await (await open()).close();
});

test('a port that is taken lets go of the folder', async () => {
  const host = await open();
  const other = await mkdtemp(join(tmpdir(), 'mooring-host-'));
  const taken = openHost({
    dataDir: other,
    host: 'serve',
    spawnEngine: forkEngine(paths.engine),
    spawnPlayers: forkEngine(paths.players),
    port: host.loopback.port,
  });
  await expect(taken).rejects.toMatchObject({ code: 'PAGE_PORT_UNUSABLE' });
  expect(await readEndpoint(other)).toBeUndefined();
  await host.close();
  const freed = await openHost({
    dataDir: other,
    host: 'serve',
    spawnEngine: forkEngine(paths.engine),
    spawnPlayers: forkEngine(paths.players),
  });
  await freed.close();
  await rm(other, { recursive: true });
});

test('asking to stop reaches the host after the answer has left', async () => {
  const host = await open();
  expect(await host.client.app.stop()).toEqual({ pid: process.pid });
  await host.stopAsked;
  await host.close();
});

test('whoever comes second attaches', async () => {
  const host = await open();
  const found = await attachOrHold({ dataDir, waitMs: 0, hold: open });
  expect('running' in found && found.running.pid).toBe(process.pid);
  if ('attachment' in found) found.attachment.close();
  await host.close();
});

test('a command that ends is waited for', async () => {
  const first = await open('cli');
  const second = attachOrHold({ dataDir, waitMs: 10_000, accepts: ({ host }) => host !== 'cli', hold: open });
  await first.close();
  const found = await second;
  expect('held' in found).toBe(true);
  if ('held' in found) await found.held.close();
});

test('the wait has an end that names the holder', async () => {
  const host = await open('cli');
  const refused = attachOrHold({ dataDir, waitMs: 0, accepts: () => false, hold: open });
  await expect(refused).rejects.toMatchObject({ code: 'FOLDER_HELD' });
  await host.close();
});

test('a command that ends does not cut off one that attached to it', async () => {
  const host = await open('cli');
  const { port, token } = (await readEndpoint(dataDir)) ?? { port: 0, token: '' };
  const attached = await attach({ port, token });
  const closing = host.close();
  expect((await attached?.client.app.info())?.pid).toBe(process.pid);
  attached?.close();
  await closing;
});
