import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const leftover = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Makes a rename or a removal in `folder` last through a power cut. Windows cannot and need not do it. */
export const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
};

/**
 * Writes a small file so that it is wholly there or not at all, also after a crash: temporary file in the same
 * folder, fsync, rename, fsync of the folder.
 * @param mode permissions of the file, for example 0o600
 */
export const replaceFile = (file: string, content: string | Uint8Array, mode: number): void => {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = fs.openSync(temporary, 'wx', mode);
    try {
      fs.writeFileSync(handle, content);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
};

/** Removes what an interrupted `replaceFile` left in a folder. Only the holder of the data folder may call it. */
export const removeLeftovers = (folder: string): void => {
  for (const name of fs.readdirSync(folder)) {
    if (leftover.test(name)) fs.rmSync(path.join(folder, name), { force: true });
  }
};
