import { expect, it } from 'vitest';
import { columnsOf, leastWidth } from './use-columns-in-view.ts';

const columns = [{ px: 216, isPinned: true }, ...Array.from({ length: 60 }, () => ({ px: 152 }))];

it('keeps the columns in view, some beside them, what is pinned and what has the focus', () => {
  const range = { startIndex: 20, endIndex: 25, overscan: 2 };
  expect(columnsOf(columns, range, 3)).toEqual([0, 3, ...Array.from({ length: 10 }, (_, at) => 18 + at)]);
  expect(columnsOf(columns, { startIndex: 0, endIndex: 5, overscan: 2 }, -1)).toHaveLength(8);
  expect(columnsOf(columns, { startIndex: 58, endIndex: 60, overscan: 2 }, 60)).toHaveLength(6);
});

it('knows how wide a grid is only where every column says so', () => {
  expect(leastWidth([{ px: 100 }, { px: 50 }])).toBe(198);
  expect(leastWidth([{ px: 100 }, {}])).toBeNull();
});
