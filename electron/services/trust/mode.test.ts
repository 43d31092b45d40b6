import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octalMode, permsOf } from './mode.ts';

test('modes survive the way to what ls shows and back', () => {
  expect(permsOf('0644')).toBe('-rw-r--r--');
  expect(permsOf('4750')).toBe('-rwsr-x---');
  expect(octalMode('-rw-r--r--.')).toBe('0644');
  expect(octalMode('drwxrwxrwT')).toBe('1776');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0o7777 }), (bits) => {
      const octal = bits.toString(8).padStart(4, '0');
      expect(octalMode(permsOf(octal))).toBe(octal);
    }),
  );
});
