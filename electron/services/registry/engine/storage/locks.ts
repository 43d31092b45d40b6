/** Runs work one after the other by key, so that read-decide-write on one thing is never interleaved. */
export type Locks = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export const createLocks = (): Locks => {
  const tails = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    tails.set(key, tail);
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key);
    });
    return result;
  };
};
