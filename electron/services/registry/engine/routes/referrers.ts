import { repositoryScope } from '../auth/scopes.ts';
import type { Digest } from '../grammar.ts';
import { type Headers, reply } from '../http/reply.ts';
import type { Storage } from '../storage/index.ts';
import { type Manifest, ociIndex, parseManifest } from '../storage/media-types.ts';
import type { StoredManifest } from '../storage/manifests.ts';
import { fallbackTag } from '../storage/referrers.ts';
import type { Routes } from './context.ts';
import { limitOf, linkTo } from './paging.ts';
import { requireDigest } from './routing.ts';

interface Referrer {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
}

/** Describes itself when asked: describing one that lies in the store means reading its manifest. */
type Candidate = () => Promise<Referrer | null>;

const maxEntries = 1000;
/** Clients read an index of up to 4 MiB; annotations may be large. */
const maxBytes = 4 * 1024 * 1024 - 1024;

/** What the store holds for a digest, null when it is gone or was never a manifest. */
const read = async (
  storage: Storage,
  name: string,
  digest: Digest,
): Promise<{ stored: StoredManifest; manifest: Manifest } | null> => {
  try {
    const stored = await storage.manifests.get(name, digest);
    return { stored, manifest: parseManifest(stored.bytes, stored.mediaType) };
  } catch {
    return null;
  }
};

const describe = async (storage: Storage, name: string, digest: Digest): Promise<Referrer | null> => {
  const found = await read(storage, name, digest);
  if (!found) return null;
  const { artifactType, annotations, mediaType } = found.manifest;
  return {
    mediaType,
    digest,
    size: found.stored.bytes.length,
    ...(artifactType === null ? {} : { artifactType }),
    ...(annotations === null ? {} : { annotations }),
  };
};

/** Entries of an index that clients of a registry without this API kept under the fallback tag. */
const fromFallback = async (storage: Storage, name: string, subject: Digest): Promise<Referrer[]> => {
  const digest = await storage.tags.get(name, fallbackTag(subject));
  const found = digest && (await read(storage, name, digest));
  if (!found) return [];
  const withdrawn = await storage.referrers.withdrawn(name, subject);
  return (found.manifest.manifests as Referrer[]).filter((entry) => !withdrawn.has(entry.digest));
};

/** Everything that refers to the subject, each digest once, in the order of digests. */
const candidates = async (
  storage: Storage,
  name: string,
  subject: Digest,
): Promise<[string, Candidate][]> => {
  const found = new Map<string, Candidate>();
  for (const entry of await fromFallback(storage, name, subject)) found.set(entry.digest, async () => entry);
  for (const digest of await storage.referrers.list(name, subject)) {
    found.set(digest, () => describe(storage, name, digest));
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
};

/** @returns `last` is where the following page begins, null when there is none */
const pageOf = async (
  all: [string, Candidate][],
  query: URLSearchParams,
): Promise<{ manifests: Referrer[]; last: string | null }> => {
  const limit = Math.min(limitOf(query) ?? maxEntries, maxEntries);
  const wanted = query.get('artifactType');
  const after = query.get('last') ?? '';
  const rest = all.filter(([digest]) => digest > after);
  const manifests: Referrer[] = [];
  let bytes = 0;
  let last: string | null = null;
  for (const [digest, candidate] of limit === 0 ? [] : rest) {
    if (manifests.length >= limit) return { manifests, last };
    const referrer = await candidate();
    if (referrer && (wanted === null || (referrer.artifactType ?? '') === wanted)) {
      bytes += Buffer.byteLength(JSON.stringify(referrer)) + 1;
      if (bytes > maxBytes && manifests.length > 0) return { manifests, last };
      manifests.push(referrer);
    }
    last = digest;
  }
  return { manifests, last: null };
};

const followingQuery = (query: URLSearchParams, last: string): URLSearchParams => {
  const next = new URLSearchParams();
  for (const name of ['artifactType', 'n']) {
    const value = query.get(name);
    if (value !== null) next.set(name, value);
  }
  next.set('last', last);
  return next;
};

/** `GET /v2/<name>/referrers/<digest>`: 200 also for what is not known, else clients call the API unsupported. */
export const referrerRoutes = (name: string, text: string): Routes => ({
  GET: {
    scopes: [repositoryScope(name, 'pull')],
    async run({ storage }, { response, query }) {
      const subject = requireDigest(text);
      const { manifests, last } = await pageOf(await candidates(storage, name, subject), query);
      const filtered: Headers = query.has('artifactType') ? { 'OCI-Filters-Applied': 'artifactType' } : {};
      const next = last === null ? null : followingQuery(query, last);
      const link = linkTo(`/v2/${name}/referrers/${subject}`, next);
      const body = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests });
      reply(response, 200, { 'Content-Type': ociIndex, ...filtered, ...link }, body);
    },
  },
});
