import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dist, root } from './layout.mjs';

const folders = ['shared', 'electron', 'renderer', 'assets'];
const files = ['package.json', 'package-lock.json'];
/** Not part of any bundle: changing them must not cost a build. */
const isLeftOut = (name) => /\.test\.tsx?$|\.md$|^screenshots$|^node_modules$|^\./.test(name);

const walk = (path, found) => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (isLeftOut(entry.name)) continue;
    const inner = join(path, entry.name);
    if (entry.isDirectory()) walk(inner, found);
    else found.push(inner);
  }
  return found;
};

/** One hash over path, size and modification time of every source: a few milliseconds for the whole tree. */
export const sourceStamp = (base = root) => {
  const paths = folders
    .filter((name) => existsSync(join(base, name)))
    .flatMap((name) => walk(join(base, name), []));
  const hash = createHash('sha256');
  for (const path of [...paths, ...files.map((name) => join(base, name))].sort()) {
    const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 };
    hash.update(`${path.slice(base.length)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
};

const stampFile = (folder) => join(folder, 'stamp');

export const writeStamp = (folder, stamp) => writeFileSync(stampFile(folder), `${stamp}\n`);

/** True when `dist` was built from the sources as they are now. */
export const isBuilt = () =>
  existsSync(stampFile(dist)) && readFileSync(stampFile(dist), 'utf8').trim() === sourceStamp();
