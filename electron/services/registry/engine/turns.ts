/** Who moves a lot of bytes takes turns, in the order they came, so that small requests wait for a few pieces only. */
export interface Turns {
  /** Waits for one of the places. */
  take(): Promise<void>;
  /** Gives the place to the next in line. */
  give(): void;
  /** Waits in line, and lets the next one go on at once. */
  pass(): Promise<void>;
}

export const createTurns = (places: number): Turns => {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const take = (): Promise<void> => {
    if (taken >= places) return new Promise((resolve) => waiting.push(resolve));
    taken += 1;
    return Promise.resolve();
  };
  const give = () => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };
  return {
    take,
    give,
    async pass() {
      if (taken < places) return;
      await take();
      give();
    },
  };
};

/**
 * Of this process, whose one event loop encrypts and hashes everything: pieces on their way from the disk at once. Each is
 * encrypted when it arrives; many that arrive together would keep everyone else waiting.
 */
export const turns = createTurns(8);
