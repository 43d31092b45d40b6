import { mkdir, rm } from 'node:fs/promises';
import { type Blobs, createBlobs } from './blobs.ts';
import { createDurable } from './durable.ts';
import { createLayout } from './layout.ts';
import { createLocks } from './locks.ts';
import { createManifests, type Manifests } from './manifests.ts';
import { createReferrers, type Referrers } from './referrers.ts';
import { listRepositories } from './repositories.ts';
import { createTags, type Tags } from './tags.ts';
import { createUploads, type Uploads } from './uploads.ts';

export interface Storage {
  blobs: Blobs;
  uploads: Uploads;
  manifests: Manifests;
  tags: Tags;
  referrers: Referrers;
  repositories(): Promise<string[]>;
  /** Removes what crashes and clients that never came back left behind. */
  tidy(): Promise<void>;
}

const weekMs = 7 * 24 * 3600 * 1000;

/**
 * Opens the store of the engine; one process at a time.
 * @param root folder that holds `docker/registry/v2`, made when missing
 */
export const openStorage = async (root: string): Promise<Storage> => {
  const layout = createLayout(root);
  // Nothing in the staging folder is visible yet, so what an earlier process left there is nobody's.
  await rm(layout.staging, { recursive: true, force: true });
  const durable = createDurable(layout.staging);
  await mkdir(layout.staging, { recursive: true });
  await durable.makeFolder(layout.repositories);
  await durable.makeFolder(layout.blobs);
  const locked = createLocks();
  const blobs = createBlobs(layout, durable);
  const tags = createTags(layout, durable);
  const referrers = createReferrers(layout, durable);
  const uploads = createUploads(layout, durable, blobs, locked);
  const repositories = () => listRepositories(layout);
  return {
    blobs,
    uploads,
    tags,
    referrers,
    manifests: createManifests({ layout, durable, blobs, tags, referrers, locked }),
    repositories,
    async tidy() {
      for (const name of await repositories()) await uploads.purge(name, weekMs);
    },
  };
};
