import { type Digest, isDigest } from '../grammar.ts';

/** What a manifest keeps alive. */
export interface References {
  /** Config and layers, also foreign ones: somebody may have pushed them. */
  blobs: Digest[];
  /** Children of an index. */
  children: Digest[];
  subject: Digest | null;
}

const anyDigest = /sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}/g;

const digestIn = (value: unknown, key = 'digest'): Digest[] => {
  if (typeof value !== 'object' || value === null) return [];
  const found = (value as Record<string, unknown>)[key];
  return typeof found === 'string' && isDigest(found) ? [found] : [];
};
const digestsIn = (value: unknown, key?: string): Digest[] =>
  Array.isArray(value) ? value.flatMap((entry) => digestIn(entry, key)) : [];

/**
 * Reads the references of any manifest, also of kinds this registry does not take (another engine stored them). What
 * cannot be understood keeps everything alive that it mentions.
 */
export const referencesOf = (bytes: Buffer): References => {
  const text = bytes.toString('utf8');
  try {
    const document = JSON.parse(text) as Record<string, unknown>;
    const blobs = [
      ...digestIn(document.config),
      ...digestsIn(document.layers),
      ...digestsIn(document.blobs),
      ...digestsIn(document.fsLayers, 'blobSum'),
    ];
    const children = digestsIn(document.manifests);
    const isKnown = ['config', 'layers', 'blobs', 'fsLayers', 'manifests'].some((key) => key in document);
    if (isKnown) return { blobs, children, subject: digestIn(document.subject)[0] ?? null };
  } catch {
    // Not JSON: taken as text below.
  }
  const mentioned: string[] = text.match(anyDigest) ?? [];
  return { blobs: mentioned.filter(isDigest), children: [], subject: null };
};

/** Everything that lives because of `roots`: children of what lives, and referrers of what lives. */
export const livingOf = (
  manifests: ReadonlyMap<Digest, References>,
  roots: Iterable<Digest>,
): Set<Digest> => {
  const referrers = new Map<Digest, Digest[]>();
  for (const [digest, { subject }] of manifests) {
    if (!subject) continue;
    const known = referrers.get(subject);
    if (known) known.push(digest);
    else referrers.set(subject, [digest]);
  }
  const living = new Set<Digest>();
  const open = [...roots];
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    if (living.has(digest)) continue;
    living.add(digest);
    open.push(...(manifests.get(digest)?.children ?? []), ...(referrers.get(digest) ?? []));
  }
  return living;
};

/**
 * Those of `digests` that none of the others has as a child: they may go in any order, before all the others, and
 * nothing that is there ever lacks a child that was there.
 */
export const withoutParents = (
  manifests: ReadonlyMap<Digest, References>,
  digests: readonly Digest[],
): Digest[] => {
  const children = new Set(digests.flatMap((digest) => manifests.get(digest)?.children ?? []));
  const parentless = digests.filter((digest) => !children.has(digest));
  // A circle takes bytes that do not match their digest.
  return parentless.length > 0 ? parentless : digests.slice(0, 1);
};
