import type { Sliced } from '#electron/slices.ts';

/** Devices written at a time: what it takes is a few milliseconds. */
export const atATime = 100;

/** Does `work` on some ids at a time, in their order; yields the sum of what it returns. */
export function* inParts(ids: readonly string[], work: (part: readonly string[]) => number): Sliced<number> {
  let sum = 0;
  for (let at = 0; at < ids.length; at += atATime) {
    sum += work(ids.slice(at, at + atATime));
    yield;
  }
  return sum;
}
