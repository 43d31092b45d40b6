import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrations } from '#electron/store/migrations.ts';
import { migrate } from '#electron/store/schema.ts';
import { createSecrets } from '#electron/store/secrets.ts';
import { openDatabase, type Database } from '#electron/store/sql.ts';
import { createChanges } from './changes.ts';
import { createGroups } from './groups.ts';
import { createInventory, type DeviceDraft, type Inventory } from './inventory.ts';

let folder: string;
let sql: Database;
let inventory: Inventory;
let told: number;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mooring-apply-'));
  sql = openDatabase(path.join(folder, 'mooring.db'), 0);
  sql.script('PRAGMA journal_mode = WAL');
  migrate(sql, migrations);
  const store = { sql, secrets: createSecrets(randomBytes(32), 'file') };
  const changes = createChanges();
  const groups = createGroups({ store, onChange: changes.edited });
  const settling = { today: () => ({ ca: '', references: [] }), settle: () => undefined };
  inventory = createInventory({ store, groups, settling, now: () => new Date(), changes });
  told = 0;
  changes.onChange(() => (told += 1));
});

afterEach(() => {
  sql.close();
  rmSync(folder, { recursive: true });
});

const draft = (name: string, more: Partial<DeviceDraft> = {}): DeviceDraft => ({
  ...{ name, address: `${name}.local`, port: 22, user: 'root', group: '', tags: ['new'] },
  ...{ credential: { kind: 'password', password: name }, sudoPassword: '' },
  ...more,
});
const key = (type: string) => ({
  ...{ type, fingerprint: `SHA256:${'A'.repeat(43)}`, acceptedAt: '2026-11-27T00:00:00.000Z' },
  how: 'given' as const,
});
const rowsIn = (...tables: string[]) =>
  tables.map((table) => sql.aside.get<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)?.count);
const all = ['devices', 'deviceDocuments', 'deviceTags', 'hostKeys'];
const staged = ['stagedDevices', 'stagedTags', 'stagedKeys'];
const names = () => inventory.list().map(({ name }) => name);
const passwordOf = (id: string) => {
  const { credential } = inventory.secrets(id);
  return credential.kind === 'password' ? credential.password.reveal() : null;
};

test('what is planned is written as one and told once, in its order', async () => {
  const gate = inventory.insert(draft('gate'));
  told = 0;
  const ids = await inventory.apply(function* (batch) {
    batch.change(gate, { name: 'door', address: 'door.local', tags: ['old', 'kept'] });
    yield;
    const added = [batch.add(draft('hall')), batch.add(draft('', { address: 'line.local' }))];
    batch.pin(added[0] ?? '', key('ssh-ed25519'), 2222);
    yield;
    expect([names(), told]).toEqual([['gate'], 0]);
    return added;
  });
  expect(told).toBe(1);
  expect(inventory.list()).toMatchObject([
    { id: gate, name: 'door', address: 'door.local', user: 'root', tags: ['kept', 'old'], hostKeys: [] },
    { id: ids[0], name: 'hall', tags: ['new'], port: 22, hostKeys: [{ how: 'given' }] },
    { id: ids[1], name: 'line.local' },
  ]);
  expect([gate, ...ids].map(passwordOf)).toEqual(['gate', 'hall', '']);
  expect(rowsIn(...staged)).toEqual([0, 0, 0]);
});

test.each([
  [
    'that fails',
    () => {
      throw new RangeError('no');
    },
  ],
  ['that is ended', (controller: AbortController) => controller.abort(new RangeError('no'))],
])('a plan %s leaves nothing', async (_, end) => {
  const controller = new AbortController();
  const applied = inventory.apply(function* (batch) {
    batch.pin(batch.add(draft('gate')), key('ssh-ed25519'));
    yield;
    end(controller);
    yield;
  }, controller.signal);
  await expect(applied).rejects.toThrow('no');
  expect([rowsIn(...all, ...staged), told]).toEqual([[0, 0, 0, 0, 0, 0, 0], 0]);
});

test('what cannot be written to its end is not written at all', async () => {
  const gate = inventory.insert(draft('gate'));
  sql.run(`CREATE TRIGGER full BEFORE INSERT ON hostKeys BEGIN SELECT raise(ABORT, 'the disk is full'); END`);
  told = 0;
  const applied = inventory.apply(function* (batch) {
    batch.change(gate, { user: 'pi', tags: [], sudoPassword: 'horse' });
    batch.pin(batch.add(draft('door')), key('ssh-ed25519'));
    yield;
  });
  await expect(applied).rejects.toThrow('the disk is full');
  expect([rowsIn(...all, ...staged), told]).toEqual([[1, 1, 1, 0, 0, 0, 0], 0]);
  expect(inventory.get(gate)).toMatchObject({ user: 'root', tags: ['new'] });
  expect(inventory.secrets(gate).sudoPassword?.reveal()).toBe('gate');
});

