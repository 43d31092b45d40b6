const firstMs = 1000;
const longestMs = 15_000;

/**
 * How long to wait before another try, in milliseconds: twice as long each time, and between half and all of it, so
 * that devices that failed together do not come back together.
 * @param attempts how often it was tried, at least once
 */
export const backoffMs = (attempts: number, random: () => number = Math.random): number =>
  Math.round(Math.min(longestMs, firstMs * 2 ** (attempts - 1)) * (0.5 + random() / 2));
