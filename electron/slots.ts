import { AppError } from '#shared/errors.ts';

/** A number of places; who finds none waits in line. */
export interface Slots {
  /** @returns how to give the place back; calling it again does nothing. @throws AppError CANCELLED */
  take(signal?: AbortSignal): Promise<() => void>;
  /** Fewer places than are taken: none is taken away, but as many are not given out again. */
  resize(count: number): void;
  /** How many stand in line. */
  waiting(): number;
}

export const createSlots = (count: number): Slots => {
  let free = count;
  let size = count;
  const line = new Set<() => void>();

  const serve = (): void => {
    while (free > 0) {
      const next = line.values().next();
      if (next.done) return;
      line.delete(next.value);
      free -= 1;
      next.value();
    }
  };

  const place = (): (() => void) => {
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      free += 1;
      serve();
    };
  };

  return {
    take(signal) {
      if (signal?.aborted) return Promise.reject(new AppError('CANCELLED'));
      if (free > 0) {
        free -= 1;
        return Promise.resolve(place());
      }
      return new Promise((resolve, reject) => {
        const enter = () => {
          signal?.removeEventListener('abort', leave);
          resolve(place());
        };
        const leave = () => {
          line.delete(enter);
          reject(new AppError('CANCELLED'));
        };
        line.add(enter);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
    resize(wanted) {
      free += wanted - size;
      size = wanted;
      serve();
    },
    waiting: () => line.size,
  };
};
