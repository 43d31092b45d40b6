import { expect, test } from 'vitest';
import { isDiskFull } from './disk-full.ts';
import { folderError } from './folder.ts';
import { openDatabase } from './sql.ts';

const failure = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};

test('the system says it', () => {
  expect(isDiskFull(Object.assign(new Error('write'), { code: 'ENOSPC' }))).toBe(true);
  expect(isDiskFull(Object.assign(new Error('write'), { code: 'EDQUOT' }))).toBe(true);
  expect(isDiskFull(Object.assign(new Error('write'), { code: 'EACCES' }))).toBe(false);
});

test('SQLite says it', () => {
  const database = openDatabase(':memory:', 0);
  database.script('CREATE TABLE rows (text TEXT); PRAGMA max_page_count = 3');
  const insert = () => database.run('INSERT INTO rows VALUES (?)', 'x'.repeat(100_000));
  expect(isDiskFull(failure(insert))).toBe(true);
  expect(isDiskFull(failure(() => database.run('INSERT INTO nowhere VALUES (1)')))).toBe(false);
  database.close();
});

test('it says it as the cause of something else', () => {
  const cause = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(isDiskFull(new Error('not kept', { cause }))).toBe(true);
  expect(isDiskFull('ENOSPC')).toBe(false);
});

test('a folder on a full disk is not called unusable', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(folderError('/data', full).code).toBe('HOME_DISK_FULL');
  expect(folderError('/data', Object.assign(new Error('x'), { code: 'EROFS' })).code).toBe('FOLDER_UNUSABLE');
});
