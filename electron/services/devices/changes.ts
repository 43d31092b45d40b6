/** Tells listeners that something changed, and knows whether it was the list itself. */
export const createChanges = () => {
  const listeners = new Set<() => void>();
  let edits = 0;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  return {
    /** What is known of a device changed. */
    tell,
    /** Who is in the list changed, or how one is called, reached or sorted. */
    edited() {
      edits += 1;
      tell();
    },
    /** How often that was. */
    edits: () => edits,
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type Changes = ReturnType<typeof createChanges>;
