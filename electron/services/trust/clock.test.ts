import { expect, test } from 'vitest';
import { describeOffset } from './clock.ts';

test.each([
  [-41 * 86_400, '41 days', 'behind'],
  [86_400, '24 hours', 'ahead'],
  [-150, '3 minutes', 'behind'],
  [1, '1 second', 'ahead'],
])('%d seconds', (seconds, offset, direction) => {
  expect(describeOffset(seconds)).toEqual({ offset, direction });
});
