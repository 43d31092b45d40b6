import { algorithmOf, type Digest, isDigest } from '../grammar.ts';
import { Refusal } from '../refusal.ts';
import { type Blobs, digestOf } from './blobs.ts';
import type { Durable } from './durable.ts';
import type { Files } from './files.ts';
import type { InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import type { Locks } from './locks.ts';
import { type Manifest, parseManifest } from './media-types.ts';
import { referencesOf } from './references.ts';
import type { Referrers } from './referrers.ts';
import type { Tags } from './tags.ts';

export interface StoredManifest {
  digest: Digest;
  mediaType: string;
  bytes: Buffer;
}

export interface Manifests {
  /** Digest a reference (tag or digest) names here, null when it names nothing. */
  resolve(name: string, reference: string): Promise<Digest | null>;
  /** @throws Refusal `manifest-unknown` */
  get(name: string, digest: Digest): Promise<StoredManifest>;
  /**
   * Verifies and stores, also when blobs of it are not there (yet).
   * @param declared media type as pushed
   * @returns `missing`: blobs of it that this repository does not hold
   * @throws Refusal `manifest-invalid`, `digest-mismatch`
   */
  put(
    name: string,
    pushed: { bytes: Buffer; declared: string | null; digest?: Digest; tags: string[] },
  ): Promise<{ digest: Digest; manifest: Manifest; missing: Digest[] }>;
  /** Removes the manifest and every tag that names it. @throws Refusal `manifest-unknown` */
  remove(name: string, digest: Digest): Promise<void>;
  removeTag(name: string, tag: string): Promise<void>;
  /**
   * Removes manifests that no tag names, in no order: none may be a child of another. The caller holds the lock of the
   * repository.
   */
  discard(name: string, manifests: readonly { digest: Digest; subject: Digest | null }[]): Promise<void>;
}

export const createManifests = (needs: {
  layout: Layout;
  durable: Durable;
  files: Files;
  blobs: Blobs;
  tags: Tags;
  referrers: Referrers;
  inUse: InUse;
  locked: Locks;
}): Manifests => {
  const { layout, durable, files, blobs, tags, referrers, inUse, locked } = needs;

  const isHere = async (name: string, digest: Digest) =>
    (await files.read(layout.revisionLink(name, digest))) !== null;

  const missingBlobs = async (name: string, manifest: Manifest): Promise<Digest[]> => {
    const missing: Digest[] = [];
    for (const digest of new Set(manifest.blobs)) {
      if ((await blobs.size(name, digest)) === null) missing.push(digest);
    }
    return missing;
  };

  const get = async (name: string, digest: Digest): Promise<StoredManifest> => {
    const bytes = (await isHere(name, digest)) ? await files.read(layout.blob(digest)) : null;
    if (!bytes) throw new Refusal('manifest-unknown', { reference: digest });
    const stored = await files.text(layout.mediaType(name, digest));
    return { digest, bytes, mediaType: stored ?? parseManifest(bytes, null).mediaType };
  };

  const put: Manifests['put'] = async (name, { bytes, declared, digest: wanted, tags: newTags }) => {
    const digest = digestOf(bytes, wanted ? algorithmOf(wanted) : 'sha256');
    if (wanted && digest !== wanted)
      throw new Refusal('digest-mismatch', { expected: wanted, found: digest });
    const manifest = parseManifest(bytes, declared);
    const needed = [digest, ...manifest.blobs, ...manifest.manifests.map((child) => child.digest)];
    if (manifest.subject) needed.push(manifest.subject);
    await inUse.hold(needed, async () => {
      await blobs.put(bytes, digest);
      await locked(`repository ${name}`, async () => {
        // Distribution recognises a repository by this folder.
        await durable.makeFolder(layout.layers(name));
        await durable.writeFile(layout.mediaType(name, digest), manifest.mediaType);
        if (manifest.subject) await referrers.add(name, manifest.subject, digest);
        await durable.writeFile(layout.revisionLink(name, digest), digest);
        for (const tag of newTags) await tags.set(name, tag, digest);
        inUse.settle(name, needed);
        // Without a tag it waits for an index that names it, or a tag by a later request.
        if (newTags.length === 0) inUse.touch(name, digest);
      });
    });
    return { digest, manifest, missing: await missingBlobs(name, manifest) };
  };

  const discard: Manifests['discard'] = async (name, gone) => {
    await durable.removeFolders(gone.map(({ digest }) => layout.revision(name, digest)));
    const referring = gone.flatMap(({ digest, subject }) => (subject ? [{ digest, subject }] : []));
    await referrers.remove(name, referring);
    await durable.removeFiles(gone.map(({ digest }) => layout.mediaType(name, digest)));
  };

  const remove = (name: string, digest: Digest) =>
    locked(`repository ${name}`, async () => {
      if (!(await isHere(name, digest))) throw new Refusal('manifest-unknown', { reference: digest });
      await tags.removeAll(name, digest);
      const bytes = await blobs.read(digest);
      await discard(name, [{ digest, subject: bytes && referencesOf(bytes).subject }]);
    });

  return {
    async resolve(name, reference) {
      if (isDigest(reference)) return (await isHere(name, reference)) ? reference : null;
      return tags.get(name, reference);
    },
    get,
    put,
    remove,
    discard,
    removeTag: (name, tag) => locked(`repository ${name}`, () => tags.remove(name, tag)),
  };
};
