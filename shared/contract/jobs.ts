import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { id } from '../model/common.ts';
import { job, jobSummary } from '../model/jobs.ts';
import { procedure } from './base.ts';

export const jobs = {
  list: procedure
    .input(z.object({ limit: z.int().min(1).max(500).default(50) }).default({ limit: 50 }))
    .output(z.array(jobSummary)),
  get: procedure.input(z.object({ id })).output(job),
  /** The whole job at each change until it has ended. */
  watch: procedure.input(z.object({ id })).output(eventIterator(job)),
  cancel: procedure.input(z.object({ id })).output(jobSummary),
};
