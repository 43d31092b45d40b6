import { z } from 'zod';
import { appErrorData } from '../errors.ts';
import { id, instant, sha256Hex } from './common.ts';
import { proof } from './devices.ts';

/** What happens, or would happen, to one path on a device. */
export const trustChange = z.object({
  action: z.enum(['create', 'replace', 'remove', 'restore', 'keep']),
  kind: z.enum(['file', 'folder']),
  path: z.string(),
  beforeSha256: sha256Hex.nullable(),
  afterSha256: sha256Hex.nullable(),
  /** Octal, for example `0644`. */
  mode: z.string(),
  /** Why, in a few words; for a foreign file what is wrong with it. */
  note: z.string(),
});
export type TrustChange = z.infer<typeof trustChange>;

export const runOutcome = z.enum([
  'planned',
  'changed',
  'unchanged',
  'verified',
  'drifted',
  'failed',
  'cancelled',
]);

export const deviceRun = z.object({
  id,
  name: z.string(),
  address: z.string(),
  outcome: runOutcome,
  /** Error code, or a warning code on success; null when there is nothing to say. */
  code: z.string().nullable(),
  message: z.string(),
  next: z.string(),
  /** Our files stand on the device as wanted. */
  written: z.boolean(),
  /** Its own engine pulled by at least one name in this run. */
  proven: z.boolean(),
  changes: z.array(trustChange),
  proofs: z.array(proof),
  warnings: z.array(appErrorData),
});
export type DeviceRun = z.infer<typeof deviceRun>;

/** The result of `trust plan|push|verify|undo`; the CLI prints it as it is. */
export const trustRun = z.object({
  devices: z.array(deviceRun),
  summary: z.object({ total: z.int(), changed: z.int(), unchanged: z.int(), failed: z.int() }),
  seconds: z.number(),
});
export type TrustRun = z.infer<typeof trustRun>;

/** Which devices a run is for. */
export const deviceSelection = z.union([
  z.object({ all: z.literal(true) }),
  z.object({ devices: z.array(z.string()).min(1) }),
]);
export type DeviceSelection = z.infer<typeof deviceSelection>;

/** One past run on one device, newest first in lists. */
export const trustHistoryEntry = z.object({
  id: z.int(),
  jobId: id,
  at: instant,
  action: z.enum(['push', 'verify', 'undo']),
  outcome: runOutcome,
  message: z.string(),
  changes: z.array(trustChange),
  /** Still the newest standing change, so that undo starts here. */
  isStanding: z.boolean(),
});
export type TrustHistoryEntry = z.infer<typeof trustHistoryEntry>;
