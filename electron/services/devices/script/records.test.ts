import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecordReader } from './records.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const begin = '\n\x1eab{"mooring":"begin"}\n';
const end = '\n\x1eab{"mooring":"end"}\n';

const read = (chunks: Uint8Array[], limit?: number) => {
  const reader = createRecordReader({ nonce: 'ab', ...(limit === undefined ? {} : { limit }) });
  for (const chunk of chunks) reader.push(chunk);
  return reader.reading();
};

test('banners, carriage returns and any chunking are no matter', () => {
  const text = bytes(`Welcome é${begin.replaceAll('\n', '\r\n')}motd\x1eab{"a":"é"}\r\n${end}`);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const chunks = at.slice(1).map((stop, index) => text.subarray(at[index], stop));
      expect(read(chunks)).toMatchObject({
        records: [{ a: 'é' }],
        isComplete: true,
        isInvalid: false,
        output: 'Welcome é\nmotd\n',
      });
    }),
  );
});

test('another nonce is no record, nor is anything before begin or after end', () => {
  const reading = read([bytes(`\x1eab{"a":1}\n\x1exx{"b":1}\n${begin}${end}\x1eab{"c":1}\n`)]);
  expect(reading).toMatchObject({ records: [], hasBegun: true, isComplete: true });
});

test('a record that was cut off is not taken', () => {
  expect(read([bytes(`${begin}\x1eab{"a":1}`)])).toMatchObject({
    records: [],
    isComplete: false,
    isInvalid: false,
  });
});

test('a marked line that is no JSON, and too much output, are invalid', () => {
  expect(read([bytes(`${begin}\x1eab{"a":\n`)]).isInvalid).toBe(true);
  expect(read([bytes('x'.repeat(101))], 100).isInvalid).toBe(true);
  expect(read([bytes('x'.repeat(100))], 100).isInvalid).toBe(false);
});
