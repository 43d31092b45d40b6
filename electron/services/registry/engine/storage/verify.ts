import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { VerifyResult } from '#shared/model/storage.ts';
import { algorithmOf, type Algorithm, type Digest, hexOf, isDigest } from '../grammar.ts';
import { type Durable, isMissing, readText } from './durable.ts';
import type { InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import { listRepositories } from './repositories.ts';
import type { Task } from './task.ts';

const pieceSize = 512 * 1024;
const algorithms: Algorithm[] = ['sha256', 'sha512'];
/** How often a blob that is in use is asked for before it is left to the next run. */
const patience = 100;

type Problem = VerifyResult['quarantined'][number]['problem'];

/** Every blob with its size, as it is now. */
export const listBlobs = async (layout: Layout): Promise<Map<Digest, number>> => {
  const found = new Map<Digest, number>();
  for (const algorithm of algorithms) {
    for (const prefix of await readdir(join(layout.blobs, algorithm)).catch(() => [])) {
      for (const hex of await readdir(join(layout.blobs, algorithm, prefix)).catch(() => [])) {
        const digest = `${algorithm}:${hex}`;
        if (!isDigest(digest)) continue;
        const file = await stat(layout.blob(digest)).catch(() => null);
        if (file) found.set(digest, file.size);
      }
    }
  }
  return found;
};

/** Hashes every blob again, resting as long as it works, and takes out of service what is not what it should be. */
export const createVerify = (needs: {
  layout: Layout;
  durable: Durable;
  inUse: InUse;
  onRemoved: (digest: Digest, bytes: number) => void;
}) => {
  const { layout, durable, inUse } = needs;
  const buffer = Buffer.allocUnsafeSlow(pieceSize);

  const hashOf = async (handle: FileHandle, digest: Digest, task: Task, onBytes: (count: number) => void) => {
    const hash = createHash(algorithmOf(digest));
    for (let position = 0; ;) {
      const begun = performance.now();
      const { bytesRead } = await handle.read(buffer, 0, pieceSize, position);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      position += bytesRead;
      onBytes(bytesRead);
      await rest(performance.now() - begun, undefined, { signal: task.signal });
    }
  };

  /** The problem of a blob with the file it was found in; null when it is whole, or gone by now. */
  const examine = async (digest: Digest, task: Task, onBytes: (count: number) => void) => {
    let handle: FileHandle | undefined;
    try {
      handle = await open(layout.blob(digest), 'r');
      const { ino } = await handle.stat();
      const isWhole = (await hashOf(handle, digest, task, onBytes)) === hexOf(digest);
      return isWhole ? null : { problem: 'content' as Problem, ino };
    } catch (error) {
      task.signal.throwIfAborted();
      if (isMissing(error)) return null;
      return { problem: 'unreadable' as Problem, ino: null };
    } finally {
      await handle?.close();
    }
  };

  const quarantine = async (digest: Digest, ino: number | null, task: Task): Promise<boolean> => {
    const file = layout.blob(digest);
    const move = async () => {
      const now = await stat(file);
      // A good copy may have come to its place since.
      if (ino !== null && now.ino !== ino) return;
      await durable.place(file, join(layout.quarantine, `${algorithmOf(digest)}-${hexOf(digest)}`));
      needs.onRemoved(digest, now.size);
    };
    for (let attempt = 0; attempt < patience; attempt += 1) {
      if (await inUse.evict(digest, move)) return true;
      await rest(50, undefined, { signal: task.signal });
    }
    return false;
  };

  const holders = async (digest: Digest): Promise<string[]> => {
    const names: string[] = [];
    for (const name of await listRepositories(layout)) {
      const links = [layout.layerLink(name, digest), layout.revisionLink(name, digest)];
      const texts = await Promise.all(links.map(readText));
      if (texts.some((text) => text !== null)) names.push(name);
    }
    return names;
  };

  return async (task: Task): Promise<VerifyResult> => {
    const blobs = await listBlobs(layout);
    const total = [...blobs.values()].reduce((sum, size) => sum + size, 0);
    const result: VerifyResult = { checkedBytes: 0, blobs: 0, quarantined: [] };
    const onBytes = (count: number) => {
      result.checkedBytes += count;
      task.report({ phase: 'verify', done: Math.min(result.checkedBytes, total), total, unit: 'bytes' });
    };
    for (const digest of blobs.keys()) {
      task.signal.throwIfAborted();
      const found = await examine(digest, task, onBytes);
      result.blobs += 1;
      if (!found || !(await quarantine(digest, found.ino, task))) continue;
      result.quarantined.push({ digest, problem: found.problem, repositories: await holders(digest) });
    }
    return result;
  };
};
