import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream, ftruncateSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { algorithmOf, type Algorithm, type Digest, isUploadId } from '../grammar.ts';
import { Refusal } from '../refusal.ts';
import type { Blobs } from './blobs.ts';
import { type Durable, isMissing } from './durable.ts';
import type { InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import type { Locks } from './locks.ts';
import { allDone } from './parallel.ts';
import { pour } from './pour.ts';
import { closeNow, lengthOf, openNow, syncDescriptor } from './quick.ts';
import type { Space } from './space.ts';

/** Upload sessions live on disk: what they hold is the length of their file. The running hash is only a shortcut. */
export interface Uploads {
  /** @returns the id of a new session. @throws Refusal `storage-full`, `too-many-uploads` */
  start(name: string, algorithm?: Algorithm): Promise<string>;
  /** Bytes received. @throws Refusal `upload-unknown` */
  size(name: string, id: string): Promise<number>;
  /**
   * Appends a body.
   * @returns bytes received in all
   * @throws Refusal `upload-unknown`, `range-invalid` when `start` is not the end of what was received, `storage-full`;
   *   what was received stays
   */
  append(name: string, id: string, body: UploadBody): Promise<number>;
  /**
   * Appends a last body, verifies, makes the blob visible and ends the session.
   * @throws Refusal `digest-mismatch`, and as `append`
   */
  finish(name: string, id: string, digest: Digest, body: UploadBody): Promise<void>;
  cancel(name: string, id: string): Promise<void>;
  /** Removes sessions of a repository nobody touched for `maxAge` ms. */
  purge(name: string, maxAge: number): Promise<void>;
}

export interface UploadBody {
  bytes: AsyncIterable<Buffer>;
  /** Where the client believes the body begins. */
  start?: number | undefined;
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
  const openData = (name: string, id: string): number => {
    if (!isUploadId(id)) throw new Refusal('upload-unknown');
    try {
      return openNow(layout.upload(name, id), 'r+');
    } catch (error) {
      throw isMissing(error) ? new Refusal('upload-unknown') : error;
    }
  };
  const withData = async <T>(name: string, id: string, work: (file: number) => T | Promise<T>) => {
    const file = openData(name, id);
    try {
      return await work(file);
    } finally {
      closeNow(file);
    }
  };
  const forget = (id: string) => {
    hashes.delete(id);
    sessions.delete(id);
  };
  const drop = async (name: string, id: string) => {
    forget(id);
    await rm(layout.upload(name, id), { force: true });
  };

  const start = async (name: string, algorithm: Algorithm = 'sha256') => {
    if (sessions.size >= maxOpen) throw new Refusal('too-many-uploads', {}, { 'Retry-After': '60' });
    await space.require();
    const id = randomUUID();
    sessions.add(id);
    try {
      // Blobs and manifests come to lie below the same folders: those must outlive a power cut.
      await durable.makeFolder(layout.uploads(name));
      closeNow(openNow(layout.upload(name, id), 'wx'));
    } catch (error) {
      await drop(name, id);
      throw error;
    }
    remember(id, { algorithm, hash: createHash(algorithm), size: 0 });
    return id;
  };

  const take = async (file: number, id: string, { bytes, start: begin }: UploadBody): Promise<number> => {
    const size = lengthOf(file);
    if (begin !== undefined && begin !== size) throw new Refusal('range-invalid', { received: size });
    const running = hashes.get(id);
    hashes.delete(id);
    const end = await pour(bytes, file, size, (chunk) => {
      space.spend(chunk.length);
      running?.hash.update(chunk);
    });
    if (running?.size === size) remember(id, { ...running, size: end });
    return end;
  };

  const digestOnDisk = async (file: number, id: string, algorithm: Algorithm): Promise<Digest> => {
    const size = lengthOf(file);
    const running = hashes.get(id);
    if (running?.algorithm === algorithm && running.size === size) {
      return `${algorithm}:${running.hash.copy().digest('hex')}`;
    }
    const hash = createHash(algorithm);
    const stream = createReadStream('', { fd: file, start: 0, autoClose: false });
    for await (const chunk of stream as AsyncIterable<Buffer>) hash.update(chunk);
    return `${algorithm}:${hash.digest('hex')}`;
  };

  /** What a failed fsync left is on disk or not, nobody knows: such a session begins anew. */
  const sync = async (file: number, id: string) => {
    try {
      await syncDescriptor(file);
    } catch (error) {
      hashes.delete(id);
      ftruncateSync(file);
      throw error;
    }
  };

  /** Everything before the blob becomes visible; its link first: where there is no space for it, the session is still whole. */
  const prepare = async (file: number, name: string, id: string, digest: Digest, body: UploadBody) => {
    await take(file, id, body);
    const found = await digestOnDisk(file, id, algorithmOf(digest));
    if (found !== digest) return found;
    const link = async () => {
      await durable.makeFolder(layout.manifests(name));
      await blobs.writeLink(name, digest);
    };
    await allDone([sync(file, id), link(), durable.makeFolder(dirname(layout.blob(digest)))]);
    return found;
  };

  const finish = async (name: string, id: string, digest: Digest, body: UploadBody) => {
    const found = await inUse.hold([digest], async () => {
      const onDisk = await withData(name, id, (file) => prepare(file, name, id, digest, body));
      if (onDisk !== digest) return onDisk;
      inUse.touch(name, digest);
      await blobs.adopt(layout.upload(name, id), digest);
      return digest;
    });
    if (found === digest) return forget(id);
    await drop(name, id);
    throw new Refusal('digest-mismatch', { expected: digest, found });
  };

  return {
    start,
    size: (name, id) => withData(name, id, lengthOf),
    append: (name, id, body) =>
      locked(`upload ${id}`, () => withData(name, id, (file) => take(file, id, body))),
    finish: (name, id, digest, body) => locked(`upload ${id}`, () => finish(name, id, digest, body)),
    cancel: (name, id) =>
      locked(`upload ${id}`, async () => {
        closeNow(openData(name, id));
        await drop(name, id);
      }),
    async purge(name, maxAge) {
      const age = async (file: string): Promise<number | null> => {
        const touched = await stat(file).catch(() => null);
        return touched && Date.now() - touched.mtimeMs;
      };
      for (const id of await readdir(layout.uploads(name)).catch(() => [])) {
        sessions.add(id);
        await locked(`upload ${id}`, async () => {
          if (((await age(layout.upload(name, id))) ?? 0) > maxAge) await drop(name, id);
        });
      }
      // Distribution leaves them where it is no longer run.
      for (const id of await readdir(layout.foreignUploads(name)).catch(() => [])) {
        const folder = join(layout.foreignUploads(name), id);
        if (((await age(join(folder, 'data'))) ?? (await age(folder)) ?? 0) > maxAge)
          await rm(folder, { recursive: true, force: true });
      }
    },
  };
};
