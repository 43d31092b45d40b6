import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { forEach } from './parallel.ts';

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
  /** The same for many folders of links, with one sync for each folder they lie in; what is not there is left out. */
  removeFolders(folders: readonly string[]): Promise<void>;
  /** Removes one file and puts that on disk; false when it was not there. */
  removeFile(file: string): Promise<boolean>;
  /** The same for many files, with one sync for each folder they lie in. */
  removeFiles(files: readonly string[]): Promise<void>;
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

/** For a removal of what may have gone already. */
export const ignoreMissing = (error: unknown): false => {
  if (isMissing(error)) return false;
  throw error;
};

const parentsOf = (paths: readonly string[]): string[] => [...new Set(paths.map((path) => dirname(path)))];

/** The file's text, null when there is no such file. */
export const readText = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** Removes a folder that holds a `link`, in a third of the calls that a removal of anything takes. Nothing is synced. */
export const removeLinkFolder = async (folder: string): Promise<void> => {
  try {
    await unlink(join(folder, 'link'));
    await rmdir(folder);
  } catch {
    await rm(folder, { recursive: true, force: true });
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

  const bury = async (folder: string): Promise<string> => {
    const grave = stagingPath();
    await rename(folder, grave);
    return grave;
  };
  const removeFolder = async (folder: string): Promise<void> => {
    const grave = await bury(folder);
    await syncFolder(dirname(folder));
    await rm(grave, { recursive: true, force: true });
  };

  const removeFolders = async (folders: readonly string[]): Promise<void> => {
    const graves = new Map<string, string>();
    await forEach(folders, (folder) =>
      bury(folder).then((grave) => graves.set(folder, grave), ignoreMissing),
    );
    await forEach(parentsOf([...graves.keys()]), syncFolder);
    await forEach([...graves.values()], removeLinkFolder);
  };

  const remove = (file: string): Promise<boolean> => unlink(file).then(() => true, ignoreMissing);

  const removeFile = async (file: string): Promise<boolean> => {
    if (!(await remove(file))) return false;
    await syncFolder(dirname(file));
    return true;
  };

  const removeFiles = async (files: readonly string[]): Promise<void> => {
    const touched: string[] = [];
    await forEach(files, async (file) => {
      if (await remove(file)) touched.push(file);
    });
    await forEach(parentsOf(touched), syncFolder);
  };

  return { makeFolder, writeFile, place, removeFolder, removeFolders, removeFile, removeFiles, stagingPath };
};
