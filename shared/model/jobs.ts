import { z } from 'zod';
import { appErrorData } from '../errors.ts';
import { id, instant } from './common.ts';

export const jobKind = z.enum([
  'trust.plan',
  'trust.push',
  'trust.verify',
  'trust.undo',
  'devices.probe',
  'devices.pull',
  'registry.gc',
  'registry.verify',
]);
export type JobKind = z.infer<typeof jobKind>;

/** `paused`: nothing new starts until it is resumed. `interrupted`: the app ended meanwhile. */
export const jobState = z.enum(['running', 'paused', 'succeeded', 'failed', 'cancelled', 'interrupted']);

export type JobState = z.infer<typeof jobState>;

export const jobSummary = z.object({
  id,
  kind: jobKind,
  title: z.string(),
  state: jobState,
  startedAt: instant,
  endedAt: instant.nullable(),
  done: z.int(),
  total: z.int(),
  failed: z.int(),
});
export type JobSummary = z.infer<typeof jobSummary>;

export const itemState = z.enum(['waiting', 'running', 'succeeded', 'unchanged', 'failed', 'cancelled']);
export type ItemState = z.infer<typeof itemState>;

/** One unit of work within a job, usually one device. */
export const jobItem = z.object({
  id,
  label: z.string(),
  /** Counted from 0; jobs without waves have one. */
  wave: z.int(),
  /** Human title of the phase it is in, for example "Connect". */
  phase: z.string(),
  /** `waiting` in a job that is paused or interrupted: still to be done. `cancelled` without attempts: never begun. */
  state: itemState,
  message: z.string(),
  /** Code of `error`. */
  code: z.string().nullable(),
  error: appErrorData.nullable(),
  /** How often it was begun. */
  attempts: z.int(),
  /** How far it is, where that can be counted. */
  progress: z.object({ done: z.number(), total: z.number(), unit: z.enum(['items', 'bytes']) }).optional(),
});
export type JobItem = z.infer<typeof jobItem>;

/** A job with all its items. Of a job over thousands of devices this is large: watch it and page through its items. */
export const job = jobSummary.extend({
  items: z.array(jobItem),
  error: appErrorData.nullable(),
  /** What the job yields once ended; its form belongs to the kind (a trust run: `TrustRun`). */
  result: z.unknown(),
});
export type Job = z.infer<typeof job>;

export const jobWave = z.object({
  index: z.int(),
  total: z.int(),
  done: z.int(),
  failed: z.int(),
  /** `stopped`: the job went no further. */
  state: z.enum(['waiting', 'running', 'done', 'stopped']),
});
export type JobWave = z.infer<typeof jobWave>;

/** Failed items that share an error code. */
export const jobCause = z.object({
  code: z.string(),
  /** Names what all share and speaks neutrally of the rest. */
  title: z.string(),
  next: z.string(),
  count: z.int(),
  /** The same may succeed later without anyone changing anything. */
  isRetryable: z.boolean(),
});
export type JobCause = z.infer<typeof jobCause>;

/** A job as it is watched: as large for ten thousand items as for ten. At most ten times a second. */
export const jobView = jobSummary.extend({
  counts: z.record(itemState, z.int()),
  waves: z.array(jobWave),
  /** The commonest first. */
  causes: z.array(jobCause),
  /** Items being worked on, at most 50. */
  running: z.array(jobItem),
  /** Items ended per second, of late; when ended: overall. */
  perSecond: z.number(),
  canPause: z.boolean(),
  canResume: z.boolean(),
  /** There are failed, cancelled or never begun items whose order is known. */
  canRetry: z.boolean(),
  error: appErrorData.nullable(),
  /** One sentence on how it stands when counts do not say it: why it paused or stopped. */
  note: z.string(),
  /** As in `job`; null where it is one result an item: page through those. */
  result: z.unknown(),
});
export type JobView = z.infer<typeof jobView>;

/** In which steps a run goes over its devices, and when it goes no further. */
export const wavePlan = z.object({
  /** Sizes in turn; what they leave over is one more wave. Empty: all at once. */
  waves: z
    .array(
      z.union([
        z.object({ count: z.int().min(1) }),
        z.object({ percent: z.number().min(0.1).max(100) }),
        z.literal('rest'),
      ]),
    )
    .max(20)
    .default([]),
  /** Nothing new starts once more than this many have failed. */
  stopAfter: z.int().min(0).nullable().default(null),
  pauseAfterWave: z.boolean().default(false),
});
export type WavePlan = z.infer<typeof wavePlan>;

/** How a run goes over its devices; what it does there is said elsewhere. */
export const runOptions = z.object({
  waves: wavePlan.optional(),
  /** Devices worked on at a time; absent: adapts to what the network and this computer carry. */
  concurrency: z.int().min(1).max(256).optional(),
  /**
   * Further tries after an error that may pass by itself. Absent: 2, but none where nobody answered at all: that took
   * its whole time-out already.
   */
  retries: z.int().min(0).max(5).optional(),
  /** Devices without a pinned host key: the key shown is accepted and recorded as `unseen`. */
  acceptNewHostKeys: z.boolean().optional(),
});
export type RunOptions = z.infer<typeof runOptions>;
