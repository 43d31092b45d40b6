import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFolderSync } from './folder-sync.ts';
import { allDone, forEach } from './parallel.ts';
import { writeAll } from './pour.ts';
import { makeFolders, openNow, closeNow, renameNow, syncDescriptor, writeNow } from './quick.ts';

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

/** Folders remembered to be on disk; forgetting them costs a sync each. */
const maxKnown = 20_000;
/** What is larger is written by another thread. */
const small = 64 * 1024;

/**
 * @param staging a folder on the same file system as all targets
 * @param root folder of the store; what is above it is not looked at, unless it has to be made
 */
export const createDurable = (staging: string, root: string): Durable => {
  const syncFolder = createFolderSync();
  /** Folders below the root whose entry, and those of all their parents, are on disk. */
  const known = new Set<string>();

  const makeFolder = async (folder: string): Promise<void> => {
    const first = makeFolders(folder);
    const made = new Set<string>();
    for (let at = folder; first !== undefined && at.length >= first.length; at = dirname(at)) made.add(at);
    made.forEach((at) => known.delete(at));
    // Also what was there already: another request may have made it a moment ago and not have synced it yet.
    const isUnsure = (at: string) => made.has(at) || (at.length > root.length && !known.has(at));
    const unsure: string[] = [];
    for (let at = folder; isUnsure(at); at = dirname(at)) unsure.push(at);
    await Promise.all(unsure.map((at) => syncFolder(dirname(at))));
    if (known.size > maxKnown) known.clear();
    unsure.forEach((at) => known.add(at));
  };

  const stagingPath = () => join(staging, randomUUID());

  const place = async (from: string, to: string): Promise<void> => {
    await makeFolder(dirname(to));
    renameNow(from, to);
    await syncFolder(dirname(to));
  };

  const stage = async (staged: string, bytes: Buffer): Promise<void> => {
    const descriptor = openNow(staged, 'wx');
    try {
      if (bytes.length <= small) writeNow(descriptor, bytes);
      else await writeAll(descriptor, [bytes], 0);
      await syncDescriptor(descriptor);
    } finally {
      closeNow(descriptor);
    }
  };

  const writeFile = async (file: string, content: Buffer | string): Promise<void> => {
    const staged = stagingPath();
    try {
      // The way there is made while the content goes to disk.
      await allDone([stage(staged, Buffer.from(content)), makeFolder(dirname(file))]);
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
