/** Until the work before has ended, or one of the signals has fired. */
const waitFor = (before: Promise<unknown>, signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    const until = AbortSignal.any([...signals]);
    const end = () => {
      until.removeEventListener('abort', end);
      resolve();
    };
    if (until.aborted) return end();
    until.addEventListener('abort', end);
    void before.then(end);
  });

/**
 * One piece of work at a time for each key: two runs must not write on one device at once. Whose signal fires while it
 * waits gets its turn at once, to find that it shall not begin.
 */
export const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, signals: readonly AbortSignal[], work: () => Promise<T>): Promise<T> => {
    const before = last.get(key);
    const turn = (before ? waitFor(before, signals) : Promise.resolve()).then(work);
    const settled = Promise.allSettled([before, turn]);
    last.set(key, settled);
    try {
      return await turn;
    } finally {
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
    }
  };
};
