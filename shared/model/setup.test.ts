import { expect, test } from 'vitest';
import { leafPatch } from './pki.ts';
import { endpointChoice, endpointPatch, setupInput } from './setup.ts';

test('a patch says only what it changes: defaults belong to the first run', () => {
  expect(endpointPatch.parse({ port: 5080 })).toEqual({ port: 5080 });
  expect(leafPatch.parse({ days: 30 })).toEqual({ days: 30 });
  expect(leafPatch.safeParse({ days: 1 }).success).toBe(false);
  expect(endpointPatch.safeParse({ port: 0 }).success).toBe(false);
});

test('an empty first run asks for what most people want', () => {
  expect(endpointChoice.parse({})).toEqual({
    names: ['registry.local'],
    addresses: null,
    port: 5000,
    listen: '::',
  });
  expect(setupInput.parse({})).toMatchObject({
    pull: 'anyone',
    ca: { mode: 'create', years: 10, algorithm: 'rsa-4096', isConstrained: true },
    leaf: { days: 397, algorithm: 'rsa-2048' },
  });
});
