import path from 'node:path';
import { AppError } from '#shared/errors.ts';
import { readEndpoint } from './endpoint.ts';
import { createPrivateFile, folderError, prepareFolder } from './folder.ts';
import { openDatabase, sqliteFailure } from './sql.ts';

/** Keep it for as long as the folder is used: when it is garbage, the lock is gone. */
export interface FolderLock {
  release(): void;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const heldError = async (dataDir: string, cause: unknown): Promise<AppError> => {
  const endpoint = await readEndpoint(dataDir);
  const pid = endpoint && isAlive(endpoint.pid) ? endpoint.pid : null;
  return new AppError('FOLDER_HELD', { dataDir, pid }, { cause, retryable: true });
};

/**
 * Becomes the one writer of a data folder: an exclusive transaction on `lock.sqlite`, which the system ends when
 * the process dies, however it dies. Does not wait.
 * @throws AppError FOLDER_HELD (with the pid of the holder when its endpoint file tells), FOLDER_UNUSABLE
 */
export const holdFolder = async (dataDir: string): Promise<FolderLock> => {
  prepareFolder(dataDir);
  const file = path.join(dataDir, 'lock.sqlite');
  // Only SQLite may open this file: closing any other handle on it drops the POSIX locks of the whole process.
  createPrivateFile(dataDir, file);
  const database = openDatabase(file, 0);
  try {
    database.script('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (sqliteFailure(error) === 'busy') throw await heldError(dataDir, error);
    throw folderError(dataDir, error, 'lock.sqlite in it cannot be locked');
  }
  return { release: database.close };
};
