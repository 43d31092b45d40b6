import util from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { Secret } from './secret.ts';
import { createSecrets } from './secrets.ts';

const secrets = createSecrets(Buffer.alloc(32, 7), 'file');
const broken = expect.objectContaining({ code: 'KEY_BROKEN' });

test('any text comes back under its context, and never stands in the sealed value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
      expect(secrets.open(secrets.seal(text, context), context)).toBe(text.toWellFormed());
    }),
  );
  expect(secrets.seal('hunter2', 'a')).not.toContain('hunter2');
  expect(secrets.seal('hunter2', 'a')).not.toBe(secrets.seal('hunter2', 'a'));
});

test('another context or another key does not open it', () => {
  const sealed = secrets.seal('hunter2', 'devices:a');
  expect(() => secrets.open(sealed, 'devices:b')).toThrow(broken);
  expect(() => createSecrets(Buffer.alloc(32, 8), 'file').open(sealed, 'devices:a')).toThrow(broken);
});

test('one changed bit anywhere is noticed, and so is a cut', () => {
  const sealed = secrets.seal('hunter2', 'a');
  const bytes = Buffer.from(sealed.slice(3), 'base64');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    const at = bit >> 3;
    changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
    expect(() => secrets.open(`v1:${changed.toString('base64')}`, 'a')).toThrow(broken);
  }
  for (let length = 0; length < bytes.length; length += 1) {
    expect(() => secrets.open(`v1:${bytes.subarray(0, length).toString('base64')}`, 'a')).toThrow(broken);
  }
  for (const foreign of ['', 'v2:AAAA', 'hunter2']) expect(() => secrets.open(foreign, 'a')).toThrow(broken);
});

test('a Secret prints as [redacted] everywhere but in reveal', () => {
  const secret = new Secret('hunter2');
  const book = createLogBook({});
  book.log.info(`login ${secret}`, { value: secret });
  const prints = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    util.inspect({ secret }, { depth: 5, showHidden: true }),
    util.format('%s %o', secret, secret),
    JSON.stringify(book.lines()),
    JSON.stringify({ ...secret }),
  ];
  expect(prints.join('\n')).not.toContain('hunter2');
  expect(String(secret)).toBe('[redacted]');
  expect(secret.reveal()).toBe('hunter2');
});
