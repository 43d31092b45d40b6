import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

/** Lets a world of some capacity work through so many items, and tells the limits that were tried. */
const work = (
  items: number,
  world: { rateAt(limit: number): number; isFailing?(limit: number): boolean; hasLine?: boolean },
): number[] => {
  let time = 0;
  const pace = createPace(() => time);
  const limits = new Set([pace.limit()]);
  for (let done = 0; done < items; done += 1) {
    time += 1000 / world.rateAt(pace.limit());
    pace.ended(world.isFailing?.(pace.limit()) ?? false, world.hasLine ?? true);
    limits.add(pace.limit());
  }
  return [...limits];
};

test('grows while more at a time is faster', () => {
  const limits = work(5000, { rateAt: (limit) => limit / 10 });
  expect(limits).toEqual([32, 48, 72, 108, 162, 243, 256]);
});

test('goes back once it is not', () => {
  let time = 0;
  const pace = createPace(() => time);
  for (let done = 0; done < 400; done += 1) {
    time += 1000 / Math.min(pace.limit(), 50);
    pace.ended(false, true);
  }
  expect(pace.limit()).toBeGreaterThanOrEqual(48);
  expect(pace.limit()).toBeLessThanOrEqual(72);
});

test('a computer that is at its limit already stays where it began', () => {
  expect(Math.max(...work(1000, { rateAt: () => 50 }))).toBe(48);
});

test('halves when connections break, down to a few', () => {
  const limits = work(3000, { rateAt: (limit) => limit, isFailing: () => true });
  expect(limits).toEqual([32, 16, 8, 4]);
});

test('does not grow when nobody waits', () => {
  expect(work(1000, { rateAt: (limit) => limit, hasLine: false })).toEqual([32]);
});
