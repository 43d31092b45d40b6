import type { Digest } from '../grammar.ts';

/**
 * Keeps garbage collection and pushes apart without stopping either: this process is the only one that writes, so it
 * knows what a push that has not ended relies on.
 */
export interface InUse {
  /** A push to this repository was told that the thing is there. */
  touch(name: string, digest: Digest): void;
  /** A manifest names these things now; from here on they live as long as it does. */
  settle(name: string, digests: Iterable<Digest>): void;
  /** Nothing of `digests` is removed while `work` runs; it begins once removals under way have ended. */
  hold<T>(digests: Iterable<Digest>, work: () => Promise<T>): Promise<T>;
  /** Whether a push that has not ended relies on it; in one repository or in any. */
  isExpected(digest: Digest, name?: string): boolean;
  /** Runs `work`, which removes the thing, unless a write relies on it right now. */
  evict(digest: Digest, work: () => Promise<void>): Promise<boolean>;
  /** From here to its end, one collection is told of everything that is held. One at a time. */
  collect(): Collection;
}

export interface Collection {
  /** Whether something has relied on it since the collection began. */
  isSeen(digest: Digest): boolean;
  /**
   * Runs `work`, which removes those of `digests` that nothing relies on, when there are any. Which ones is decided
   * before this returns.
   * @returns these
   */
  remove(digests: readonly Digest[], work: (free: Digest[]) => Promise<void>): Promise<Digest[]>;
  end(): void;
}

/** How many are remembered before those that nobody came back for are forgotten. */
const pruneAt = 20_000;

/** @param graceMs how long a push may take from a blob to the manifest that names it */
export const createInUse = (graceMs: number, now: () => number = Date.now): InUse => {
  const expected = new Map<Digest, Map<string, number>>();
  const held = new Map<Digest, number>();
  const dying = new Map<Digest, Promise<unknown>>();
  let seen: Set<Digest> | null = null;
  let nextPrune = pruneAt;

  const isRecent = (at: number | undefined) => at !== undefined && now() - at <= graceMs;
  const prune = () => {
    for (const [digest, names] of expected) if (![...names.values()].some(isRecent)) expected.delete(digest);
    nextPrune = expected.size + pruneAt;
  };
  const isExpected = (digest: Digest, name?: string) => {
    const names = expected.get(digest);
    return name === undefined ? [...(names?.values() ?? [])].some(isRecent) : isRecent(names?.get(name));
  };
  const release = (digest: Digest) => {
    const left = (held.get(digest) ?? 1) - 1;
    if (left > 0) held.set(digest, left);
    else held.delete(digest);
  };
  const isFree = (digest: Digest) => !held.has(digest) && !dying.has(digest);
  const remove = async (free: Digest[], work: (free: Digest[]) => Promise<void>): Promise<Digest[]> => {
    if (free.length === 0) return free;
    const removal = work(free);
    const ended = removal.catch(() => undefined);
    for (const digest of free) dying.set(digest, ended);
    await ended;
    for (const digest of free) dying.delete(digest);
    await removal;
    return free;
  };

  return {
    touch(name, digest) {
      seen?.add(digest);
      const names = expected.get(digest) ?? new Map<string, number>();
      expected.set(digest, names.set(name, now()));
      if (expected.size > nextPrune) prune();
    },
    settle(name, digests) {
      for (const digest of digests) {
        const names = expected.get(digest);
        if (names?.delete(name) && names.size === 0) expected.delete(digest);
      }
    },
    async hold(digests, work) {
      const mine = [...new Set(digests)];
      for (const digest of mine) {
        held.set(digest, (held.get(digest) ?? 0) + 1);
        seen?.add(digest);
      }
      try {
        for (const digest of mine) await dying.get(digest);
        return await work();
      } finally {
        for (const digest of mine) {
          // A collection may have begun meanwhile.
          seen?.add(digest);
          release(digest);
        }
      }
    },
    isExpected,
    evict: async (digest, work) => (await remove([digest].filter(isFree), work)).length > 0,
    collect() {
      const mine = new Set<Digest>(held.keys());
      seen = mine;
      return {
        isSeen: (digest) => held.has(digest) || mine.has(digest),
        remove: (digests, work) =>
          remove(
            digests.filter((digest) => !mine.has(digest) && isFree(digest)),
            work,
          ),
        end: () => (seen = null),
      };
    },
  };
};
