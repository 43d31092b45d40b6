import { expect, it } from 'vitest';
import type { MetDevice } from '#shared/model/devices.ts';
import { byVerdict, countKeys, keysToAccept } from './met-keys.ts';

const met = (id: string, verdict: MetDevice['verdict'], fingerprint = `SHA256:${id}`): MetDevice => ({
  ...{ id, name: id, address: id, verdict, port: 22, expected: null, error: null },
  hostKey: verdict === 'failed' ? null : { type: 'ssh-ed25519', fingerprint },
});

it('keeps changed and silent devices apart from those to be confirmed, in the order of a person', () => {
  const lists = byVerdict([met('g-10', 'new'), met('g-9', 'new'), met('x', 'changed'), met('y', 'failed')]);
  expect(lists.new.map(({ id }) => id)).toEqual(['g-9', 'g-10']);
  expect(lists).toMatchObject({ changed: [{ id: 'x' }], failed: [{ id: 'y' }], same: [] });
});

it('confirms what is ticked and new, as it was shown', () => {
  const all = [met('a', 'new'), met('b', 'new'), met('c', 'changed'), met('d', 'failed'), met('e', 'same')];
  expect(keysToAccept(all, new Set(['a', 'c', 'd', 'e']))).toEqual([
    { device: 'a', port: 22, type: 'ssh-ed25519', fingerprint: 'SHA256:a' },
  ]);
});

it('sees that devices share a key', () => {
  const counts = countKeys([met('a', 'new', 'k'), met('b', 'same', 'k'), met('c', 'failed')]);
  expect([...counts]).toEqual([['k', 2]]);
});
