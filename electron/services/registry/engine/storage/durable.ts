import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Every change of the store goes through here: write, fsync, rename, fsync of the folder, in this order. */
export interface Durable {
  /** Makes a folder and puts its entry, and those of new parents, on disk. */
  makeFolder(folder: string): Promise<void>;
  /** The file is there with all its bytes, or as it was before. */
  writeFile(file: string, bytes: Buffer | string): Promise<void>;
  /** Moves a file or folder whose content is already on disk to its place. */
  place(from: string, to: string): Promise<void>;
  /** Takes a folder away in one step: it vanishes by rename, then its content is removed. */
  removeFolder(folder: string): Promise<void>;
  /** Removes one file and puts that on disk; false when it was not there. */
  removeFile(file: string): Promise<boolean>;
  /** A path in the staging folder that nobody else uses. */
  stagingPath(): string;
}

/** Windows cannot open folders; NTFS journals its renames. */
const canSyncFolders = process.platform !== 'win32';

export const syncFolder = async (folder: string): Promise<void> => {
  if (!canSyncFolders) return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** The file's text, null when there is no such file. */
export const readText = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** @param staging a folder on the same file system as all targets */
export const createDurable = (staging: string): Durable => {
  const makeFolder = async (folder: string): Promise<void> => {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = folder; dirname(made) !== made; made = dirname(made)) {
      await syncFolder(dirname(made));
      if (made === first) return;
    }
  };

  const stagingPath = () => join(staging, randomUUID());

  const place = async (from: string, to: string): Promise<void> => {
    await makeFolder(dirname(to));
    await rename(from, to);
    await syncFolder(dirname(to));
  };

  const writeFile = async (file: string, bytes: Buffer | string): Promise<void> => {
    const staged = stagingPath();
    try {
      const handle = await open(staged, 'wx', 0o644);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await place(staged, file);
    } catch (error) {
      await rm(staged, { force: true });
      throw error;
    }
  };

  const removeFolder = async (folder: string): Promise<void> => {
    const grave = stagingPath();
    await rename(folder, grave);
    await syncFolder(dirname(folder));
    await rm(grave, { recursive: true, force: true });
  };

  const removeFile = async (file: string): Promise<boolean> => {
    try {
      await rm(file);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await syncFolder(dirname(file));
    return true;
  };

  return { makeFolder, writeFile, place, removeFolder, removeFile, stagingPath };
};
