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
export const jobState = z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']);

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

/** One unit of work within a job, usually one device. */
export const jobItem = z.object({
  id,
  label: z.string(),
  /** Human title of the phase it is in, for example "Connect". */
  phase: z.string(),
  state: z.enum(['waiting', 'running', 'succeeded', 'unchanged', 'failed', 'cancelled']),
  message: z.string(),
  error: appErrorData.nullable(),
  /** How far it is, where that can be counted. */
  progress: z.object({ done: z.number(), total: z.number(), unit: z.enum(['items', 'bytes']) }).optional(),
});
export type JobItem = z.infer<typeof jobItem>;

/** The whole state of a job; a watcher gets it again at each change, at most ten times a second. */
export const job = jobSummary.extend({
  items: z.array(jobItem),
  error: appErrorData.nullable(),
  /** What the job yields once ended; its form belongs to the kind (a trust run: `TrustRun`). */
  result: z.unknown(),
});
export type Job = z.infer<typeof job>;
