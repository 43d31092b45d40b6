import { z } from 'zod';
import { id } from '../model/common.ts';
import { deviceSelection, pushOptions, trustHistoryEntry } from '../model/trust.ts';
import { procedure } from './base.ts';

const started = z.object({ jobId: id });

/** Each run starts a job and answers at once; the job's result is a `TrustRun`. */
export const trust = {
  plan: procedure.input(deviceSelection).output(started),
  push: procedure
    .input(
      z.object({
        selection: deviceSelection,
        /** Plan only: nothing is written. */
        isDryRun: z.boolean().default(false),
        /** Adds to `options.replace`. */
        replace: z.array(z.string()).default([]),
        options: pushOptions.prefault({}),
      }),
    )
    .output(started),
  verify: procedure.input(deviceSelection).output(started),
  undo: procedure
    .input(z.object({ selection: deviceSelection, isDryRun: z.boolean().default(false) }))
    .output(started),
  /** The very script a push runs, for a shell that SSH cannot reach. */
  script: procedure
    .input(z.object({ isUndo: z.boolean().default(false), options: pushOptions.prefault({}) }).prefault({}))
    .output(z.object({ script: z.string() })),
  history: procedure.input(z.object({ device: z.string() })).output(z.array(trustHistoryEntry)),
};
