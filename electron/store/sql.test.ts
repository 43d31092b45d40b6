import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from './schema.ts';
import { openDatabase, sqliteFailure, type Database } from './sql.ts';

let database: Database;
beforeEach(() => {
  database = openDatabase(':memory:', 0);
  database.script('CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT');
});
afterEach(() => database.close());

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
