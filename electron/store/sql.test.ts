import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sliceMs } from '#electron/slices.ts';
import { migrate } from './schema.ts';
import { openDatabase, sqliteFailure, type Database } from './sql.ts';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mooring-sql-'));
  database = openDatabase(path.join(folder, 'words.db'), 0);
  database.script('PRAGMA journal_mode = WAL');
  database.script('CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT');
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const add = (word: string) => database.run('INSERT INTO words (word) VALUES (?)', word);
const words = () =>
  database.all<{ word: string }>('SELECT word FROM words ORDER BY id').map((row) => row.word);

test('run says how many rows changed and the last id', () => {
  expect(add('anchor')).toEqual({ changes: 1, lastId: 1 });
  expect(add('buoy')).toEqual({ changes: 1, lastId: 2 });
  expect(database.get('SELECT word FROM words WHERE id = ?', 2)).toEqual({ word: 'buoy' });
  expect(database.get('SELECT word FROM words WHERE id = ?', 3)).toBeUndefined();
});

test('a transaction that throws leaves nothing', () => {
  expect(() =>
    database.transaction(() => {
      add('anchor');
      add('anchor');
    }),
  ).toThrow(/UNIQUE/);
  expect(words()).toEqual([]);
  expect(database.transaction(() => add('buoy').changes)).toBe(1);
});

test('an inner transaction fails alone when its error is caught', () => {
  database.transaction(() => {
    add('anchor');
    expect(() =>
      database.transaction(() => {
        add('buoy');
        throw new Error('no');
      }),
    ).toThrow('no');
    add('chain');
  });
  expect(words()).toEqual(['anchor', 'chain']);
});

test('async work is refused and rolled back', () => {
  expect(() =>
    database.transaction(async () => {
      add('anchor');
    }),
  ).toThrow(/must not be async/);
  expect(words()).toEqual([]);
});

test('failures of SQLite are told apart by their code', () => {
  const failureOf = (work: () => unknown) => {
    try {
      work();
      return 'none';
    } catch (error) {
      return sqliteFailure(error);
    }
  };
  expect(failureOf(() => openDatabase('/nowhere/at/all.db', 0))).toBe('unusable');
  expect(failureOf(() => database.script('nonsense'))).toBe('other');
  expect(sqliteFailure(new Error('database is locked'))).toBeNull();
});

test('migration takes missing steps once, and a failing step leaves the version where it was', () => {
  const steps = ['CREATE TABLE a (x INTEGER) STRICT', 'CREATE TABLE b (x INTEGER) STRICT'];
  const version = () => database.get('PRAGMA user_version');
  migrate(database, steps.slice(0, 1));
  migrate(database, steps);
  migrate(database, steps);
  expect(version()).toEqual({ user_version: 2 });
  expect(() => migrate(database, [...steps, 'CREATE TABLE c (x INTEGER) STRICT', 'nonsense'])).toThrow();
  expect(version()).toEqual({ user_version: 2 });
  expect(database.get("SELECT name FROM sqlite_master WHERE name = 'c'")).toBeUndefined();
  expect(() => migrate(database, steps.slice(0, 1))).toThrow(
    expect.objectContaining({ code: 'FOLDER_NEWER', details: { found: 2, known: 1 } }),
  );
});

describe('writing that takes several turns', () => {
  /** Adds words aside; between any two of them more passes than a turn lasts. */
  const addAside = function* (...texts: string[]) {
    for (const text of texts) {
      database.aside.run('INSERT INTO words (word) VALUES (?)', text);
      const until = performance.now() + sliceMs;
      while (performance.now() < until);
      yield;
    }
    return texts.length;
  };

  test('is seen once all of it stands, and told in the same turn', async () => {
    const told: [number, string[]][] = [];
    const writing = database.aside.write(() => addAside('anchor', 'buoy'), {
      written: (count) => told.push([count, words()]),
    });
    expect(words()).toEqual([]);
    expect(await writing).toBe(2);
    expect(told).toEqual([[2, ['anchor', 'buoy']]]);
  });

  test.each<[string, () => unknown]>([
    ['a statement', () => add('chain')],
    ['a transaction', () => database.transaction(() => add('chain'))],
    [
      'rows that are changed and read',
      () => database.all("INSERT INTO words (word) VALUES ('chain') RETURNING id"),
    ],
    ['another one of its kind', () => database.aside.writeNow(() => addAside('chain'))],
  ])('is done to its end before %s', async (_, write) => {
    const writing = database.aside.write(() => addAside('anchor', 'buoy'));
    write();
    expect(words()).toEqual(['anchor', 'buoy', 'chain']);
    expect(await writing).toBe(2);
  });

  test('leaves nothing when it fails, also where another write had to wait for it', async () => {
    add('buoy');
    const failing = database.aside.write(() => addAside('anchor', 'buoy'));
    add('chain');
    await expect(failing).rejects.toThrow(/UNIQUE/);
    expect(() => database.aside.writeNow(() => addAside('anchor', 'buoy'))).toThrow(/UNIQUE/);
    expect(words()).toEqual(['buoy', 'chain']);
  });

  test('leaves nothing when it is ended, before it begins or in the middle', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const writing = database.aside.write(() => addAside('anchor', 'buoy'), { signal });
    controller.abort(new RangeError('enough'));
    await expect(writing).rejects.toThrow('enough');
    await expect(database.aside.write(() => addAside('anchor'), { signal })).rejects.toThrow('enough');
    add('chain');
    expect(words()).toEqual(['chain']);
  });

  test('is done to its end before the database is closed', async () => {
    const writing = database.aside.write(() => addAside('anchor', 'buoy'));
    database.close();
    expect(await writing).toBe(2);
    database = openDatabase(path.join(folder, 'words.db'), 0);
    expect(words()).toEqual(['anchor', 'buoy']);
  });

  test('leaves nothing of what a crash interrupts', async () => {
    // So that rows reach the file before the end.
    database.aside.run('PRAGMA cache_size = 1');
    const texts = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(2000)}`);
    const writing = database.aside.write(function* () {
      for (const text of texts) database.aside.run('INSERT INTO words (word) VALUES (?)', text);
      yield* addAside('anchor');
      yield* addAside('buoy');
    });
    const crashed = path.join(folder, 'crashed');
    mkdirSync(crashed);
    for (const name of ['words.db', 'words.db-wal'])
      copyFileSync(path.join(folder, name), path.join(crashed, name));
    await writing;
    expect(words()).toHaveLength(402);
    const found = openDatabase(path.join(crashed, 'words.db'), 0);
    expect(statSync(path.join(crashed, 'words.db-wal')).size).toBeGreaterThan(400_000);
    expect(found.all('SELECT * FROM words')).toEqual([]);
    found.close();
  });
});
