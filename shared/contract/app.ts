import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { appInfo, appStatus, logLevel, logLine } from '../model/app.ts';
import { procedure } from './base.ts';

export const app = {
  info: procedure.output(appInfo),
  status: procedure.output(appStatus),
  /** The whole status at once and after each change, at most ten times a second. */
  watch: procedure.output(eventIterator(appStatus)),
  /** Ends the host that holds the data folder, after its answer has left. */
  stop: procedure.output(z.object({ pid: z.int() })),
  /** A fresh one-time link to the served page. */
  link: procedure.output(z.object({ url: z.url() })),
};

export const logs = {
  tail: procedure
    .input(
      z.object({
        lines: z.int().min(1).max(2000).default(200),
        level: logLevel.default('info'),
        /** Only lines whose text contains this. */
        search: z.string().default(''),
      }),
    )
    .output(z.array(logLine)),
  /** New lines as they come, in batches. */
  watch: procedure
    .input(z.object({ after: z.int().default(0), level: logLevel.default('info') }))
    .output(eventIterator(z.array(logLine))),
};
