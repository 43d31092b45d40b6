import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { algorithmOf, type Algorithm, type Digest } from '../grammar.ts';
import { Refusal } from '../refusal.ts';
import { type Durable, isMissing } from './durable.ts';
import type { InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import { closeNow, lengthOf, openFile, openNow, sizeNow, unlinkNow } from './quick.ts';

export interface Blobs {
  /** Size in bytes, null when this repository does not hold the blob. */
  size(name: string, digest: Digest): Promise<number | null>;
  /** The same for a client that pushes: what it is told to be there stays until its manifest came. */
  sizeForPush(name: string, digest: Digest): Promise<number | null>;
  /** @throws Refusal `blob-unknown`; the caller closes the descriptor */
  open(name: string, digest: Digest): Promise<{ descriptor: number; size: number }>;
  /** Writes the link that makes a blob part of a repository, before or after the blob itself comes. */
  writeLink(name: string, digest: Digest): Promise<void>;
  /** Makes a blob that the store holds part of a repository; false when it is not there any more. */
  link(name: string, digest: Digest): Promise<boolean>;
  /** @throws Refusal `blob-unknown` */
  unlink(name: string, digest: Digest): Promise<void>;
  /** Takes over a file that is on disk and whose content was verified to be `digest`. */
  adopt(file: string, digest: Digest): Promise<void>;
  /** Stores bytes that fit in memory. @throws Refusal `digest-mismatch` */
  put(bytes: Buffer, digest: Digest): Promise<void>;
  /** Bytes of a blob regardless of repository, null when absent. */
  read(digest: Digest): Promise<Buffer | null>;
}

export const digestOf = (bytes: Buffer | string, algorithm: Algorithm = 'sha256'): Digest =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

/** Paths remembered to be known to the system; forgetting them costs a trip to another thread each. */
const maxSeen = 20_000;

/** @param onStored told the size of each blob that is new to the store */
export const createBlobs = (
  layout: Layout,
  durable: Durable,
  inUse: InUse,
  onStored: (bytes: number) => void = () => undefined,
): Blobs => {
  /** Files that were made or looked up before: the system has their names in memory, so they are looked at on the event loop. */
  const seen = new Set<string>();
  const saw = (file: string) => {
    if (seen.size >= maxSeen) seen.clear();
    seen.add(file);
  };
  const sizeOf = async (file: string): Promise<number | null> => {
    if (seen.has(file)) return sizeNow(file);
    try {
      const { size } = await stat(file);
      saw(file);
      return size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
  const openBlob = async (digest: Digest): Promise<number | null> => {
    const file = layout.blob(digest);
    try {
      if (seen.has(file)) return openNow(file, 'r');
      const descriptor = await openFile(file, 'r');
      saw(file);
      return descriptor;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
  const storedSize = (digest: Digest) => sizeOf(layout.blob(digest));
  const isLinked = async (name: string, digest: Digest) =>
    (await sizeOf(layout.layerLink(name, digest))) !== null;

  const writeLink = async (name: string, digest: Digest) => {
    const file = layout.layerLink(name, digest);
    await durable.writeFile(file, digest);
    saw(file);
  };

  const size = async (name: string, digest: Digest) =>
    (await isLinked(name, digest)) ? storedSize(digest) : null;

  return {
    size,

    sizeForPush: (name, digest) =>
      inUse.hold([digest], async () => {
        const found = await size(name, digest);
        if (found !== null) inUse.touch(name, digest);
        return found;
      }),

    async open(name, digest) {
      // Both at once: each may be a trip to another thread and back.
      const [linked, opened] = await Promise.allSettled([isLinked(name, digest), openBlob(digest)]);
      const descriptor = opened.status === 'fulfilled' ? opened.value : null;
      if (descriptor !== null && linked.status === 'fulfilled' && linked.value) {
        return { descriptor, size: lengthOf(descriptor) };
      }
      if (descriptor !== null) closeNow(descriptor);
      for (const looked of [linked, opened]) if (looked.status === 'rejected') throw looked.reason;
      throw new Refusal('blob-unknown', { digest });
    },

    writeLink,

    link: (name, digest) =>
      inUse.hold([digest], async () => {
        if ((await storedSize(digest)) === null) return false;
        inUse.touch(name, digest);
        if (!(await isLinked(name, digest))) await writeLink(name, digest);
        return true;
      }),

    async unlink(name, digest) {
      const isRemoved = await durable.removeFile(layout.layerLink(name, digest));
      if (!isRemoved) throw new Refusal('blob-unknown', { digest });
    },

    async adopt(file, digest) {
      if (sizeNow(layout.blob(digest)) !== null) return unlinkNow(file);
      const size = sizeNow(file) ?? 0;
      await durable.place(file, layout.blob(digest));
      saw(layout.blob(digest));
      onStored(size);
    },

    async put(bytes, digest) {
      if (digestOf(bytes, algorithmOf(digest)) !== digest) throw new Refusal('digest-mismatch', { digest });
      await inUse.hold([digest], async () => {
        if ((await storedSize(digest)) !== null) return;
        await durable.writeFile(layout.blob(digest), bytes);
        onStored(bytes.length);
      });
    },

    async read(digest) {
      try {
        return await readFile(layout.blob(digest));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
  };
};
