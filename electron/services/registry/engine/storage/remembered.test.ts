import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from './blobs.ts';
import { openStorage, type Storage } from './index.ts';
import { createLayout } from './layout.ts';
import { ociIndex } from './media-types.ts';

const name = 'kept/things';
let root = '';
let storage: Storage;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mooring-remembered-'));
  storage = await openStorage(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const push = async (mark: string, ...tags: string[]) => {
  const document = { schemaVersion: 2, mediaType: ociIndex, manifests: [], annotations: { mark } };
  const bytes = Buffer.from(JSON.stringify(document));
  const { digest } = await storage.manifests.put(name, { bytes, declared: ociIndex, tags });
  return digest;
};

/** Resolves once the store gives the manifest and the list from memory: the same objects twice. */
const remembered = (digest: Awaited<ReturnType<typeof push>>) =>
  expect
    .poll(async () => {
      const { bytes } = await storage.manifests.get(name, digest);
      const tags = await storage.tags.list(name);
      return [
        (await storage.manifests.get(name, digest)).bytes === bytes,
        (await storage.tags.list(name)) === tags,
      ];
    })
    .toEqual([true, true]);

describe('what the store remembers', () => {
  it('is not given any more once it was deleted', async () => {
    const digest = await push('one', 'latest', 'other');
    await remembered(digest);
    await storage.manifests.removeTag(name, 'other');
    expect(await storage.manifests.resolve(name, 'other')).toBeNull();
    expect(await storage.tags.list(name)).toEqual(['latest']);
    await storage.manifests.remove(name, digest);
    expect(await storage.manifests.resolve(name, digest)).toBeNull();
    expect(await storage.manifests.resolve(name, 'latest')).toBeNull();
    await expect(storage.manifests.get(name, digest)).rejects.toMatchObject({ kind: 'manifest-unknown' });
    expect(await storage.tags.list(name)).toEqual([]);
  });

  it('is what a tag names now', async () => {
    const first = await push('one', 'latest');
    await remembered(first);
    expect(await storage.manifests.resolve(name, 'latest')).toBe(first);
    const second = await push('two', 'latest', 'added');
    expect(await storage.manifests.resolve(name, 'latest')).toBe(second);
    expect(await storage.tags.list(name)).toEqual(['added', 'latest']);
  });

  it('is not given when its file vanished under the engine', async () => {
    const digest = await push('one', 'latest');
    await remembered(digest);
    await rm(createLayout(root).blob(digest));
    await expect(storage.manifests.get(name, digest)).rejects.toMatchObject({ kind: 'manifest-unknown' });
    await push('one', 'latest');
    expect(digestOf((await storage.manifests.get(name, digest)).bytes)).toBe(digest);
  });
});
