import { mkdir, rm } from 'node:fs/promises';
import type { GcOptions, GcResult, VerifyResult } from '#shared/model/storage.ts';
import type { Digest } from '../grammar.ts';
import { type Blobs, createBlobs } from './blobs.ts';
import { createDurable } from './durable.ts';
import { createFiles } from './files.ts';
import { createGc } from './gc.ts';
import { createInUse } from './in-use.ts';
import { createLayout } from './layout.ts';
import { createLocks } from './locks.ts';
import { createManifests, type Manifests } from './manifests.ts';
import { createReferrers, type Referrers } from './referrers.ts';
import { listRepositories } from './repositories.ts';
import { createSpace, type Space } from './space.ts';
import { createTags, type Tags } from './tags.ts';
import type { Task } from './task.ts';
import { createUploads, type Uploads } from './uploads.ts';
import { createVerify } from './verify.ts';

export interface Storage {
  blobs: Blobs;
  uploads: Uploads;
  manifests: Manifests;
  tags: Tags;
  referrers: Referrers;
  repositories(): Promise<string[]>;
  space: Space;
  /** Removes what nothing needs any more, while the store is in use. */
  collect(options: GcOptions, task: Task): Promise<Omit<GcResult, 'isDryRun'>>;
  /** Hashes everything again; what does not match is served no more. */
  verify(task: Task): Promise<VerifyResult>;
  /** Removes what crashes and clients that never came back left behind. */
  tidy(): Promise<void>;
}

const weekMs = 7 * 24 * 3600 * 1000;
const hourMs = 3600 * 1000;

export interface StorageOptions {
  /** How long a push may take from a blob to the manifest that names it, milliseconds. */
  graceMs?: number;
  /** Upload sessions open at once. */
  maxUploads?: number;
  /** Told when the store becomes full, and when it is so no more. */
  onFull?: (isFull: boolean) => void;
}

/**
 * Opens the store of the engine; one process at a time.
 * @param root folder that holds `docker/registry/v2`, made when missing
 */
export const openStorage = async (
  root: string,
  { graceMs = hourMs, maxUploads, onFull = () => undefined }: StorageOptions = {},
): Promise<Storage> => {
  const layout = createLayout(root);
  // Nothing in the staging folder is visible yet, so what an earlier process left there is nobody's.
  await rm(layout.staging, { recursive: true, force: true });
  const durable = createDurable(layout.staging, root);
  await durable.makeFolder(root);
  await Promise.all([
    mkdir(layout.staging, { recursive: true }),
    durable.makeFolder(layout.repositories),
    durable.makeFolder(layout.blobs),
  ]);
  const files = createFiles();
  const locked = createLocks();
  const inUse = createInUse(graceMs);
  const space = createSpace(root, layout.blobs, onFull);
  const blobs = createBlobs(layout, durable, inUse, space.changed);
  const tags = createTags(layout, durable, files);
  const referrers = createReferrers(layout, durable);
  const uploads = createUploads({
    ...{ layout, durable, blobs, inUse, space, locked },
    ...(maxUploads === undefined ? {} : { maxOpen: maxUploads }),
  });
  const manifests = createManifests({ layout, durable, files, blobs, tags, referrers, inUse, locked });
  const onRemoved = (_digest: Digest, bytes: number) => space.changed(-bytes);
  const repositories = () => listRepositories(layout);
  return {
    blobs,
    uploads,
    tags,
    referrers,
    manifests,
    repositories,
    space,
    collect: createGc({ layout, tags, manifests, inUse, locked, graceMs, onRemoved }),
    verify: createVerify({ layout, durable, inUse, onRemoved }),
    async tidy() {
      for (const name of await listRepositories(layout, ['_mooring', '_uploads']))
        await uploads.purge(name, weekMs);
    },
  };
};
