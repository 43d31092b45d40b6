import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shells } from './shells.fixture.ts';
import { shellQuote } from './quote.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      '!',
      '\n',
      '\t',
      '\r',
      '*',
      ' ',
      ';',
      '\x1e',
      '\x7f',
      'é',
    ),
    maxLength: 30,
  }),
  fc.string({ unit: fc.constantFrom("'", 'x', '\n', '字'), minLength: 700, maxLength: 2000 }),
  fc.constantFrom(
    "'; rm -rf / #",
    '$(reboot)',
    '-n',
    '',
    '\n',
    '\n\n',
    "'",
    "''",
    '\\',
    '%s',
    '~',
    '!!',
    'a\n',
  ),
);
const values = fc.array(
  hostile.map((text) => text.replaceAll('\0', '').toWellFormed()),
  { minLength: 1, maxLength: 30 },
);

const seenBy = (shell: string[], script: string): string[] => {
  const [program = 'sh', ...args] = shell;
  return execFileSync(program, args, { input: script, maxBuffer: 1 << 26 })
    .toString()
    .split('\0')
    .slice(0, -1);
};

describe.each(shells)('shellQuote in $name', ({ command }) => {
  test('every value arrives as it is, and nothing else happens', () => {
    fc.assert(
      fc.property(values, (texts) => {
        const script = `printf '%s\\0' ${texts.map(shellQuote).join(' \\\n')}\n`;
        expect(seenBy(command, script)).toEqual(texts);
      }),
      { numRuns: 60 },
    );
  });
});

test('lines stay short and free of control characters', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const line of shellQuote(text.replaceAll('\0', '')).split('\n')) {
        expect(Buffer.byteLength(line)).toBeLessThan(700);

        expect(line).not.toMatch(/[\x00-\x1f\x7f]/);
      }
    }),
  );
});

test('NUL is refused', () => {
  expect(() => shellQuote('a\0b')).toThrow(RangeError);
});
