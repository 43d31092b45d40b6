import { createHash, randomBytes } from 'node:crypto';

const hash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** One-time tokens of the served page. */
export interface Links {
  /** A fresh token; it works once, within `lifetimeMs`. */
  issue(): string;
  /** True the first time a valid token is shown. */
  redeem(token: string): boolean;
}

/** Only hashes are kept: reading the memory of the app yields no working link. */
export const createLinks = (options: { lifetimeMs?: number; now?: () => number } = {}): Links => {
  const { lifetimeMs = 60_000, now = Date.now } = options;
  const open = new Map<string, number>();

  const forgetExpired = (): void => {
    for (const [key, expires] of open) if (expires <= now()) open.delete(key);
  };

  return {
    issue() {
      forgetExpired();
      const token = randomBytes(32).toString('base64url');
      open.set(hash(token), now() + lifetimeMs);
      return token;
    },
    redeem(token) {
      forgetExpired();
      return open.delete(hash(token));
    },
  };
};
