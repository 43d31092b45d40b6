import { setTimeout as delay } from 'node:timers/promises';

/**
 * Turns "something changed" into a stream of whole states: the present one at once, then one after each change, never
 * more often than every `intervalMs`. Changes in between fold into one. Ends after a state that `isLast`, or with the
 * signal: a consumer that leaves without it is noticed at the next change only.
 */
export async function* watching<T>(options: {
  read: () => T | Promise<T>;
  subscribe: (listener: () => void) => () => void;
  isLast?: (state: T) => boolean;
  intervalMs: number;
  signal?: AbortSignal | undefined;
}): AsyncGenerator<T, void> {
  const { read, subscribe, isLast, intervalMs, signal } = options;
  let isStale = true;
  let wake = (): void => undefined;
  const changed = (): void => {
    isStale = true;
    wake();
  };
  const unsubscribe = subscribe(changed);
  signal?.addEventListener('abort', changed);
  try {
    while (!signal?.aborted) {
      if (isStale) {
        isStale = false;
        const state = await read();
        yield state;
        if (isLast?.(state)) return;
        await delay(intervalMs, undefined, { signal }).catch(() => undefined);
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', changed);
  }
}
