import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';

/** How much may be stored. */
export interface SpaceLimits {
  /** Blobs of the whole store may take this many bytes; null: no limit. */
  quotaBytes: number | null;
  /** Bytes of the disk uploads leave free; null: one percent of it, at most 1 GiB. */
  reserveBytes: number | null;
}

export interface Space {
  setLimits(limits: SpaceLimits): void;
  /**
   * Looks whether an upload may go on.
   * @throws Refusal `storage-full` when the quota is used up or the disk is down to its reserve
   */
  require(): Promise<void>;
  /** Counts bytes of an upload as they come. @throws Refusal `storage-full` */
  spend(bytes: number): void;
  /** The system refused a write. */
  refused(): void;
  /** Blobs came or went. */
  changed(bytes: number): void;
  isFull(): boolean;
}

const freshMs = 1000;
const maxReserve = 1024 ** 3;
/** A full store takes uploads again once it has this much room: the next piece of an upload must fit. */
const slack = 1024 ** 2;

/** Bytes of all files below a folder. */
export const folderBytes = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let total = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) total += await folderBytes(path);
    else total += (await stat(path).catch(() => ({ size: 0 }))).size;
  }
  return total;
};

/**
 * The space uploads may take. Manifests and links may use the reserve, so that a push under way can end.
 * @param onChange told when the store becomes full, and when it is so no more
 * @param retryMs how often a full store looks whether there is space again
 */
export const createSpace = (
  root: string,
  blobs: string,
  onChange: (isFull: boolean) => void,
  retryMs = 2000,
): Space => {
  let limits: SpaceLimits = { quotaBytes: null, reserveBytes: null };
  let left = Infinity;
  let measuredAt = 0;
  let stored: Promise<number> | null = null;
  let isFull = false;
  let timer: NodeJS.Timeout | undefined;

  const isTight = () => left <= (isFull ? slack : 0);
  const become = (next: boolean) => {
    clearTimeout(timer);
    if (next) timer = setTimeout(() => void look(), retryMs).unref();
    if (next === isFull) return;
    isFull = next;
    onChange(isFull);
  };

  const measure = async (): Promise<void> => {
    const disk = await statfs(root).catch(() => null);
    const total = disk ? disk.blocks * disk.bsize : 0;
    const reserve = limits.reserveBytes ?? Math.min(maxReserve, Math.floor(total / 100));
    const onDisk = disk ? disk.bavail * disk.bsize - reserve : Infinity;
    const { quotaBytes } = limits;
    const inQuota = quotaBytes === null ? Infinity : quotaBytes - (await (stored ??= folderBytes(blobs)));
    left = Math.min(onDisk, inQuota);
    measuredAt = Date.now();
  };
  const look = async (): Promise<void> => {
    await measure();
    become(isTight());
  };
  const refuse = (): never => {
    become(true);
    throw new Refusal('storage-full');
  };

  return {
    setLimits(next) {
      limits = next;
      measuredAt = 0;
      if (isFull) void look();
    },
    async require() {
      if (isFull || Date.now() - measuredAt > freshMs) await measure();
      if (isTight()) refuse();
      become(false);
    },
    spend(bytes) {
      left -= bytes;
      if (left < 0) refuse();
      if (Date.now() - measuredAt > freshMs) {
        measuredAt = Date.now();
        void measure();
      }
    },
    refused: () => become(true),
    changed(bytes) {
      measuredAt = 0;
      if (stored) stored = stored.then((sum) => Math.max(0, sum + bytes));
    },
    isFull: () => isFull,
  };
};
