import { expect, it } from 'vitest';
import { shortfallsOf } from './shortfalls.ts';

it('tells the commonest cause first and what only waits last', () => {
  const found = shortfallsOf([
    { name: '', count: 900 },
    { name: 'DISK_FULL', count: 2 },
    { name: 'AUTH_REFUSED', count: 3 },
  ]);
  expect(found.map(({ key, count }) => [key, count])).toEqual([
    ['AUTH_REFUSED', 3],
    ['DISK_FULL', 2],
    ['', 900],
  ]);
  expect(found.map(({ tone }) => tone)).toEqual(['bad', 'bad', 'idle']);
  expect(shortfallsOf([{ name: 'CA_REPLACED', count: 1 }])[0]?.tone).toBe('warn');
  expect(found[0]?.title).not.toContain('{');
  expect(found[0]?.filter).toEqual({ codes: ['AUTH_REFUSED'] });
  expect(found[2]?.filter).toEqual({ states: ['none', 'unproven'] });
});
