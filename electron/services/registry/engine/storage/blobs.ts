import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { algorithmOf, type Algorithm, type Digest } from '../grammar.ts';
import { Refusal } from '../refusal.ts';
import { type Durable, isMissing } from './durable.ts';
import type { InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import { lengthOf, sizeOf as sizeNow, unlinkNow } from './quick.ts';

export interface Blobs {
  /** Size in bytes, null when this repository does not hold the blob. */
  size(name: string, digest: Digest): Promise<number | null>;
  /** The same for a client that pushes: what it is told to be there stays until its manifest came. */
  sizeForPush(name: string, digest: Digest): Promise<number | null>;
  /** @throws Refusal `blob-unknown`; the caller closes the handle */
  open(name: string, digest: Digest): Promise<{ handle: FileHandle; size: number }>;
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

/** @param onStored told the size of each blob that is new to the store */
export const createBlobs = (
  layout: Layout,
  durable: Durable,
  inUse: InUse,
  onStored: (bytes: number) => void = () => undefined,
): Blobs => {
  const sizeOf = async (file: string): Promise<number | null> => {
    try {
      return (await stat(file)).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
  const storedSize = (digest: Digest) => sizeOf(layout.blob(digest));
  const isLinked = async (name: string, digest: Digest) =>
    (await sizeOf(layout.layerLink(name, digest))) !== null;

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
      // Both at once: each is a trip to another thread and back.
      const [linked, opened] = await Promise.allSettled([
        isLinked(name, digest),
        open(layout.blob(digest), 'r'),
      ]);
      const handle = opened.status === 'fulfilled' ? opened.value : null;
      if (handle && linked.status === 'fulfilled' && linked.value) {
        return { handle, size: lengthOf(handle.fd) };
      }
      await handle?.close();
      if (linked.status === 'rejected') throw linked.reason;
      if (opened.status === 'rejected' && !isMissing(opened.reason)) throw opened.reason;
      throw new Refusal('blob-unknown', { digest });
    },

    link: (name, digest) =>
      inUse.hold([digest], async () => {
        if ((await storedSize(digest)) === null) return false;
        inUse.touch(name, digest);
        if (!(await isLinked(name, digest))) await durable.writeFile(layout.layerLink(name, digest), digest);
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
        const handle = await open(layout.blob(digest), 'r');
        try {
          return await handle.readFile();
        } finally {
          await handle.close();
        }
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
  };
};