test('a plan is made anew when the list has changed meanwhile', async () => {
  let runs = 0;
  await inventory.apply(function* (batch) {
    runs += 1;
    batch.add(draft('gate', { tags: inventory.entries().map(({ name }) => `beside-${name}`) }));
    yield;
    if (runs === 1) inventory.insert(draft('gate', { address: 'other.local' }));
  });
  expect(runs).toBe(2);
  expect(names()).toEqual(['gate', 'gate (2)']);
  expect(inventory.get('gate (2)').tags).toEqual(['beside-gate']);
});

test('a key that was pinned meanwhile is seen, and nobody who was removed is missed', async () => {
  const [gate, door] = [inventory.insert(draft('gate')), inventory.insert(draft('door'))];
  let runs = 0;
  await inventory.apply(function* (batch) {
    runs += 1;
    const devices = yield* inventory.listed([gate, door]);
    for (const { id, hostKeys } of devices) if (hostKeys.length === 0) batch.pin(id, key('ssh-ed25519'));
    if (runs > 1) return;
    inventory.pin(gate, { ...key('ssh-ed25519'), how: 'shown' });
    void inventory.remove([door]);
    yield;
  });
  expect(runs).toBe(2);
  expect(inventory.list()).toMatchObject([{ name: 'gate', hostKeys: [{ how: 'shown' }] }]);
});

test('a trust that is saved meanwhile stays, and is no reason to begin anew', async () => {
  const gate = inventory.insert(draft('gate'));
  let runs = 0;
  await inventory.apply(function* (batch) {
    runs += 1;
    batch.change(gate, { user: 'pi' });
    inventory.saveTrust(gate, { state: 'proven' });
    yield;
  });
  expect(runs).toBe(1);
  expect(inventory.get(gate)).toMatchObject({ user: 'pi', trust: { state: 'proven' } });
});

test('many are written in several turns, and are there for others all at once', async () => {
  const count = 2500;
  const seen = new Set<number | undefined>();
  let [isOver, isReady, turns] = [false, false, 0];
  const looking = (async () => {
    while (!isOver) {
      const found = sql.get<{ count: number }>('SELECT count(*) AS count FROM devices')?.count;
      seen.add(found);
      if (isReady && found === 0) turns += 1;
      await setImmediate();
    }
  })();
  await inventory.apply(function* (batch) {
    for (let index = 0; index < count; index += 1) {
      batch.add(draft(`row-${index}`));
      yield;
    }
    isReady = true;
  });
  isOver = true;
  await looking;
  expect(turns).toBeGreaterThan(0);
  expect([...seen].filter((found) => found !== 0 && found !== count)).toEqual([]);
  expect([rowsIn(...all), told]).toEqual([[count, count, count, 0], 1]);
});

test('a write of others that is taken back takes nothing along', async () => {
  const tags = Array.from({ length: 20 }, (_, index) => `tag-${index}`);
  const ids = Array.from({ length: 3000 }, (_, index) => inventory.insert(draft(`row-${index}`)));
  inventory.update(ids.at(-1) ?? '', { tags });
  const adding = inventory.apply(function* (batch) {
    for (let index = 0; index < 2000; index += 1) {
      batch.add(draft(`new-${index}`));
      yield;
    }
  });
  const tagging = inventory.tag(ids, { add: ['a', 'b', 'c'], remove: [] });
  await expect(tagging).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await adding;
  expect(inventory.list()).toHaveLength(5000);
  expect(inventory.get(ids[0] ?? '').tags).toEqual(['new']);
});

test('who changes the list while it is written comes after that', async () => {
  const ids = Array.from({ length: 500 }, (_, index) => inventory.insert(draft(`row-${index}`)));
  const tagging = inventory.tag(ids, { add: ['all'], remove: ['new'] });
  const removing = inventory.remove(ids.slice(1));
  inventory.update(ids[0] ?? '', { tags: ['own'] });
  expect(await Promise.all([tagging, removing])).toEqual([500, 499]);
  expect(inventory.list()).toMatchObject([{ name: 'row-0', tags: ['own'] }]);
});
