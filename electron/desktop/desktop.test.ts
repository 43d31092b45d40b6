import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDoubleRouter } from '../conformance.fixture.ts';
import { begin, boot, end, serveElsewhere, type Bench } from './boot.fixture.ts';

describe('the Electron shell', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => end(bench));

  test('tells that its window is ready', async () => {
    await boot(bench);
    expect(existsSync(join(bench.dataDir, 'ready'))).toBe(true);
  });

  test('keeps the page in a sandbox without Node', async () => {
    await boot(bench);
    expect(bench.double.record.isSandboxed).toBe(true);
    expect(bench.double.windows[0]?.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    expect(bench.double.record.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true } },
    ]);
  });

  test("keeps Chromium's profile in a folder of its own", async () => {
    await boot(bench);
    expect(bench.double.record.paths).toEqual({ userData: join(bench.dataDir, 'chromium') });
  });

  test('refuses navigation, redirects, new windows and embedded pages', async () => {
    await boot(bench);
    const contents = bench.double.createContents();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      expect(contents.allows(event)).toBe(false);
    }
    expect(contents.windowOpenHandler?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
  });

  test('denies every permission but copying, and that to others too', async () => {
    await boot(bench);
    const { permissionCheck, permissionRequest, devicePermission } = bench.double.record;
    const ours = bench.double.windows[0]?.webContents ?? null;
    const foreign = bench.double.createContents();
    foreign.mainFrame.url = 'https://example.org/';
    const asked = (contents: typeof ours, permission: string) => {
      let isGranted: boolean | null = null;
      permissionRequest?.(contents, permission, (answer) => (isGranted = answer));
      return isGranted;
    };
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal']) {
      expect(asked(ours, permission)).toBe(false);
      expect(permissionCheck?.(ours, permission)).toBe(false);
    }
    expect(asked(ours, 'clipboard-sanitized-write')).toBe(true);
    expect(asked(foreign, 'clipboard-sanitized-write')).toBe(false);
    expect(asked(null, 'clipboard-sanitized-write')).toBe(false);
    expect(devicePermission?.()).toBe(false);
  });

  test.each([
    ['another site', { url: 'https://example.org/', parent: null }],
    ['another app:// host', { url: 'app://other/', parent: null }],
    ['a file', { url: 'file:///app://mooring/', parent: null }],
    ['a frame inside the page', { url: 'app://mooring/', parent: { url: 'app://mooring/', parent: null } }],
    ['a frame that is gone', null],
  ])('closes the port of %s', async (_name, frame) => {
    await boot(bench);
    const port = bench.double.handOver(frame);
    const closed = new Promise((resolve) => port.on('close', resolve));
    port.start();
    await closed;
  });

  test('serves the page with a nonce and nothing outside its folder', async () => {
    await boot(bench);
    const ask = (url: string, init?: RequestInit) =>
      bench.double.record.pageHandler?.(new Request(url, init));
    const raw = (url: string) => bench.double.record.pageHandler?.({ url, method: 'GET' } as Request);
    for (const refused of [await ask('app://other/'), await ask('app://mooring/', { method: 'POST' })]) {
      expect(refused?.status).toBe(403);
    }
    for (const path of ['../package.json', '%2e%2e/%2e%2e/package.json', '..%5cpackage.json']) {
      expect((await raw(`app://mooring/${path}`))?.status).toBe(400);
    }
    const policy = (await ask('app://mooring/'))?.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('a second start shows the window of the first and opens nothing', async () => {
    bench.double.record.isSingle = false;
    expect(await boot(bench)).toBe(null);
    expect(bench.double.windows).toEqual([]);
    expect(existsSync(join(bench.dataDir, 'ready'))).toBe(true);
  });

  const press = (): void => void bench.double.windows[0]?.emit('close', { preventDefault: () => undefined });

  test('closing the window asks once, and the answer is remembered', async () => {
    await boot(bench);
    bench.double.record.answers = [0];
    press();
    await expect.poll(() => bench.double.windows[0]?.isShown).toBe(false);
    expect(JSON.parse(await readFile(join(bench.dataDir, 'desktop.json'), 'utf8'))).toEqual({
      onClose: 'keep',
    });
    bench.double.emitApp('second-instance');
    expect(bench.double.windows[0]?.isShown).toBe(true);
    press();
    await expect.poll(() => bench.double.windows[0]?.isShown).toBe(false);
    expect(bench.double.record.questions).toHaveLength(1);
    expect(bench.host.closed).toBe(0);
  });

  test('"Stop Mooring" ends the app after it stopped serving', async () => {
    await boot(bench);
    bench.double.record.answers = [1];
    press();
    await expect.poll(() => bench.double.record.exitCode).toBe(0);
    expect(bench.host.closed).toBe(1);
  });

  test('"Cancel" leaves the window and asks again', async () => {
    await boot(bench);
    bench.double.record.answers = [2, 2];
    press();
    await expect.poll(() => bench.double.record.questions).toHaveLength(1);
    press();
    await expect.poll(() => bench.double.record.questions).toHaveLength(2);
    expect(bench.double.windows[0]?.isShown).toBe(true);
  });

  test('without a registry there is nothing to keep, so closing ends the app unasked', async () => {
    bench.host.isSetUp = false;
    await boot(bench);
    press();
    await expect.poll(() => bench.double.record.exitCode).toBe(0);
    expect(bench.double.record.questions).toEqual([]);
  });

  test('names who holds the folder, and tries again as often as the person wants', async () => {
    bench.held = 2;
    bench.double.record.answers = [0, 0];
    await boot(bench);
    expect(bench.double.record.questions.map(({ message }) => message)).toEqual([
      expect.stringContaining('process 4711'),
      expect.stringContaining('process 4711'),
    ]);
    expect(bench.double.windows).toHaveLength(1);
  });

  test('ends without a window when the person gives up on a held folder', async () => {
    bench.held = 1;
    bench.double.record.answers = [1];
    expect(await boot(bench)).toBe(null);
    expect(bench.double.windows).toEqual([]);
    expect(bench.double.record.questions).toHaveLength(1);
  });

  test.each([
    ['takes over', 0, 1],
    ['ends', 1, 0],
  ])('%s when the host it showed has ended, as the person wants', async (_name, answer, relaunches) => {
    const loopback = await serveElsewhere(bench, createDoubleRouter().router);
    await boot(bench);
    bench.double.record.answers = [answer];
    await loopback.close();
    await expect.poll(() => bench.double.record.exitCode).toBe(0);
    expect(bench.double.record.questions.at(-1)?.message).toContain('has ended');
    expect(bench.double.record.relaunches).toBe(relaunches);
  });

  test('the tray menu changes what closing does', async () => {
    await boot(bench);
    const item = bench.double.record.trayMenu.find(({ label }) => label?.startsWith('Keep serving'));
    item?.click?.({ checked: false });
    press();
    await expect.poll(() => bench.double.record.exitCode).toBe(0);
    expect(bench.double.record.questions).toEqual([]);
  });
});

describe('the keychain', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => end(bench));

  test.each([
    ['linux', 'basic_text', false],
    ['linux', 'unknown', false],
    ['linux', 'gnome_libsecret', true],
    ['darwin', 'basic_text', true],
  ] as const)('on %s with %s it is strong: %s', async (platform, backend, isStrong) => {
    const { createKeychain } = await import('./keychain.ts');
    bench.double.record.storageBackend = backend;
    const keychain = createKeychain(platform);
    expect(keychain.isStrong()).toBe(isStrong);
    const key = Buffer.from([0, 255, 1]);
    expect(keychain.unwrap(keychain.wrap(key))).toEqual(key);
  });
});
