import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { id } from '../model/common.ts';
import { itemState, job, jobItem, jobSummary, jobView } from '../model/jobs.ts';
import { procedure } from './base.ts';

export const jobs = {
  list: procedure
    .input(z.object({ limit: z.int().min(1).max(500).default(50) }).default({ limit: 50 }))
    .output(z.array(jobSummary)),
  /** The whole job with every item. */
  get: procedure.input(z.object({ id })).output(job),
  /** How the job stands at each change, until it has ended for good. */
  watch: procedure.input(z.object({ id })).output(eventIterator(jobView)),
  /** Items in their order, filtered. */
  items: procedure
    .input(
      z.object({
        id,
        states: z.array(itemState).optional(),
        /** Error code. */
        code: z.string().optional(),
        /** Part of the label. */
        search: z.string().optional(),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ items: z.array(jobItem), total: z.int() })),
  cancel: procedure.input(z.object({ id })).output(jobSummary),
  /** Nothing new starts; what is being done is finished. `wave`: only after the wave that runs now. */
  pause: procedure.input(z.object({ id, when: z.enum(['now', 'wave']).default('now') })).output(jobSummary),
  /** Goes on with what is not done, of a job that was paused or interrupted. */
  resume: procedure.input(z.object({ id })).output(jobSummary),
  /** The same order for what failed (all, or by error code) and for what was cancelled or never begun, as a new job. */
  retry: procedure.input(z.object({ id, code: z.string().optional() })).output(z.object({ jobId: id })),
};
