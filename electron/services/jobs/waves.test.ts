import { expect, test } from 'vitest';
import { planWaves } from './waves.ts';

test('a canary, a share of the whole, and what is left', () => {
  expect(planWaves(200, { waves: [{ count: 1 }, { percent: 10 }, 'rest'] })).toEqual([1, 20, 179]);
  expect(planWaves(15, { waves: [{ count: 1 }, { percent: 10 }, 'rest'] })).toEqual([1, 2, 12]);
});

test('nobody is left out, and no wave is empty', () => {
  expect(planWaves(10, { waves: [{ count: 1 }, { count: 2 }] })).toEqual([1, 2, 7]);
  expect(planWaves(2, { waves: [{ count: 1 }, { percent: 50 }, 'rest', { count: 5 }] })).toEqual([1, 1]);
  expect(planWaves(3, { waves: [] })).toEqual([3]);
  expect(planWaves(0, { waves: ['rest'] })).toEqual([]);
});
