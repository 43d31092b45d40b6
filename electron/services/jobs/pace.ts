/** How many items may be worked on at a time. */
export interface Pace {
  limit(): number;
  /**
   * One item left its place.
   * @param isLinkFailure the connection broke or timed out, as it does when there are too many
   * @param hasLine others wait for a place: without them a higher limit would show nothing
   */
  ended(isLinkFailure: boolean, hasLine: boolean): void;
}

const first = 32;
const least = 4;
const most = 256;
const shortestMs = 1000;
const growth = 1.5;
/** Gain in throughput below which more at a time is no better. */
const worthwhile = 1.1;
const tooManyFailures = 0.2;
/** Windows after which growth is tried again. */
const patience = 6;

/**
 * Finds by trying how many connections the network and this computer carry: grows while that makes the whole faster, goes
 * back when it does not, and halves when connections break. It is judged over windows of at least a second and as many
 * items as are worked on at a time.
 */
export const createPace = (now: () => number = () => performance.now()): Pace => {
  let limit = first;
  let since = now();
  let ended = 0;
  let failures = 0;
  let isCrowded = true;
  let rests = 0;
  let before: { rate: number; limit: number } | null = null;

  const grow = (rate: number): void => {
    before = { rate, limit };
    limit = Math.min(most, Math.ceil(limit * growth));
  };

  const judge = (rate: number): void => {
    if (failures / ended > tooManyFailures) {
      limit = Math.max(least, Math.floor(limit / 2));
      before = null;
      rests = patience;
    } else if (rests > 0) rests -= 1;
    else if (!isCrowded) before = null;
    else if (before === null || rate > before.rate * worthwhile) grow(rate);
    else {
      limit = before.limit;
      before = null;
      rests = patience;
    }
  };

  return {
    limit: () => limit,
    ended(isLinkFailure, hasLine) {
      ended += 1;
      if (isLinkFailure) failures += 1;
      isCrowded &&= hasLine;
      const seconds = (now() - since) / 1000;
      if (ended < limit || seconds * 1000 < shortestMs) return;
      judge(ended / seconds);
      since = now();
      ended = 0;
      failures = 0;
      isCrowded = true;
    },
  };
};

/** As many as the caller said. */
export const fixedPace = (limit: number): Pace => ({ limit: () => limit, ended: () => undefined });
