import { describe, expect, it } from 'vitest';
import { digestOf } from './blobs.ts';
import { type References, withoutParents } from './references.ts';

const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];
const over = (...children: (typeof a)[]): References => ({ blobs: [], children, subject: null });

describe('manifests without parents', () => {
  it('are those that may go first', () => {
    const manifests = new Map([
      [a, over(b)],
      [b, over(c)],
      [c, over()],
    ]);
    expect(withoutParents(manifests, [c, b, a])).toEqual([a]);
    expect(withoutParents(manifests, [c, b])).toEqual([b]);
    expect(withoutParents(manifests, [c, a])).toEqual([c, a]);
    expect(withoutParents(manifests, [])).toEqual([]);
  });

  it('are found one at a time in a store whose bytes were changed into a circle', () => {
    const circle = new Map([
      [a, over(b)],
      [b, over(a)],
    ]);
    expect(withoutParents(circle, [a, b])).toEqual([a]);
  });
});
