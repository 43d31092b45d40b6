/** Slows down guessing: after some free failures each further one blocks its keys for twice as long. */
export interface Throttle {
  /** Seconds until a login with any of these keys is looked at again, 0 when at once. */
  wait(keys: string[]): number;
  fail(keys: string[]): void;
  succeed(keys: string[]): void;
}

interface Record {
  failures: number;
  blockedUntil: number;
  seen: number;
}

const maxBlockMs = 60_000;
/** A record nobody touched for this long is forgiven. */
const forgetMs = 15 * 60_000;
const maxRecords = 10_000;

/**
 * @param free failures a key may have before it is blocked, by the prefix before its first colon
 * @param now milliseconds
 */
export const createThrottle = (
  free: { [prefix: string]: number },
  now: () => number = Date.now,
): Throttle => {
  const records = new Map<string, Record>();
  const live = (key: string): Record | null => {
    const record = records.get(key);
    if (!record) return null;
    if (now() - record.seen <= forgetMs) return record;
    records.delete(key);
    return null;
  };

  return {
    wait(keys) {
      const until = Math.max(0, ...keys.map((key) => live(key)?.blockedUntil ?? 0));
      return Math.max(0, Math.ceil((until - now()) / 1000));
    },
    fail(keys) {
      for (const key of keys) {
        const failures = (live(key)?.failures ?? 0) + 1;
        const over = failures - (free[key.slice(0, key.indexOf(':'))] ?? 0);
        const block = over <= 0 ? 0 : Math.min(maxBlockMs, 1000 * 2 ** Math.min(over - 1, 10));
        records.delete(key);
        records.set(key, { failures, blockedUntil: now() + block, seen: now() });
        const oldest = records.keys().next().value;
        if (records.size > maxRecords && oldest !== undefined) records.delete(oldest);
      }
    },
    succeed(keys) {
      for (const key of keys) records.delete(key);
    },
  };
};
