import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The scripts are plain .mjs without types: they have to run before anything is installed.
const load = (name: string) => import(/* @vite-ignore */ join(import.meta.dirname, name));
const { findNpm } = await load('install.mjs');
const { sourceStamp } = await load('stamp.mjs');
const { withLock } = await load('lock.mjs');
const { obstacle, reasonIn, runDesktop } = await load('desktop.mjs');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-start-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm is found', () => {
  test('where npm itself says, also when the path holds blanks', async () => {
    const place = join(folder, 'with blank', 'npm-cli.js');
    await mkdir(join(folder, 'with blank'));
    await writeFile(place, '');
    expect(findNpm({ npm_execpath: place })).toBe(place);
  });

  test('beside Node or on the PATH when nothing says so; another package manager is not npm', async () => {
    const bin = join(folder, 'bin');
    const real = join(bin, 'node_modules', 'npm', 'bin');
    await mkdir(real, { recursive: true });
    await writeFile(join(real, 'npm-cli.js'), '');
    await writeFile(join(bin, 'npm'), '');
    await writeFile(join(folder, 'yarn.js'), '');
    const env = { npm_execpath: join(folder, 'yarn.js') };
    expect(findNpm(env, join(bin, 'node'))).toBe(join(real, 'npm-cli.js'));
    const found = findNpm({ ...env, PATH: ['/nowhere', bin].join(delimiter) }, '/nowhere/node');
    expect(found).toMatch(/npm-cli\.js$/);
  });
});

describe('the stamp of the sources', () => {
  const base = () => join(folder, 'tree');
  const write = (name: string, content: string) => writeFile(join(base(), name), content);
  beforeAll(async () => {
    await mkdir(join(base(), 'electron'), { recursive: true });
    for (const name of ['package.json', 'package-lock.json', 'electron/a.ts']) await write(name, '1');
  });

  test('changes with content, date, new and removed files', async () => {
    const seen = [sourceStamp(base())];
    await write('electron/a.ts', '22');
    seen.push(sourceStamp(base()));
    await utimes(join(base(), 'electron/a.ts'), 1, 1);
    seen.push(sourceStamp(base()));
    await write('electron/b.ts', '');
    seen.push(sourceStamp(base()));
    await write('package.json', '22');
    seen.push(sourceStamp(base()));
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('does not change with tests and texts', async () => {
    const before = sourceStamp(base());
    await write('electron/a.test.ts', '1');
    await write('electron/README.md', '1');
    expect(sourceStamp(base())).toBe(before);
  });
});

describe('the set-up lock', () => {
  test('lets one in after the other', async () => {
    const path = join(folder, 'a', 'setup.lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(path, work, { everyMs: 1 })));
    expect(most).toBe(1);
  });

  test('is taken over when nothing is heard of its holder, and released after a failure', async () => {
    const path = join(folder, 'stale.lock');
    await writeFile(path, String(process.pid));
    const failing = withLock(path, () => Promise.reject(new Error('no')), { everyMs: 1, silentMs: 20 });
    await expect(failing).rejects.toThrow('no');
    await expect(readFile(path)).rejects.toThrow();
  });

  test('is kept by a holder that shows signs of life, however long it takes', async () => {
    const path = join(folder, 'long.lock');
    const steps: string[] = [];
    const timing = { everyMs: 1, beatMs: 1, silentMs: 200 };
    let waits = 0;
    const long = withLock(
      path,
      async () => {
        await expect.poll(() => waits).toBe(1);
        // Longer than a silent holder would be waited for.
        const beats = async () => Number((await readFile(path, 'utf8')).split(' ')[1]);
        await expect.poll(beats).toBeGreaterThan(400);
        steps.push('first');
      },
      timing,
    );
    const next = withLock(path, async () => steps.push('second'), { ...timing, onWait: () => (waits += 1) });
    await Promise.all([long, next]);
    expect(steps).toEqual(['first', 'second']);
  });

  test('is let go of when its holder is told to end', async () => {
    const path = join(folder, 'ended.lock');
    const script = `
      import { withLock } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'lock.mjs')).href)};
      const never = () => new Promise(() => setInterval(() => {}, 1000));
      withLock(${JSON.stringify(path)}, () => (console.log('held'), never()));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    await expect(readFile(path)).rejects.toThrow();
  });
});

describe('why there is no window', () => {
  const linux = { platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000, args: [] };

  test('is known beforehand for root and for a computer without a display', () => {
    expect(obstacle(linux)).toBe(null);
    expect(obstacle({ ...linux, env: { WAYLAND_DISPLAY: 'w' } })).toBe(null);
    expect(obstacle({ ...linux, env: {} })).toContain('display');
    expect(obstacle({ ...linux, uid: 0 })).toContain('root');
    expect(obstacle({ ...linux, uid: 0, args: ['--no-sandbox'] })).toBe(null);
    expect(obstacle({ ...linux, platform: 'darwin', env: {}, uid: 0 })).toBe(null);
  });

  test('is the line that tells most', () => {
    const output =
      '[12:1121/0101:ERROR:bus.cc] Failed to connect to the bus\n' +
      '[12:1121/0102:FATAL:setuid_sandbox_host.cc] The SUID sandbox helper binary was found, but is not configured\n';
    expect(reasonIn(output, null, 'SIGTRAP')).toBe(
      'The SUID sandbox helper binary was found, but is not configured',
    );
    expect(reasonIn('only this\n', 1, null)).toBe('only this');
    expect(reasonIn('', 1, null)).toBe('it ended with exit code 1');
    expect(reasonIn('', null, 'SIGSEGV')).toBe('it was ended by SIGSEGV');
  });
});

describe.skipIf(process.platform === 'win32')('Electron, by a script in its place', () => {
  const stub = async (script: string) => {
    await writeFile(join(folder, 'electron'), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'electron'), 0o755);
    const env = { ...process.env, DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: folder };
    return runDesktop(process.execPath, ['--no-sandbox', '--data', '/d'], env);
  };

  test('that ends before its window is ready yields the reason', async () => {
    expect(await stub('echo "Missing X server or $DISPLAY" >&2; exit 1')).toEqual({
      reason: 'Missing X server or :0',
    });
    expect(await stub('exit 0')).toEqual({ reason: 'it ended with exit code 0' });
    expect(await stub('kill -SEGV $$')).toEqual({ reason: 'it was ended by SIGSEGV' });
  });

  test('that had its window ends as it ends', async () => {
    expect(await stub('echo ready > "$MOORING_READY_FILE"; exit 0')).toEqual({ code: 0 });
    expect(await stub('echo ready > "$MOORING_READY_FILE"; exit 3')).toEqual({ code: 3 });
  });

  test('gets the arguments that were given, and no other', async () => {
    expect(await stub(`echo "$@" >&2; exit 1`)).toEqual({
      reason: `${join(import.meta.dirname, '..', '..')} --no-sandbox --data /d`,
    });
  });

  test('is not run as a plain Node', async () => {
    process.env.ELECTRON_RUN_AS_NODE = '1';
    const { reason } = await stub('echo "node: ${ELECTRON_RUN_AS_NODE:-no}" >&2; exit 1');
    delete process.env.ELECTRON_RUN_AS_NODE;
    expect(reason).toBe('node: no');
  });
});
