import { z } from 'zod';
import { instant } from './common.ts';

/** How much the registry may store. */
export const storageLimits = z.object({
  /** Bytes all images together may take; null: as much as the disk holds. */
  quotaBytes: z.int().min(0).nullable(),
  /** Bytes of the disk that uploads leave free; null: one percent of it, at most 1 GiB. */
  reserveBytes: z.int().min(0).nullable(),
});
export type StorageLimits = z.infer<typeof storageLimits>;

export const gcOptions = z.object({
  /** Only says what would be freed. */
  isDryRun: z.boolean().default(false),
  /** Manifests that no tag, no index and no subject needs go too. */
  removeUntagged: z.boolean().default(false),
});
export type GcOptions = z.infer<typeof gcOptions>;

/** What a garbage collection removed, or would have removed. */
export const gcResult = z.object({
  isDryRun: z.boolean(),
  freedBytes: z.int(),
  blobs: z.int(),
  manifests: z.int(),
});
export type GcResult = z.infer<typeof gcResult>;

/** What hashing the whole store again found. */
export const verifyResult = z.object({
  checkedBytes: z.int(),
  blobs: z.int(),
  /** Taken out of service. */
  quarantined: z.array(
    z.object({
      digest: z.string(),
      /** The bytes are others than the digest says, or the disk does not give them. */
      problem: z.enum(['content', 'unreadable']),
      repositories: z.array(z.string()),
    }),
  ),
});
export type VerifyResult = z.infer<typeof verifyResult>;

/** What the store holds, each blob counted once where it lies and once in every repository that has it. */
export const registryUsage = z.object({
  measuredAt: instant,
  /** Largest first. */
  repositories: z.array(
    z.object({
      name: z.string(),
      tags: z.int(),
      manifests: z.int(),
      /** Everything it holds, a blob once. */
      bytes: z.int(),
      /** What no other repository holds. */
      ownBytes: z.int(),
    }),
  ),
  /** Bytes on disk. */
  storedBytes: z.int(),
  /** What the repositories would take more if they shared nothing. */
  savedBytes: z.int(),
  /** Blobs of no repository: the next garbage collection takes them. */
  looseBytes: z.int(),
  uploads: z.object({ count: z.int(), bytes: z.int() }),
  quarantine: z.object({ count: z.int(), bytes: z.int() }),
});
export type RegistryUsage = z.infer<typeof registryUsage>;
