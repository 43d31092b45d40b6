import { setImmediate } from 'node:timers/promises';

/** Long work that others may have a turn in wherever it yields; it yields as often as it likes. */
export type Sliced<T> = Generator<void, T>;

/** How long others wait for their turn, in milliseconds. */
export const sliceMs = 10;

/** Does all of it in this turn. */
export const atOnce = <T>(work: Sliced<T>): T => {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
};

/**
 * Lets others have a turn every few milliseconds.
 * @throws the reason of `signal` once it has ended; the work is left where it stood
 */
export const inSlices = async <T>(work: Sliced<T>, signal?: AbortSignal): Promise<T> => {
  for (;;) {
    const until = performance.now() + sliceMs;
    do {
      signal?.throwIfAborted();
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await setImmediate();
  }
};
