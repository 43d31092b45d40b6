/** Tells listeners that something changed; what is done as one is told once. */
export const createChanges = (transaction: <T>(work: () => T) => T) => {
  const listeners = new Set<() => void>();
  let depth = 0;
  let isPending = false;

  const tell = (): void => {
    isPending = depth > 0;
    if (!isPending) for (const listener of listeners) listener();
  };

  return {
    tell,
    /** Everything or nothing, and told at the end. */
    asOne<T>(work: () => T): T {
      depth += 1;
      try {
        return transaction(work);
      } finally {
        depth -= 1;
        if (depth === 0 && isPending) tell();
      }
    },
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
