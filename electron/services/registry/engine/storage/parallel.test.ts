import { describe, expect, it } from 'vitest';
import { forEach } from './parallel.ts';

describe('work on many things', () => {
  it('is done on each, on some of them at once', async () => {
    const seen: number[] = [];
    let now = 0;
    let most = 0;
    await forEach([...Array(100).keys()], async (number) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      seen.push(number);
    });
    expect(seen).toHaveLength(100);
    expect(most).toBe(8);
  });

  it('rejects only when nothing is under way any more', async () => {
    const slow = Promise.withResolvers<void>();
    let isSettled = false;
    const all = forEach([0, 1], (number) => (number === 0 ? Promise.reject(new Error('no')) : slow.promise));
    void all.catch(() => undefined).then(() => (isSettled = true));
    await new Promise(setImmediate);
    expect(isSettled).toBe(false);
    slow.resolve();
    await expect(all).rejects.toThrow('no');
  });
});
