import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '#electron/slices.ts';
import { readCsv, unguard, writeCsv } from './csv.ts';
import { readCsvDevices } from './csv-devices.ts';

const cells = (text: string) => atOnce(readCsv(text)).records.map((record) => record.cells);

describe('reading', () => {
  test.each([
    ['commas', 'a,b\nc,d\n'],
    ['semicolons, as spreadsheets of half of Europe write', 'a;b\r\nc;d\r\n'],
    ['tabs', 'a\tb\rc\td'],
    ['a byte order mark', '\uFEFFa,b\nc,d'],
    ['the separator announced', 'sep=;\r\na;b\r\nc;d'],
    ['empty lines between', 'a,b\n\n,\nc,d\n\n'],
  ])('%s', (_, text) => {
    expect(cells(text)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('quoted cells keep separators, line ends and quotation marks', () => {
    const { records } = atOnce(readCsv('a,"x, ""y""\r\nz"\nc,d\n'));
    expect(records).toEqual([
      { line: 1, cells: ['a', 'x, "y"\r\nz'] },
      { line: 3, cells: ['c', 'd'] },
    ]);
    expect(cells('"a;b",c;d\ne,f')).toEqual([
      ['a;b', 'c;d'],
      ['e', 'f'],
    ]);
    expect(cells('a,b,\n')).toEqual([['a', 'b', '']]);
  });

  test('a quotation mark that is never closed, and what stands behind one, are named with their line', () => {
    expect(atOnce(readCsv('a,b\nc,"d\ne,f')).problems).toEqual([
      { line: 2, problem: 'a quotation mark is opened and never closed' },
    ]);
    expect(atOnce(readCsv('a\n"b"c\n')).problems).toEqual([
      { line: 2, problem: 'something stands between a closing quotation mark and the separator' },
    ]);
  });
});

test('a device of several lines is left out whichever of them is broken', () => {
  const { drafts, problems } = atOnce(
    readCsvDevices('address,name,user\n10.0.0.1,"a\nb","x" y\n10.0.0.2,c,d\n'),
  );
  expect(problems).toMatchObject([{ line: 3, field: 'line' }]);
  expect(drafts.map(({ address }) => address)).toEqual(['10.0.0.2']);
});

describe('writing', () => {
  test('cells that a spreadsheet would run are quoted', () => {
    expect(writeCsv([['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'plain', "'=x", "it's"]])).toBe(
      `"'=1+1","'+1","'-1","'@x","'\tx","'\rx",plain,"''=x",it's\r\n`,
    );
  });

  test('what is written is read back', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'",;\t\r\n\'=+-@ \u00e9a') }));
    const row = fc
      .array(text, { minLength: 1, maxLength: 5 })
      .filter((one) => one.some((cell) => cell !== ''));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        // A first line in which another separator is more frequent is announced by no program that writes commas.
        const whole = [['address', 'name', 'user'], ...rows];
        expect(cells(writeCsv(whole)).map((record) => record.map(unguard))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('no text makes reading fail or take long', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'",;\r\na'), maxLength: 200 }), (text) => {
        const { records } = atOnce(readCsv(text));
        expect(records.flatMap((record) => record.cells).join('').length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
