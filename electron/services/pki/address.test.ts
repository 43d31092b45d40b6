import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, formatRange, isInRange, parseAddress, parseRange } from './address.ts';

test('bytes of any address survive the way through text', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc
      .array(fc.constantFrom(0, 0, 0, 255), { minLength: 16, maxLength: 16 })
      .map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(bytes, (address) => {
      expect([...(parseAddress(formatAddress(address)) ?? [])]).toEqual([...address]);
    }),
  );
});

test('any address text is read as the system reads it', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const bytes = parseAddress(text);
      expect(bytes?.length).toBe(16);
      expect(new URL(`http://[${formatAddress(bytes ?? Buffer.alloc(16))}]`).hostname).toBe(
        new URL(`http://[${text}]`).hostname,
      );
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      expect(formatAddress(parseAddress(text) ?? Buffer.alloc(16))).toBe(text);
    }),
  );
});

test.each([
  ['FE80::1%eth0', 'fe80::1'],
  ['::ffff:192.168.1.2', '::ffff:192.168.1.2'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
])('%s is %s', (text, canonical) => {
  expect(formatAddress(parseAddress(text) ?? Buffer.alloc(4))).toBe(canonical);
});

test.each(['', 'registry.local', '1.2.3', '1.2.3.4.5', '256.1.1.1', ':::', '12345::', 'localhost'])(
  '%j is no address',
  (text) => {
    expect(parseAddress(text)).toBeNull();
    expect(parseRange(text)).toBeNull();
  },
);

test.each([
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3', '10.1.2.3/32'],
  ['fdff::1/7', 'fc00::/7'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['192.168.1.130/25', '192.168.1.128/25'],
])('the range %s is %s', (text, canonical) => {
  const range = parseRange(text);
  expect(range && formatRange(range)).toBe(canonical);
});

test.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/x', '::/129', 'fe80::1%eth0/64'])(
  '%s is no range',
  (text) => expect(parseRange(text)).toBeNull(),
);

test.each([
  ['172.16.0.0/12', '172.31.255.255', true],
  ['172.16.0.0/12', '172.32.0.0', false],
  ['100.64.0.0/10', '100.127.1.1', true],
  ['100.64.0.0/10', '100.128.0.0', false],
  ['fe80::/10', 'febf::1', true],
  ['fe80::/10', 'fec0::1', false],
  ['0.0.0.0/0', '::1', false],
])('%s contains %s: %s', (range, address, expected) => {
  const [parsedRange, parsedAddress] = [parseRange(range), parseAddress(address)];
  expect(parsedRange && parsedAddress && isInRange(parsedRange, parsedAddress)).toBe(expected);
});
