import * as fs from 'node:fs';
import { promisify } from 'node:util';

/**
 * Calls to the file system that are made on the event loop: they concern names just made or just looked up, so they take some
 * microseconds, where handing one to another thread and back takes thirty to fifty. What waits for the disk, a sync above
 * all, never belongs here.
 */

/** @returns the first folder that had to be made, undefined when all were there */
export const makeFolders = (folder: string): string | undefined => fs.mkdirSync(folder, { recursive: true });

export const openNow = (path: string, flags: 'r' | 'r+' | 'wx'): number => fs.openSync(path, flags, 0o644);

export const closeNow = (descriptor: number): void => fs.closeSync(descriptor);

/** Bytes of an open file. */
export const lengthOf = (descriptor: number): number => fs.fstatSync(descriptor).size;

/** Bytes of a file, null when there is none. */
export const sizeNow = (path: string): number | null =>
  fs.statSync(path, { throwIfNoEntry: false })?.size ?? null;

/** Writes a few bytes, which go to memory. */
export const writeNow = (descriptor: number, bytes: Buffer): void => {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
};

export const renameNow = (from: string, to: string): void => fs.renameSync(from, to);

export const unlinkNow = (path: string): void => fs.unlinkSync(path);

export const removeFolderNow = (path: string): void => fs.rmdirSync(path);

/** Puts what was written to a file, or the entries of a folder, on disk. */
export const syncDescriptor = promisify(fs.fsync);

/** Opens a file whose name may have to come from the disk. */
export const openFile = promisify(fs.open);

/** Reads from `position` into the whole of `buffer`. @returns bytes read, perhaps fewer than fit, 0 at the end of the file */
export const readAt = (descriptor: number, buffer: Buffer, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.read(descriptor, buffer, 0, buffer.length, position, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead),
    );
  });

/** Writes buffers one after the other from `position` on. @returns bytes written, perhaps fewer than given */
export const writeAt = (descriptor: number, pieces: Buffer[], position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.writev(descriptor, pieces, position, (error, written) => (error ? reject(error) : resolve(written)));
  });
