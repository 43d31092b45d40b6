import { readdir, rm } from 'node:fs/promises';
import { type Digest, isDigest, isTag } from '../grammar.ts';
import { Refusal } from '../refusal.ts';
import { type Durable, isMissing, readText } from './durable.ts';
import type { Files } from './files.ts';
import { type Layout, tagCurrent, tagIndex } from './layout.ts';

export interface Tags {
  /** Digest a tag names, null when there is no such tag. */
  get(name: string, tag: string): Promise<Digest | null>;
  set(name: string, tag: string, digest: Digest): Promise<void>;
  /** @throws Refusal `manifest-unknown` */
  remove(name: string, tag: string): Promise<void>;
  /** Sorted; not to be changed. @throws Refusal `name-unknown` when the repository was never written */
  list(name: string): Promise<string[]>;
  /** Removes every tag that names the digest. */
  removeAll(name: string, digest: Digest): Promise<void>;
}

export const createTags = (layout: Layout, durable: Durable, files: Files): Tags => {
  const get = async (name: string, tag: string): Promise<Digest | null> => {
    if (!isTag(tag)) return null;
    const text = (await files.text(tagCurrent(layout.tag(name, tag))))?.trim() ?? '';
    return isDigest(text) ? text : null;
  };

  /** A new tag appears whole: a folder `tags/<tag>` without its current link would be listed and not be found. */
  const create = async (name: string, tag: string, digest: Digest): Promise<boolean> => {
    const staged = durable.stagingPath();
    await durable.writeFile(tagIndex(staged, digest), digest);
    await durable.writeFile(tagCurrent(staged), digest);
    await durable.makeFolder(layout.tags(name));
    try {
      await durable.place(staged, layout.tag(name, tag));
      return true;
    } catch (error) {
      await rm(staged, { recursive: true, force: true });
      if (
        error instanceof Error &&
        'code' in error &&
        ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(String(error.code))
      ) {
        return false;
      }
      throw error;
    }
  };

  const set = async (name: string, tag: string, digest: Digest) => {
    const folder = layout.tag(name, tag);
    const current = await readText(tagCurrent(folder));
    if (current === digest) return;
    if (current === null && (await create(name, tag, digest))) return;
    await durable.writeFile(tagIndex(folder, digest), digest);
    await durable.writeFile(tagCurrent(folder), digest);
  };

  const remove = async (name: string, tag: string) => {
    if (!isTag(tag)) throw new Refusal('manifest-unknown', { tag });
    await durable.removeFolder(layout.tag(name, tag)).catch((error: unknown) => {
      throw isMissing(error) ? new Refusal('manifest-unknown', { tag }) : error;
    });
  };

  const list = async (name: string) => {
    const names = await files.list(layout.tags(name), isTag);
    if (names) return names;
    const isKnown = await readdir(layout.manifests(name)).then(
      () => true,
      () => false,
    );
    if (!isKnown) throw new Refusal('name-unknown', { name });
    return [];
  };

  return {
    get,
    set,
    remove,
    list,
    async removeAll(name, digest) {
      const tags = await list(name).catch(() => []);
      for (const tag of tags) if ((await get(name, tag)) === digest) await remove(name, tag);
    },
  };
};
