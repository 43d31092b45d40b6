import { expect, test } from 'vitest';
import { createLogBook } from './log.ts';

const logged = (write: (book: ReturnType<typeof createLogBook>) => void): string => {
  const book = createLogBook({});
  write(book);
  return JSON.stringify(book.lines());
};

test('values under secret key names never reach a line', () => {
  const text = logged(({ log }) =>
    log.info('login', { password: 'hunter2', nested: { sudoPassword: 'hunter2', authorization: 'hunter2' } }),
  );
  expect(text).not.toContain('hunter2');
  expect(text).toContain('[redacted]');
});

test('private keys and credentials inside texts and errors are cut out', () => {
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----';
  const text = logged(({ log }) =>
    log.error(`failed: ${key}`, {
      problem: new Error('sent Authorization: Basic aHVudGVyMjpodW50ZXIy', { cause: new Error(key) }),
    }),
  );
  expect(text).not.toContain('c2VjcmV0');
  expect(text).not.toContain('aHVudGVyMjpodW50ZXIy');
});

test('a watcher asks for what is newer than it has seen', () => {
  const book = createLogBook({ keep: 3 });
  for (const message of ['a', 'b', 'c', 'd']) book.log.info(message);
  expect(book.lines().map((line) => line.message)).toEqual(['b', 'c', 'd']);
  expect(book.lines(3).map((line) => line.message)).toEqual(['d']);
});
