import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Algorithm, type Digest, isDigest } from '../grammar.ts';
import { isMissing } from './durable.ts';
import type { Layout } from './layout.ts';
import { forEach } from './parallel.ts';
import { type References, referencesOf } from './references.ts';

/** A manifest of a repository as garbage collection sees it. */
export interface Revision {
  /** Null: its bytes are not here. */
  references: References | null;
  /** Newest of the times of its link, milliseconds. */
  time: number;
}

export const algorithms: readonly Algorithm[] = ['sha256', 'sha512'];

/** Names in a folder, none when there is no such folder. */
export const list = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/**
 * Size in bytes, and the newest of the times of a file in milliseconds: a rename changes only the second. Null when it
 * is not there.
 */
export const lookAt = async (file: string): Promise<{ size: number; time: number } | null> => {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(file);
    return { size, time: Math.max(mtimeMs, ctimeMs) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** Digests that have a folder `<algorithm>/<hex>` here. */
export const digestsIn = async (folder: string): Promise<Digest[]> => {
  const found: Digest[] = [];
  for (const algorithm of algorithms) {
    for (const hex of await list(join(folder, algorithm))) {
      const digest = `${algorithm}:${hex}`;
      if (isDigest(digest)) found.push(digest);
    }
  }
  return found;
};

const readReferences = async (layout: Layout, digest: Digest): Promise<References | null> => {
  try {
    return referencesOf(await readFile(layout.blob(digest)));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/**
 * The manifests of a repository.
 * @param known of an earlier look. What was whole then is not read again while its folder is there: the bytes are
 *   those of the digest, and a link that came anew in this process was told to the collection.
 */
export const readRevisions = async (
  layout: Layout,
  name: string,
  known: ReadonlyMap<Digest, Revision> = new Map(),
): Promise<Map<Digest, Revision>> => {
  const revisions = new Map<Digest, Revision>();
  await forEach(await digestsIn(layout.revisions(name)), async (digest) => {
    const before = known.get(digest);
    if (before?.references) return revisions.set(digest, before);
    const link = await lookAt(layout.revisionLink(name, digest));
    if (!link) return;
    return revisions.set(digest, { references: await readReferences(layout, digest), time: link.time });
  });
  return revisions;
};

/** What the manifests need of each other; those whose bytes are not here need nothing. */
export const graphOf = (revisions: ReadonlyMap<Digest, Revision>): Map<Digest, References> =>
  new Map([...revisions].flatMap(([digest, { references }]) => (references ? [[digest, references]] : [])));
