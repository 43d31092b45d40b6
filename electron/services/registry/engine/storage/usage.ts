import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryUsage } from '#shared/model/storage.ts';
import { type Digest, isDigest } from '../grammar.ts';
import { createLayout, type Layout } from './layout.ts';
import { listRepositories } from './repositories.ts';
import { folderBytes } from './space.ts';
import { listBlobs } from './verify.ts';

const list = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** Digests that have a link below `<folder>/<algorithm>/<hex>`. */
const linkedIn = async (folder: string): Promise<Digest[]> => {
  const found: Digest[] = [];
  for (const algorithm of ['sha256', 'sha512']) {
    for (const hex of await list(join(folder, algorithm))) {
      const digest = `${algorithm}:${hex}`;
      const isLinked = await stat(join(folder, algorithm, hex, 'link')).then(
        () => true,
        () => false,
      );
      if (isLinked && isDigest(digest)) found.push(digest);
    }
  }
  return found;
};

const measureRepository = async (layout: Layout, name: string) => {
  const manifests = await linkedIn(layout.revisions(name));
  const digests = new Set([...manifests, ...(await linkedIn(layout.layers(name)))]);
  const tags = (await list(layout.tags(name))).length;
  const uploads = [...(await list(layout.uploads(name))), ...(await list(layout.foreignUploads(name)))];
  return { name, tags, manifests: manifests.length, digests, uploads: uploads.length };
};

/**
 * What lies in a store, whether an engine serves it or not: shared blobs are counted once.
 * @param root folder that holds `docker/registry/v2`
 */
export const measureUsage = async (
  root: string,
  now: () => Date = () => new Date(),
): Promise<RegistryUsage> => {
  const layout = createLayout(root);
  const sizes = await listBlobs(layout);
  const names = await listRepositories(layout, ['_manifests', '_layers', '_mooring', '_uploads']);
  const measured = [];
  for (const name of names) measured.push(await measureRepository(layout, name));
  const holders = new Map<Digest, number>();
  for (const { digests } of measured) {
    for (const digest of digests) holders.set(digest, (holders.get(digest) ?? 0) + 1);
  }
  const sum = (digests: Iterable<Digest>) =>
    [...digests].reduce((bytes, digest) => bytes + (sizes.get(digest) ?? 0), 0);
  const repositories = measured
    .map(({ name, tags, manifests, digests }) => ({
      ...{ name, tags, manifests },
      bytes: sum(digests),
      ownBytes: sum([...digests].filter((digest) => holders.get(digest) === 1)),
    }))
    .filter(({ tags, bytes }) => tags > 0 || bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
  let uploadBytes = 0;
  for (const name of names) {
    uploadBytes +=
      (await folderBytes(layout.uploads(name))) + (await folderBytes(layout.foreignUploads(name)));
  }
  const heldBytes = sum(holders.keys());
  const storedBytes = sum(sizes.keys());
  return {
    measuredAt: now().toISOString(),
    repositories,
    storedBytes,
    savedBytes: repositories.reduce((bytes, one) => bytes + one.bytes, 0) - heldBytes,
    looseBytes: storedBytes - heldBytes,
    uploads: { count: measured.reduce((count, one) => count + one.uploads, 0), bytes: uploadBytes },
    quarantine: {
      count: (await list(layout.quarantine)).length,
      bytes: await folderBytes(layout.quarantine),
    },
  };
};
