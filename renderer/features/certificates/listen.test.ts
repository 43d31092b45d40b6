import { expect, it } from 'vitest';
import type { AddressCandidate } from '#shared/model/names.ts';
import { listenChoices } from './listen.ts';

const wifi: AddressCandidate = {
  address: '192.168.1.20',
  family: 4,
  interface: 'wlan0',
  label: 'Wi-Fi',
  kind: 'lan',
  isRecommended: true,
  reason: null,
};

it('offers all interfaces first, then each address', () => {
  expect(listenChoices([wifi], '::')).toEqual([
    { value: '::', label: 'All interfaces' },
    { value: '192.168.1.20', label: 'Wi-Fi 192.168.1.20' },
  ]);
});

it('keeps what is chosen now, even an address that is gone', () => {
  expect(listenChoices([wifi], '0.0.0.0').at(-1)).toEqual({
    value: '0.0.0.0',
    label: 'All interfaces, IPv4 only',
  });
  expect(listenChoices([wifi], '10.0.0.9').at(-1)).toEqual({ value: '10.0.0.9', label: '10.0.0.9' });
});
