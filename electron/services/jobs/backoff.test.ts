import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('each wait is twice the one before, up to a limit', () => {
  const longest = [1, 2, 3, 9].map((attempts) => backoffMs(attempts, () => 1));
  expect(longest).toEqual([1000, 2000, 4000, 15_000]);
});

test('waits differ, between half and all of it', () => {
  expect(backoffMs(1, () => 0)).toBe(500);
  expect(backoffMs(1, () => 0.5)).toBe(750);
});
