import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '#shared/model/app.ts';
import { createLogBook } from '#electron/log.ts';
import { openStore, type Store } from '#electron/store/index.ts';
import { type Access, createAccess } from './index.ts';
import { newPassword } from './passwords.ts';

let dataDir: string;
let store: Store;
let access: Access;
const lines: LogLine[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mooring-access-'));
  const { log } = createLogBook({ sink: (line) => lines.push(line) });
  store = await openStore({ dataDir, log });
  access = createAccess({ dataDir, store, log });
});
afterEach(async () => {
  store.close();
  await rm(dataDir, { recursive: true, force: true });
});
const read = (name: string) => readFile(join(dataDir, 'access', name), 'utf8');
const mode = async (name: string) => (await stat(join(dataDir, 'access', name))).mode & 0o777;

describe('access', () => {
  it('makes the first user once, with a password that is shown again', async () => {
    expect(await access.ensureFirstUser()).toEqual({ user: 'mooring', created: true });
    const shown = access.password();
    expect(shown).toMatchObject({ user: 'mooring', file: join(dataDir, 'access', 'password') });
    expect(await access.ensureFirstUser()).toEqual({ user: 'mooring', created: false });
    expect(access.password()).toEqual(shown);
    expect(access.list()).toMatchObject([{ name: 'mooring', isAdmin: true }]);
    const [user] = access.snapshot();
    expect(user?.hash).toMatch(/^\$2[aby]\$10\$/);
    expect(await bcrypt.compare(shown.password, user?.hash ?? '')).toBe(true);
  });

  it('writes the password for scripts and htpasswd for other engines, readable by the owner alone', async () => {
    await access.ensureFirstUser();
    expect(await read('password')).toBe(access.password().password);
    expect(await read('htpasswd')).toBe(`mooring:${access.snapshot()[0]?.hash}\n`);
    expect([await mode('password'), await mode('htpasswd')]).toEqual([0o600, 0o600]);
    await rm(join(dataDir, 'access'), { recursive: true });
    await access.ensureFirstUser();
    expect(await read('password')).toBe(access.password().password);
  });

  it('renews a password and tells who listens', async () => {
    await access.ensureFirstUser();
    const before = access.password().password;
    let told = 0;
    access.onChange(() => (told += 1));
    const { password } = await access.renewPassword();
    expect(password).not.toBe(before);
    expect(told).toBe(1);
    const hash = access.snapshot()[0]?.hash ?? '';
    expect(await bcrypt.compare(password, hash)).toBe(true);
    expect(await bcrypt.compare(before, hash)).toBe(false);
    expect(await read('password')).toBe(password);
    expect(await read('htpasswd')).toBe(`mooring:${hash}\n`);
  });

  it('knows no other user', async () => {
    await access.ensureFirstUser();
    expect(() => access.password('nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    await expect(access.renewPassword('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps the password out of the database and the log', async () => {
    await access.ensureFirstUser();
    const { password } = access.password();
    expect(JSON.stringify(store.sql.all('SELECT * FROM users'))).not.toContain(password);
    expect(JSON.stringify(lines)).not.toContain(password);
  });
});

describe('newPassword', () => {
  it('is long, differs each time and has no look-alikes', () => {
    const passwords = Array.from({ length: 500 }, newPassword);
    expect(new Set(passwords).size).toBe(500);
    for (const password of passwords) expect(password).toMatch(/^([a-km-np-zA-HJ-NP-Z2-9]{5}-){3}[\w]{5}$/);
    expect(passwords.join('')).not.toMatch(/[0O1lIio]/);
  });
});
