import { createHash, type Hash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { algorithmOf, type Algorithm, type Digest, isUploadId } from '../grammar.ts';
import { Refusal } from '../refusal.ts';
import type { Blobs } from './blobs.ts';
import { type Durable, isMissing } from './durable.ts';
import type { InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import type { Locks } from './locks.ts';
import { pour } from './pour.ts';
import type { Space } from './space.ts';

/** Upload sessions live on disk: what they hold is the length of their file. The running hash is only a shortcut. */
export interface Uploads {
  /** @returns the id of a new session. @throws Refusal `storage-full`, `too-many-uploads` */
  start(name: string, algorithm?: Algorithm): Promise<string>;
  /** Bytes received. @throws Refusal `upload-unknown` */
  size(name: string, id: string): Promise<number>;
  /**
   * Appends a body.
   * @param start where the client believes the body begins
   * @returns bytes received in all
   * @throws Refusal `upload-unknown`, `range-invalid` when `start` is not the end of what was received, `storage-full`;
   *   what was received stays
   */
  append(name: string, id: string, body: AsyncIterable<Buffer>, start?: number): Promise<number>;
  /** Verifies, makes the blob visible and ends the session. @throws Refusal `digest-mismatch`, `upload-unknown` */
  finish(name: string, id: string, digest: Digest): Promise<void>;
  cancel(name: string, id: string): Promise<void>;
  /** Removes sessions of a repository nobody touched for `maxAge` ms. */
  purge(name: string, maxAge: number): Promise<void>;
}

interface Running {
  algorithm: Algorithm;
  hash: Hash;
  /** Bytes hashed; useful only while it equals the file's length. */
  size: number;
}

const maxRunning = 1000;

export const createUploads = (needs: {
  layout: Layout;
  durable: Durable;
  blobs: Blobs;
  inUse: InUse;
  space: Space;
  locked: Locks;
  /** Sessions open at once in the whole store. */
  maxOpen?: number;
}): Uploads => {
  const { layout, durable, blobs, inUse, space, locked, maxOpen = 10_000 } = needs;
  /** Ids of sessions; those of an earlier process are seen by the first purge. */
  const sessions = new Set<string>();
  const hashes = new Map<string, Running>();

  const remember = (id: string, running: Running) => {
    hashes.set(id, running);
    const oldest = hashes.keys().next().value;
    if (hashes.size > maxRunning && oldest !== undefined) hashes.delete(oldest);
  };
  const openData = async (name: string, id: string) => {
    if (!isUploadId(id)) throw new Refusal('upload-unknown');
    return open(layout.uploadData(name, id), 'r+').catch((error: unknown) => {
      throw isMissing(error) ? new Refusal('upload-unknown') : error;
    });
  };
  const drop = async (name: string, id: string) => {
    hashes.delete(id);
    sessions.delete(id);
    await rm(layout.upload(name, id), { recursive: true, force: true });
  };

  const start = async (name: string, algorithm: Algorithm = 'sha256') => {
    if (sessions.size >= maxOpen) throw new Refusal('too-many-uploads', {}, { 'Retry-After': '60' });
    await space.require();
    const id = randomUUID();
    sessions.add(id);
    try {
      // Blobs and manifests come to lie below the same folders: those must outlive a power cut.
      await durable.makeFolder(layout.uploads(name));
      await mkdir(layout.upload(name, id));
      await writeFile(layout.uploadStarted(name, id), new Date().toISOString());
      await writeFile(layout.uploadData(name, id), '', { flag: 'wx' });
    } catch (error) {
      await drop(name, id);
      throw error;
    }
    remember(id, { algorithm, hash: createHash(algorithm), size: 0 });
    return id;
  };

  const append = async (name: string, id: string, body: AsyncIterable<Buffer>, begin?: number) => {
    const handle = await openData(name, id);
    try {
      const { size } = await handle.stat();
      if (begin !== undefined && begin !== size) throw new Refusal('range-invalid', { received: size });
      const running = hashes.get(id);
      hashes.delete(id);
      const end = await pour(body, handle, size, (chunk) => {
        space.spend(chunk.length);
        running?.hash.update(chunk);
      });
      if (running?.size === size) remember(id, { ...running, size: end });
      return end;
    } finally {
      await handle.close();
    }
  };

  const digestOnDisk = async (name: string, id: string, algorithm: Algorithm): Promise<Digest> => {
    const handle = await openData(name, id);
    try {
      const { size } = await handle.stat();
      const running = hashes.get(id);
      if (running?.algorithm === algorithm && running.size === size) {
        return `${algorithm}:${running.hash.copy().digest('hex')}`;
      }
      const hash = createHash(algorithm);
      for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) hash.update(chunk);
      return `${algorithm}:${hash.digest('hex')}`;
    } finally {
      await handle.close();
    }
  };

  /** What a failed fsync left is on disk or not, nobody knows: such a session begins anew. */
  const sync = async (name: string, id: string) => {
    const handle = await openData(name, id);
    try {
      await handle.sync();
    } catch (error) {
      hashes.delete(id);
      await handle.truncate(0);
      throw error;
    } finally {
      await handle.close();
    }
  };

  const finish = async (name: string, id: string, digest: Digest) => {
    const found = await digestOnDisk(name, id, algorithmOf(digest));
    if (found !== digest) {
      await drop(name, id);
      throw new Refusal('digest-mismatch', { expected: digest, found });
    }
    await sync(name, id);
    await inUse.hold([digest], async () => {
      // The link first: where there is no space for it, the session is still whole and can be ended later.
      await durable.makeFolder(layout.manifests(name));
      await durable.writeFile(layout.layerLink(name, digest), digest);
      inUse.touch(name, digest);
      await blobs.adopt(layout.uploadData(name, id), digest);
    });
    await drop(name, id);
  };

  return {
    start,
    async size(name, id) {
      const handle = await openData(name, id);
      return (await handle.stat().finally(() => handle.close())).size;
    },
    append: (name, id, body, begin) => locked(`upload ${id}`, () => append(name, id, body, begin)),
    finish: (name, id, digest) => locked(`upload ${id}`, () => finish(name, id, digest)),
    cancel: (name, id) =>
      locked(`upload ${id}`, async () => {
        await (await openData(name, id)).close();
        await drop(name, id);
      }),
    async purge(name, maxAge) {
      const ids = await readdir(layout.uploads(name)).catch(() => []);
      for (const id of ids) {
        sessions.add(id);
        await locked(`upload ${id}`, async () => {
          const touched = await stat(layout.uploadData(name, id))
            .catch(() => stat(layout.upload(name, id)))
            .catch(() => null);
          if (touched && Date.now() - touched.mtimeMs > maxAge) await drop(name, id);
        });
      }
    },
  };
};
