import fs from 'node:fs';
import path from 'node:path';

/** A file that a device finds on its disk: its content, a link, or a file of this computer. */
export type SeedEntry = { mode?: number } & (
  { text: string } | { bytes: Buffer } | { link: string } | { source: string } | { folder: true }
);
/** By absolute path on the device. */
export type Seed = Record<string, SeedEntry>;

export const writeSeed = (folder: string, seed: Seed): void => {
  for (const [name, entry] of Object.entries(seed)) {
    const target = path.join(folder, name);
    fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
    if ('text' in entry) fs.writeFileSync(target, entry.text);
    else if ('bytes' in entry) fs.writeFileSync(target, entry.bytes);
    else if ('link' in entry) fs.symlinkSync(entry.link, target);
    else if ('source' in entry) linkOrCopy(entry.source, target);
    else fs.mkdirSync(target, { recursive: true });
    if (entry.mode !== undefined) fs.chmodSync(target, entry.mode);
  }
};

/** A hard link costs nothing; the overlay above it keeps the original from being written. */
const linkOrCopy = (source: string, target: string): void => {
  const real = fs.realpathSync(source);
  fs.rmSync(target, { force: true });
  try {
    fs.linkSync(real, target);
  } catch {
    fs.copyFileSync(real, target, fs.constants.COPYFILE_FICLONE);
  }
};
