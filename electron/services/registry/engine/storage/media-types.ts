import * as z from 'zod/mini';
import { type Digest, isDigest } from '../grammar.ts';
import { Refusal } from '../refusal.ts';

export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';

const indexes = new Set<string>([ociIndex, dockerList]);
const known = new Set<string>([ociIndex, dockerList, ociManifest, dockerManifest]);

export const isIndexType = (mediaType: string): boolean => indexes.has(mediaType);

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  size: z.int().check(z.nonnegative()),
  urls: z.nullish(z.array(z.string())),
});
export type Descriptor = z.infer<typeof descriptor>;

const shared = {
  schemaVersion: z.literal(2),
  mediaType: z.optional(z.string()),
  artifactType: z.optional(z.string()),
  subject: z.nullish(descriptor),
  annotations: z.nullish(z.record(z.string(), z.string())),
};
const imageManifest = z.looseObject({
  ...shared,
  config: descriptor,
  layers: z.nullish(z.array(descriptor)),
});
const imageIndex = z.looseObject({ ...shared, manifests: z.nullish(z.array(descriptor)) });

/** What the store needs to know of a manifest; everything else stays as pushed. */
export interface Manifest {
  mediaType: string;
  isIndex: boolean;
  artifactType: string | null;
  annotations: Record<string, string> | null;
  subject: Digest | null;
  /** Blobs an image needs to be pulled: its config and its distributable layers. */
  blobs: Digest[];
  /** Children of an index. */
  manifests: Descriptor[];
}

const isForeign = (layer: Descriptor): boolean =>
  (layer.urls?.length ?? 0) > 0 ||
  layer.mediaType.includes('nondistributable') ||
  layer.mediaType.includes('foreign');

const typeOf = (document: Record<string, unknown>, declared: string | null): string => {
  const stated = typeof document.mediaType === 'string' ? document.mediaType : null;
  if (declared !== null && stated !== null && declared !== stated) {
    throw new Refusal('manifest-invalid', { declared, stated });
  }
  return declared ?? stated ?? (Array.isArray(document.manifests) ? ociIndex : ociManifest);
};

/**
 * Reads a manifest.
 * @param declared its media type as pushed, null to take it from the document
 * @throws Refusal `manifest-invalid`
 */
export const parseManifest = (bytes: Buffer, declared: string | null): Manifest => {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal('manifest-invalid', { problem: 'not JSON' });
  }
  if (typeof document !== 'object' || document === null) throw new Refusal('manifest-invalid');
  const mediaType = typeOf(document as Record<string, unknown>, declared);
  if (!known.has(mediaType)) throw new Refusal('manifest-invalid', { mediaType });
  const isIndex = isIndexType(mediaType);
  const parsed = (isIndex ? imageIndex : imageManifest).safeParse(document);
  if (!parsed.success) throw new Refusal('manifest-invalid', { problem: z.prettifyError(parsed.error) });
  const { data } = parsed;
  const config = 'config' in data ? (data.config as Descriptor) : null;
  const layers = 'layers' in data ? ((data.layers as Descriptor[] | null | undefined) ?? []) : [];
  const children = 'manifests' in data ? ((data.manifests as Descriptor[] | null | undefined) ?? []) : [];
  return {
    mediaType,
    isIndex,
    artifactType: data.artifactType || (isIndex ? null : (config?.mediaType ?? null)),
    annotations: data.annotations ?? null,
    subject: data.subject?.digest ?? null,
    blobs:
      isIndex || !config ? [] : [config.digest, ...layers.filter((l) => !isForeign(l)).map((l) => l.digest)],
    manifests: isIndex ? children : [],
  };
};
