import type { ProbeBatch, PullRecord } from '../messages.ts';
import type { Digest } from './grammar.ts';
import { probeIndex, type SeedImage } from './seed/images.ts';
import type { StoredManifest } from './storage/manifests.ts';

/** A manifest request that is about to be answered. */
export interface Sighting extends Omit<PullRecord, 'at'> {
  method: string;
  name: string;
  reference: string;
  digest: Digest;
}

/** One-time tags of the probe repository: in memory alone, those of one batch name one digest nobody has seen before. */
export interface Probes {
  /** What a one-time tag, or the digest it names, stands for; null for anything else. */
  find(name: string, reference: string): StoredManifest | null;
  issue(batch: ProbeBatch): void;
  withdraw(tags: string[]): void;
  saw(sighting: Sighting): void;
}

interface Batch {
  index: StoredManifest;
  tags: Set<string>;
  /** Tags asked for and not followed up yet, with the time, by client. */
  asked: Map<string, Map<string, number>>;
  /** Clients that fetched the content of this batch, so that their engines hold it now. */
  holders: Set<string>;
}

/** A pull takes seconds; what a client asks for later than this is another pull. */
const windowMs = 10 * 60_000;
const maxClients = 1000;

/**
 * Proof of a pull: the same client (address and agent) asked for the tag and then fetched the index it names, or one
 * of its manifests, by digest. Engines that hold the index already ask for the tag alone: that counts only for a
 * client that fetched it from here under another tag of the batch.
 * @param onPull told at most once a tag
 * @param now milliseconds
 */
export const createProbes = (
  image: SeedImage,
  onPull: (tag: string, record: PullRecord) => void,
  now: () => number = Date.now,
): Probes => {
  const batches = new Map<string, Batch>();
  const children = new Set<string>(image.manifests.slice(0, -1).map(({ digest }) => digest));
  const batchOf = (tag: string) => [...batches.values()].find(({ tags }) => tags.has(tag));

  const prove = (batch: Batch, tag: string, { remote, host, agent }: Sighting) => {
    if (batch.tags.has(tag)) onPull(tag, { at: new Date(now()).toISOString(), remote, host, agent });
  };
  const sawTag = (batch: Batch, client: string, sighting: Sighting) => {
    if (batch.holders.has(client)) return prove(batch, sighting.reference, sighting);
    if (batch.asked.size >= maxClients) batch.asked.clear();
    const mine = batch.asked.get(client) ?? new Map<string, number>();
    batch.asked.set(client, mine.set(sighting.reference, now()));
  };
  const sawContent = (batch: Batch, client: string, sighting: Sighting) => {
    const mine = batch.asked.get(client);
    if (!mine) return;
    batch.asked.delete(client);
    batch.holders.add(client);
    for (const [tag, at] of mine) if (now() - at <= windowMs) prove(batch, tag, sighting);
  };

  return {
    find(name, reference) {
      if (name !== image.name) return null;
      const batch = [...batches.values()].find(
        ({ index, tags }) => index.digest === reference || tags.has(reference),
      );
      return batch?.index ?? null;
    },
    issue({ nonce, tags }) {
      batches.set(nonce, {
        index: probeIndex(nonce),
        tags: new Set(tags),
        asked: new Map(),
        holders: new Set(),
      });
    },
    withdraw(tags) {
      for (const [nonce, batch] of batches) {
        for (const tag of tags) batch.tags.delete(tag);
        if (batch.tags.size === 0) batches.delete(nonce);
      }
    },
    saw(sighting) {
      if (sighting.name !== image.name) return;
      const client = `${sighting.remote} ${sighting.agent}`;
      const tagged = batchOf(sighting.reference);
      if (tagged) return sawTag(tagged, client, sighting);
      if (sighting.method !== 'GET') return;
      for (const batch of batches.values()) {
        const isContent = batch.index.digest === sighting.reference || children.has(sighting.reference);
        if (isContent) sawContent(batch, client, sighting);
      }
    },
  };
};
