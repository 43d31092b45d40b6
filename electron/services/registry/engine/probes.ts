import type { ProbeBatch, PullRecord } from '../messages.ts';
import { probeImage, probeIndex } from './seed/images.ts';
import type { StoredManifest } from './storage/manifests.ts';

/** A manifest request that is about to be answered. */
export interface Sighting extends PullRecord {
  method: string;
  name: string;
  reference: string;
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
  /** The last request for each tag. */
  asked: Map<string, Sighting>;
  /** Agents that fetched the content of this batch, so that their engines hold it now. */
  holders: Set<string>;
}

/**
 * Proof of a pull: a client (address and agent) asked for a tag and then fetched the index it names, or one of its
 * manifests, by digest. An engine asks by every name of the registry at once, perhaps from several addresses, and
 * fetches what it holds only once: so with the first proof of a batch the same agent's requests for other tags of
 * that batch count too. A batch is given to one device, and nobody else knows its tags or its digest.
 * @param onPull told when a tag was pulled; may be told again
 */
export const createProbes = (onPull: (tag: string, record: PullRecord) => void): Probes => {
  const batches = new Map<string, Batch>();
  const isChild = (reference: string) =>
    probeImage
      .content()
      .manifests.slice(0, -1)
      .some(({ digest }) => digest === reference);
  const batchOf = (reference: string) =>
    [...batches.values()].find(({ index, tags }) => index.digest === reference || tags.has(reference));

  const prove = ({ reference, at, remote, host, agent }: Sighting) =>
    onPull(reference, { at, remote, host, agent });
  const sawTag = (batch: Batch, sighting: Sighting) => {
    batch.asked.set(sighting.reference, sighting);
    if (batch.holders.has(sighting.agent)) prove(sighting);
  };
  const sawContent = (batch: Batch, { remote, agent }: Sighting) => {
    const mine = [...batch.asked.values()].filter((sighting) => sighting.agent === agent);
    if (batch.holders.has(agent) || !mine.some((sighting) => sighting.remote === remote)) return;
    batch.holders.add(agent);
    mine.forEach(prove);
  };

  return {
    find: (name, reference) => (name === probeImage.name ? (batchOf(reference)?.index ?? null) : null),
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
        for (const tag of tags) {
          batch.tags.delete(tag);
          batch.asked.delete(tag);
        }
        if (batch.tags.size === 0) batches.delete(nonce);
      }
    },
    saw(sighting) {
      if (sighting.name !== probeImage.name) return;
      const batch = batchOf(sighting.reference);
      if (batch?.tags.has(sighting.reference)) return sawTag(batch, sighting);
      if (sighting.method !== 'GET') return;
      if (batch) sawContent(batch, sighting);
      else if (isChild(sighting.reference)) batches.forEach((each) => sawContent(each, sighting));
    },
  };
};
