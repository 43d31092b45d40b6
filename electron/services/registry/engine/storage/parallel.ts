/** Less than the threads for the disk (see the README), so that requests find some free. */
const width = 8;

/**
 * Does `work` on everything, some of it at once. When it rejects nothing is under way any more.
 * @throws the first error
 */
export const forEach = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: width }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
};

/** Waits for all, also when one fails: nothing goes on behind an error. */
export const allDone = async (works: readonly Promise<unknown>[]): Promise<void> => {
  await Promise.allSettled(works);
  await Promise.all(works);
};
