import type { EngineEvent } from '../messages.ts';
import type { StoredManifest } from './storage/manifests.ts';
import { isIndexType, parseManifest } from './storage/media-types.ts';

/** Turns the manifest requests of clients into one event a pull. */
export interface Pulls {
  saw(manifest: StoredManifest, method: string, event: EngineEvent): void;
}

interface Seen {
  /** Tag by which the client asked, to tell people that instead of the digest. */
  tag: string | null;
  isReported: boolean;
  at: number;
}

const windowMs = 60_000;
const maxSeen = 5000;

/**
 * Engines ask for the tag, then fetch the index and one of its manifests by digest: that is one pull, named by its
 * tag. A HEAD alone fetches nothing and is none.
 * @param now milliseconds
 */
export const createPulls = (report: (event: EngineEvent) => void, now: () => number = Date.now): Pulls => {
  const seen = new Map<string, Seen>();

  const remember = (key: string, entry: Omit<Seen, 'at'>) => {
    seen.delete(key);
    seen.set(key, { ...entry, at: now() });
    const oldest = seen.keys().next().value;
    if (seen.size > maxSeen && oldest !== undefined) seen.delete(oldest);
  };
  const recall = (key: string): Seen | null => {
    const entry = seen.get(key);
    return entry && now() - entry.at <= windowMs ? entry : null;
  };

  return {
    saw(manifest, method, event) {
      const keyOf = (digest: string) => `${event.remote} ${event.agent} ${event.repository}@${digest}`;
      const key = keyOf(manifest.digest);
      const before = recall(key);
      const isTag = event.reference !== manifest.digest;
      if (method === 'HEAD') {
        if (isTag) remember(key, { tag: event.reference, isReported: false });
        return;
      }
      if (!before?.isReported || isTag) {
        report({ ...event, reference: isTag ? event.reference : (before?.tag ?? event.reference) });
      }
      remember(key, { tag: before?.tag ?? null, isReported: true });
      if (!isIndexType(manifest.mediaType)) return;
      const { manifests } = parseManifest(manifest.bytes, manifest.mediaType);
      for (const child of manifests) remember(keyOf(child.digest), { tag: null, isReported: true });
    },
  };
};
