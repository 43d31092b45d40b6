import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes the blobs of a store take, and bytes free for this user on its disk; null until counted. */
export interface Usage {
  usedBytes: number | null;
  freeBytes: number | null;
}

const folderBytes = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let total = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) total += await folderBytes(path);
    else total += (await stat(path).catch(() => ({ size: 0 }))).size;
  }
  return total;
};

const measure = async (root: string): Promise<Usage> => {
  const [usedBytes, disk] = await Promise.all([
    folderBytes(join(root, 'docker', 'registry', 'v2', 'blobs')),
    statfs(root).catch(() => null),
  ]);
  return { usedBytes, freeBytes: disk ? disk.bavail * disk.bsize : null };
};

/**
 * Counts again after changes, never twice at once.
 * @param quietMs how long after a change to wait for more of them
 */
export const createUsage = (root: string, onChange: () => void, quietMs = 2000) => {
  let usage: Usage = { usedBytes: null, freeBytes: null };
  let timer: NodeJS.Timeout | undefined;
  let isCounting = false;

  const count = async () => {
    clearTimeout(timer);
    timer = undefined;
    isCounting = true;
    const next = await measure(root).catch(() => usage);
    isCounting = false;
    const isNew = next.usedBytes !== usage.usedBytes || next.freeBytes !== usage.freeBytes;
    usage = next;
    if (isNew) onChange();
  };

  return {
    now: () => usage,
    /** Something was stored or removed. */
    changed() {
      if (isCounting) return void setTimeout(() => this.changed(), quietMs).unref();
      timer ??= setTimeout(() => void count(), quietMs).unref();
    },
    /** Counts at once. */
    refresh: () => (isCounting ? undefined : void count()),
  };
};
