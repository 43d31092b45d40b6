import { randomBytes } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import { probeIndex } from './engine/seed/images.ts';
import type { ProbeBatch, PullRecord, ToEngine } from './messages.ts';

/** One-time tags and the registry's records of their pulls. */
export interface Proofs {
  /**
   * @returns tags that all name one digest nobody has pulled yet
   * @throws AppError REGISTRY_DOWN
   */
  issue(count: number): Promise<{ repository: 'mooring/probe'; digest: string; tags: string[] }>;
  /**
   * Waits for the record of a tag; resolves at once when it is there already, with null when the time is over.
   * @throws AppError CANCELLED when the signal aborts
   */
  wait(tag: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<PullRecord | null>;
  /** Tags nobody needs any more; whoever still waits for them gets null. */
  withdraw(tags: string[]): void;
}

const lifeMs = 60 * 60_000;

/** @param now milliseconds */
export const createProofs = (options: {
  isServing: () => boolean;
  send: (message: ToEngine) => void;
  now?: () => number;
}) => {
  const { now = Date.now } = options;
  const batches = new Map<string, { tags: Set<string>; at: number }>();
  const records = new Map<string, PullRecord>();
  const waiting = new Map<string, Set<(record: PullRecord | null) => void>>();

  const settle = (tag: string, record: PullRecord | null) => {
    for (const resolve of waiting.get(tag) ?? []) resolve(record);
    waiting.delete(tag);
  };
  const withdraw = (tags: string[]) => {
    for (const [nonce, batch] of batches) {
      for (const tag of tags) batch.tags.delete(tag);
      if (batch.tags.size === 0) batches.delete(nonce);
    }
    for (const tag of tags) {
      records.delete(tag);
      settle(tag, null);
    }
    options.send({ type: 'withdraw', tags });
  };
  const forgetOld = () => {
    const old = [...batches.values()].filter(({ at }) => now() - at > lifeMs);
    if (old.length > 0) withdraw(old.flatMap(({ tags }) => [...tags]));
  };

  const proofs: Proofs = {
    async issue(count) {
      if (!options.isServing()) throw new AppError('REGISTRY_DOWN');
      forgetOld();
      const nonce = randomBytes(16).toString('hex');
      const tags = Array.from({ length: count }, () => `once-${randomBytes(12).toString('hex')}`);
      batches.set(nonce, { tags: new Set(tags), at: now() });
      options.send({ type: 'issue', batch: { nonce, tags } });
      return { repository: 'mooring/probe', digest: probeIndex(nonce).digest, tags };
    },
    wait(tag, { timeoutMs, signal }) {
      const known = records.get(tag);
      if (known) return Promise.resolve(known);
      const { promise, resolve, reject } = Promise.withResolvers<PullRecord | null>();
      const mine = waiting.get(tag) ?? new Set();
      waiting.set(tag, mine.add(resolve));
      const timer = setTimeout(() => resolve(null), timeoutMs);
      const onAbort = () => reject(new AppError('CANCELLED'));
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort);
      return promise.finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        mine.delete(resolve);
        if (mine.size === 0) waiting.delete(tag);
      });
    },
    withdraw,
  };

  return {
    proofs,
    /** What a restarted engine must know again. */
    outstanding: (): ProbeBatch[] => [...batches].map(([nonce, { tags }]) => ({ nonce, tags: [...tags] })),
    /** The engine saw a pull. The first record of a tag stands. */
    record(tag: string, record: PullRecord) {
      const isOurs = [...batches.values()].some(({ tags }) => tags.has(tag));
      if (!isOurs || records.has(tag)) return;
      records.set(tag, record);
      settle(tag, record);
    },
  };
};
