import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogBook } from '#electron/log.ts';
import { openStore, type Keychain } from './index.ts';
import { migrations } from './migrations.ts';
import { openDatabase } from './sql.ts';

const { log } = createLogBook({});
const isPosix = process.platform !== 'win32';
let dataDir: string;

beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-store-'));
});
afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }));

const open = (keychain?: Keychain) => openStore({ dataDir, log, ...(keychain && { keychain }) });
const modeOf = (name: string) => fs.statSync(path.join(dataDir, name)).mode & 0o777;

/** A keychain that mirrors the bytes; another seed stands for another user's keychain. */
const keychainOf = (isStrong: boolean, seed = 0x5a): Keychain => ({
  isStrong: () => isStrong,
  wrap: (key) => Buffer.concat([Buffer.from([seed]), Buffer.from(key.map((byte) => byte ^ seed))]),
  unwrap(wrapped) {
    if (wrapped[0] !== seed) throw new Error('not from this keychain');
    return Buffer.from(wrapped.subarray(1).map((byte) => byte ^ seed));
  },
});

describe('the database', () => {
  test('is migrated, private, with WAL, foreign keys and a busy timeout', async () => {
    const folder = path.join(dataDir, 'new', 'folder');
    const store = await openStore({ dataDir: folder, log });
    const pragma = (name: string) => Object.values(store.sql.get<object>(`PRAGMA ${name}`) ?? {})[0];
    expect(pragma('user_version')).toBe(migrations.length);
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('busy_timeout')).toBe(5000);
    if (isPosix) {
      expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
      for (const name of fs.readdirSync(folder)) {
        expect(fs.statSync(path.join(folder, name)).mode & 0o777, name).toBe(0o600);
      }
    }
    store.close();
  });

  test('written by a newer Mooring is refused and left as it is', async () => {
    (await open()).close();
    const database = openDatabase(path.join(dataDir, 'mooring.db'), 0);
    database.script('PRAGMA user_version = 99');
    database.close();
    await expect(open()).rejects.toMatchObject({ code: 'FOLDER_NEWER', details: { found: 99 } });
  });

  test('damaged is one clear error', async () => {
    fs.writeFileSync(path.join(dataDir, 'mooring.db'), 'this is not a database'.repeat(100));
    await expect(open()).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      details: { problem: 'mooring.db in it is damaged' },
    });
  });

  test('a path that is a file is one clear error', async () => {
    const file = path.join(dataDir, 'file');
    fs.writeFileSync(file, '');
    await expect(openStore({ dataDir: file, log })).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
  });

  test.runIf(isPosix)('a folder that already serves others keeps its permissions', async () => {
    fs.writeFileSync(path.join(dataDir, 'of-someone-else'), '');
    fs.chmodSync(dataDir, 0o755);
    (await open()).close();
    expect(fs.statSync(dataDir).mode & 0o777).toBe(0o755);
  });

  test('what an interrupted write left is swept', async () => {
    fs.writeFileSync(path.join(dataDir, '.endpoint.json.0123456789ab.tmp'), 'half');
    (await open()).close();
    expect(fs.readdirSync(dataDir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('settings come back through their schema, and what does not fit is an error', async () => {
  const store = await open();
  const schema = z.object({ port: z.int() });
  expect(store.settings.get('a', schema)).toBeUndefined();
  store.settings.set('a', { port: 5000 });
  store.settings.set('a', { port: 5443 });
  expect(store.settings.get('a', schema)).toEqual({ port: 5443 });
  expect(() => store.settings.get('a', z.string())).toThrow();
  store.settings.set('a', undefined);
  expect(store.settings.get('a', schema)).toBeUndefined();
  store.close();
});

describe('the data key', () => {
  test('is 32 bytes, private, made once, and opens what an earlier run sealed', async () => {
    const first = await open();
    const sealed = first.secrets.seal('geheim ✓', 'test:a');
    first.close();
    const key = fs.readFileSync(path.join(dataDir, 'data.key'));
    expect(key.length).toBe(32);
    if (isPosix) expect(modeOf('data.key')).toBe(0o600);
    const second = await open();
    expect(second.secrets.open(sealed, 'test:a')).toBe('geheim ✓');
    expect(second.secrets.protection).toBe('file');
    expect(fs.readFileSync(path.join(dataDir, 'data.key'))).toEqual(key);
    second.close();
  });

  test('that was replaced is noticed when the folder opens', async () => {
    (await open()).close();
    fs.writeFileSync(path.join(dataDir, 'data.key'), Buffer.alloc(32, 1));
    await expect(open()).rejects.toMatchObject({ code: 'KEY_BROKEN' });
    fs.writeFileSync(path.join(dataDir, 'data.key'), Buffer.alloc(31, 1));
    await expect(open()).rejects.toMatchObject({ code: 'KEY_BROKEN' });
  });

  test('that was lost is not silently replaced', async () => {
    (await open()).close();
    fs.rmSync(path.join(dataDir, 'data.key'));
    await expect(open()).rejects.toMatchObject({ code: 'KEY_MISSING' });
    expect(fs.existsSync(path.join(dataDir, 'data.key'))).toBe(false);
  });

  test('is wrapped by a strong keychain, and other hosts are told so', async () => {
    const desktop = await open(keychainOf(true));
    expect(desktop.secrets.protection).toBe('keychain');
    const sealed = desktop.secrets.seal('geheim', 'test:a');
    desktop.close();
    expect(fs.existsSync(path.join(dataDir, 'data.key'))).toBe(false);
    if (isPosix) expect(modeOf('data.key.wrapped')).toBe(0o600);
    await expect(open()).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    await expect(open(keychainOf(false))).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    await expect(open(keychainOf(true, 0x11))).rejects.toMatchObject({ code: 'KEY_BROKEN' });
    const again = await open(keychainOf(true));
    expect(again.secrets.open(sealed, 'test:a')).toBe('geheim');
    again.close();
  });

  test('is never wrapped by a keychain that only pretends', async () => {
    const store = await open(keychainOf(false));
    expect(store.secrets.protection).toBe('file');
    store.close();
    expect(fs.existsSync(path.join(dataDir, 'data.key.wrapped'))).toBe(false);
  });

  test('made by another host stays usable there after the desktop opened the folder', async () => {
    (await open()).close();
    (await open(keychainOf(true))).close();
    const store = await open();
    expect(store.secrets.protection).toBe('file');
    store.close();
  });
});
