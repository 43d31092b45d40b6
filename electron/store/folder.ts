import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '#shared/errors.ts';
import { isDiskFull } from './disk-full.ts';

const problems: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a read-only disk',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'there is a file of this name',
  ENOENT: 'it does not exist',
};

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** A failure of the file system as FOLDER_UNUSABLE, a full disk as HOME_DISK_FULL; an AppError passes unchanged. */
export const folderError = (dataDir: string, error: unknown, problem?: string): AppError => {
  if (error instanceof AppError) return error;
  if (isDiskFull(error)) return new AppError('HOME_DISK_FULL', {}, { cause: error });
  const code = errnoOf(error);
  return new AppError(
    'FOLDER_UNUSABLE',
    { dataDir, problem: problem ?? problems[code] ?? code },
    { cause: error },
  );
};

/**
 * Makes a folder with its parents. Node's own `recursive` asks for ever where the system answers ENOENT although the
 * parent is there (`/proc`, `/sys`, some network disks).
 */
const makeFolder = (folder: string): void => {
  const make = (): void => {
    try {
      fs.mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST' || !fs.statSync(folder).isDirectory()) throw error;
    }
  };
  if (path.dirname(folder) === folder || fs.existsSync(path.dirname(folder))) return make();
  makeFolder(path.dirname(folder));
  make();
};

/**
 * Creates the data folder when it is missing. A folder that Mooring made, or found empty, becomes 0700; one that
 * already holds something keeps its permissions, because it may serve others too (`--data /tmp`).
 * @throws AppError FOLDER_UNUSABLE
 */
export const prepareFolder = (dataDir: string): void => {
  try {
    makeFolder(path.resolve(dataDir));
    if (fs.readdirSync(dataDir).length === 0) fs.chmodSync(dataDir, 0o700);
    fs.accessSync(dataDir, fs.constants.W_OK);
  } catch (error) {
    throw folderError(dataDir, error);
  }
};

/** Creates an empty file 0600 for SQLite to open; leaves one that exists untouched and unopened. */
export const createPrivateFile = (dataDir: string, file: string): void => {
  try {
    fs.closeSync(fs.openSync(file, 'wx', 0o600));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw folderError(dataDir, error);
  }
};
