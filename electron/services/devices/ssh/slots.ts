import { AppError } from '#shared/errors.ts';

/** A number of places; who finds none waits in line. */
export interface Slots {
  /** @returns how to give the place back; calling it again does nothing. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export const createSlots = (count: number): Slots => {
  let free = count;
  const waiting = new Set<() => void>();

  const giveBack = (): (() => void) => {
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      const next = waiting.values().next();
      if (next.done) free += 1;
      else {
        waiting.delete(next.value);
        next.value();
      }
    };
  };

  return {
    take(signal) {
      if (signal?.aborted) return Promise.reject(new AppError('CANCELLED'));
      if (free > 0) {
        free -= 1;
        return Promise.resolve(giveBack());
      }
      return new Promise((resolve, reject) => {
        const serve = () => {
          signal?.removeEventListener('abort', leave);
          resolve(giveBack());
        };
        const leave = () => {
          waiting.delete(serve);
          reject(new AppError('CANCELLED'));
        };
        waiting.add(serve);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
  };
};
