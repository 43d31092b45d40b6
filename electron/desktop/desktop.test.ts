import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppRouter } from '../router.ts';
import { describeTransport } from '../conformance.suite.ts';
import type { Client } from '../serve/attach.ts';
import { createElectronDouble, type ElectronDouble } from './electron.double.ts';

const hosts = vi.hoisted(() => ({ router: null as AppRouter | null, isSetUp: true, closed: 0 }));

let double: ElectronDouble;
let dataDir = '';

/** The app behind the shell: the router is given by the test, everything of the shell is real. */
vi.mock('#electron/serve/host.ts', () => ({
  version: '0.0.0',
  openHost: async () => ({
    app: {
      router: hosts.router,
      start: async () => undefined,
      setup: { isSetUp: () => hosts.isSetUp },
      log: { warn: () => undefined },
    },
    stopAsked: new Promise(() => undefined),
    close: async () => {
      hosts.closed += 1;
    },
  }),
}));

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
  vi.resetModules();
  vi.doMock('electron', () => double.electron);
  await import('../preload.ts');
  for (const listener of listeners) listener();
  return posted.promise;
};

const clientOf = (port: MessagePort): Client => {
  const link = new RPCLink({ port: port as never });
  port.start();
  return createORPCClient<Client>(link);
};

/** Runs main.ts to its end: a window on the page, or an exit code. */
const boot = async (): Promise<MessagePort | null> => {
  const page = Promise.withResolvers<MessagePort | null>();
  double.onPage(async () => page.resolve(await openPage()));
  vi.resetModules();
  vi.doMock('electron', () => double.electron);
  await import('../main.ts');
  await vi.waitFor(() => {
    if (!double.windows[0]?.isShown && double.record.exitCode === null) throw new Error('still booting');
  });
  if (double.record.exitCode !== null) page.resolve(null);
  return page.promise;
};

const signals = ['SIGINT', 'SIGTERM'] as const;
let listenersBefore = signals.map((signal) => process.listeners(signal));

const begin = async (): Promise<void> => {
  listenersBefore = signals.map((signal) => process.listeners(signal));
  double = createElectronDouble();
  dataDir = await mkdtemp(join(tmpdir(), 'mooring-desktop-'));
  vi.stubEnv('MOORING_DATA', dataDir);
  vi.stubEnv('MOORING_READY_FILE', join(dataDir, 'ready'));
  Object.assign(hosts, { isSetUp: true, closed: 0, router: null });
};

const end = async (): Promise<void> => {
  signals.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (!listenersBefore[index]?.includes(listener)) process.off(signal, listener);
    }
  });
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(dataDir, { recursive: true, force: true });
};

describeTransport('MessagePort, through main.ts and preload.ts', async (router) => {
  await begin();
  hosts.router = router;
  const port = await boot();
  if (!port) throw new Error('main.ts ended');
  return {
    client: clientOf(port),
    close: async () => {
      port.close();
      await end();
    },
  };
});

describe('the Electron shell', () => {
  beforeEach(begin);
  afterEach(end);

  test('tells that its window is ready', async () => {
    await boot();
    expect(existsSync(join(dataDir, 'ready'))).toBe(true);
  });

  test('keeps the page in a sandbox without Node', async () => {
    await boot();
    expect(double.record.isSandboxed).toBe(true);
    expect(double.windows[0]?.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    expect(double.record.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
  });

  test("keeps Chromium's profile in a folder of its own", async () => {
    await boot();
    expect(double.record.paths).toEqual({ userData: join(dataDir, 'chromium') });
  });

  test('refuses navigation, redirects, new windows and embedded pages', async () => {
    await boot();
    const contents = double.createContents();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      expect(contents.allows(event)).toBe(false);
    }
    expect(contents.windowOpenHandler?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
  });

  test('denies every permission but copying, and that to others too', async () => {
    await boot();
    const { permissionCheck, permissionRequest, devicePermission } = double.record;
    const ours = double.windows[0]?.webContents ?? null;
    const foreign = double.createContents();
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
    await boot();
    const port = double.handOver(frame);
    const closed = new Promise((resolve) => port.on('close', resolve));
    port.start();
    await closed;
  });

  test('serves the page with a nonce and nothing outside its folder', async () => {
    await boot();
    const ask = (url: string, init?: RequestInit) => double.record.pageHandler?.(new Request(url, init));
    const raw = (url: string) => double.record.pageHandler?.({ url, method: 'GET' } as Request);
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
    double.record.isSingle = false;
    expect(await boot()).toBe(null);
    expect(double.windows).toEqual([]);
    expect(existsSync(join(dataDir, 'ready'))).toBe(true);
  });

  const press = (): void => void double.windows[0]?.emit('close', { preventDefault: () => undefined });

  test('closing the window asks once, and the answer is remembered', async () => {
    await boot();
    double.record.answers = [0];
    press();
    await vi.waitFor(() => expect(double.windows[0]?.isShown).toBe(false));
    expect(JSON.parse(await readFile(join(dataDir, 'desktop.json'), 'utf8'))).toEqual({ onClose: 'keep' });
    double.emitApp('second-instance');
    expect(double.windows[0]?.isShown).toBe(true);
    press();
    await vi.waitFor(() => expect(double.windows[0]?.isShown).toBe(false));
    expect(double.record.questions).toHaveLength(1);
    expect(hosts.closed).toBe(0);
  });

  test('"Stop Mooring" ends the app after it stopped serving', async () => {
    await boot();
    double.record.answers = [1];
    press();
    await vi.waitFor(() => expect(double.record.exitCode).toBe(0));
    expect(hosts.closed).toBe(1);
  });

  test('"Cancel" leaves the window and asks again', async () => {
    await boot();
    double.record.answers = [2, 2];
    press();
    await vi.waitFor(() => expect(double.record.questions).toHaveLength(1));
    press();
    await vi.waitFor(() => expect(double.record.questions).toHaveLength(2));
    expect(double.windows[0]?.isShown).toBe(true);
  });

  test('without a registry there is nothing to keep, so closing ends the app unasked', async () => {
    hosts.isSetUp = false;
    await boot();
    press();
    await vi.waitFor(() => expect(double.record.exitCode).toBe(0));
    expect(double.record.questions).toEqual([]);
  });

  test('the tray menu changes what closing does', async () => {
    await boot();
    const item = double.record.trayMenu.find(({ label }) => label?.startsWith('Keep serving'));
    item?.click?.({ checked: false });
    press();
    await vi.waitFor(() => expect(double.record.exitCode).toBe(0));
    expect(double.record.questions).toEqual([]);
  });
});

describe('the keychain', () => {
  beforeEach(begin);
  afterEach(end);

  test.each([
    ['linux', 'basic_text', false],
    ['linux', 'unknown', false],
    ['linux', 'gnome_libsecret', true],
    ['darwin', 'basic_text', true],
  ] as const)('on %s with %s it is strong: %s', async (platform, backend, isStrong) => {
    vi.resetModules();
    vi.doMock('electron', () => double.electron);
    const { createKeychain } = await import('./keychain.ts');
    double.record.storageBackend = backend;
    const keychain = createKeychain(platform);
    expect(keychain.isStrong()).toBe(isStrong);
    const key = Buffer.from([0, 255, 1]);
    expect(keychain.unwrap(keychain.wrap(key))).toEqual(key);
  });
});
