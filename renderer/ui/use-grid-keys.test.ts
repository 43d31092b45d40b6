import { expect, it } from 'vitest';
import { moveTo } from './use-grid-keys.ts';

it('moves by row, by screen and to the ends, and stays inside', () => {
  const from = (key: string, at: number) => moveTo(key, at, 10, 47);
  expect(from('ArrowDown', 3)).toBe(4);
  expect(from('ArrowDown', 46)).toBe(46);
  expect(from('ArrowUp', 0)).toBe(0);
  expect(from('PageDown', 3)).toBe(13);
  expect(from('PageUp', 3)).toBe(0);
  expect(from('End', 3)).toBe(46);
  expect(from('Home', 30)).toBe(0);
  expect(from('Tab', 3)).toBeNull();
});
