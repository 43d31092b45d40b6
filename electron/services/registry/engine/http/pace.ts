import { Refusal } from '../refusal.ts';

/** How fast the body of a request must come at least. */
export interface Pace {
  /** That many must come while the engine waits `windowMs` for them. */
  bytes: number;
  windowMs: number;
}

/** A mobile link of 1 KiB/s brings nearly twenty times as much. */
export const usualPace: Pace = { bytes: 16 * 1024, windowMs: 300_000 };

/**
 * A body that must keep the pace. Time counts only while its reader waits for the client: neither a slow disk nor a
 * lock is the client's fault. One timer a body, which looks again when the window can have passed: pieces come often.
 * @throws Refusal `too-slow` from a read that waits
 */
export const keepPace = (body: AsyncIterable<Buffer>, pace: Pace): AsyncIterable<Buffer> => ({
  [Symbol.asyncIterator]() {
    const source = body[Symbol.asyncIterator]();
    let received = 0;
    let waited = 0;
    let since: number | null = null;
    let refuse: (error: Refusal) => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;

    const tooSlow = () => new Refusal('too-slow', { ...pace }, { Connection: 'close' });
    const look = () => {
      const left = pace.windowMs - waited - (since === null ? 0 : performance.now() - since);
      if (left > 0) timer = setTimeout(look, Math.ceil(left));
      else refuse(tooSlow());
    };
    const take = (result: IteratorResult<Buffer>) => {
      waited += performance.now() - (since ?? 0);
      since = null;
      if (result.done) clearTimeout(timer);
      else received += result.value.length;
      if (received >= pace.bytes) received = waited = 0;
      return result;
    };
    return {
      next: () =>
        new Promise((resolve, reject) => {
          // It passed while the last piece came, and nobody was waiting when the timer looked.
          if (waited >= pace.windowMs) return reject(tooSlow());
          timer ??= setTimeout(look, pace.windowMs);
          since = performance.now();
          refuse = reject;
          source.next().then(
            (result) => resolve(take(result)),
            (error: unknown) => {
              clearTimeout(timer);
              reject(error as Error);
            },
          );
        }),
      async return() {
        clearTimeout(timer);
        await source.return?.();
        return { done: true, value: undefined };
      },
    };
  },
});
