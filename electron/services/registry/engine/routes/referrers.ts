import { repositoryScope } from '../auth/scopes.ts';
import type { Digest } from '../grammar.ts';
import { type Headers, reply } from '../http/reply.ts';
import type { Storage } from '../storage/index.ts';
import { ociIndex, parseManifest } from '../storage/media-types.ts';
import { fallbackTag } from '../storage/referrers.ts';
import type { Routes } from './context.ts';
import { requireDigest } from './routing.ts';

interface Referrer {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
}

const describe = async (storage: Storage, name: string, digest: Digest): Promise<Referrer[]> => {
  const stored = await storage.manifests.get(name, digest).catch(() => null);
  if (!stored) return [];
  const { artifactType, annotations } = parseManifest(stored.bytes, stored.mediaType);
  return [
    {
      mediaType: stored.mediaType,
      digest,
      size: stored.bytes.length,
      ...(artifactType === null ? {} : { artifactType }),
      ...(annotations === null ? {} : { annotations }),
    },
  ];
};

/** Entries of an index that clients of a registry without this API kept under the fallback tag. */
const fromFallback = async (storage: Storage, name: string, subject: Digest): Promise<Referrer[]> => {
  const digest = await storage.tags.get(name, fallbackTag(subject));
  const stored = digest && (await storage.manifests.get(name, digest).catch(() => null));
  if (!stored) return [];
  return parseManifest(stored.bytes, stored.mediaType).manifests as unknown as Referrer[];
};

const listReferrers = async (storage: Storage, name: string, subject: Digest): Promise<Referrer[]> => {
  const digests = (await storage.referrers.list(name, subject)).sort();
  const own = (await Promise.all(digests.map((digest) => describe(storage, name, digest)))).flat();
  const known = new Set(own.map(({ digest }) => digest));
  const others = await fromFallback(storage, name, subject);
  return [...own, ...others.filter(({ digest }) => !known.has(digest))];
};

/** `GET /v2/<name>/referrers/<digest>`: 200 also for what is not known, else clients call the API unsupported. */
export const referrerRoutes = (name: string, text: string): Routes => ({
  GET: {
    scopes: [repositoryScope(name, 'pull')],
    async run({ storage }, { response, query }) {
      const all = await listReferrers(storage, name, requireDigest(text));
      const wanted = query.get('artifactType');
      const manifests = wanted === null ? all : all.filter(({ artifactType }) => artifactType === wanted);
      const filtered: Headers = wanted === null ? {} : { 'OCI-Filters-Applied': 'artifactType' };
      const body = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests });
      reply(response, 200, { 'Content-Type': ociIndex, ...filtered }, body);
    },
  },
});
