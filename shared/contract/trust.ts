import { z } from 'zod';
import { id, instant } from '../model/common.ts';
import { runOptions } from '../model/jobs.ts';
import {
  deviceRun,
  deviceSelection,
  journalEntry,
  planGroup,
  pushOptions,
  runOutcome,
  trustHistoryEntry,
  trustStatus,
  trustSummary,
} from '../model/trust.ts';
import { procedure } from './base.ts';

const started = z.object({ jobId: id });

/** Which devices, what to do there, and how to go over them. */
const runInput = z.object({
  selection: deviceSelection,
  options: pushOptions.prefault({}),
  run: runOptions.default({}),
});

const undoInput = z.object({
  isDryRun: z.boolean().default(false),
  options: pushOptions.pick({ restart: true }).prefault({}),
  run: runOptions.default({}),
});

/** Each run starts a job and answers at once; the job's result is a `TrustRun`. */
export const trust = {
  /** A bare selection is the short form. */
  plan: procedure.input(z.union([deviceSelection, runInput])).output(started),
  push: procedure
    .input(
      runInput.extend({
        /** Plan only: nothing is written. */
        isDryRun: z.boolean().default(false),
        /** Added to `options.replace`. */
        replace: z.array(z.string()).default([]),
      }),
    )
    .output(started),
  verify: procedure.input(z.union([deviceSelection, runInput])).output(started),
  /** Takes back everything that stands on the devices, or with `jobId` what that run did and everything since. */
  undo: procedure
    .input(z.union([undoInput.extend({ selection: deviceSelection }), undoInput.extend({ jobId: id })]))
    .output(started),
  /**
   * How many devices an undo would go to, with `jobId` those on which something of that run stands, and whether an engine
   * on one of them must restart to forget the CA, as far as is known without looking there.
   */
  undoNeeds: procedure
    .input(z.union([z.object({ selection: deviceSelection }), z.object({ jobId: id })]))
    .output(z.object({ devices: z.int(), restart: z.boolean() })),
  /** The result of a run in pages, also while it runs. */
  result: procedure
    .input(
      z.object({
        jobId: id,
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(500).default(100),
        outcomes: z.array(runOutcome).optional(),
        /** Part of the device's name. */
        search: z.string().optional(),
        /** These devices only. */
        devices: z.array(id).max(500).optional(),
      }),
    )
    .output(
      z.object({
        devices: z.array(deviceRun),
        /** How many match. */
        total: z.int(),
        summary: trustSummary,
        seconds: z.number(),
      }),
    ),
  /** The devices of a run by what they need, the largest group first. */
  planGroups: procedure.input(z.object({ jobId: id })).output(z.array(planGroup)),
  /** What each device was last seen to trust; without a selection of all. */
  status: procedure
    .input(z.object({ selection: deviceSelection.optional() }).default({}))
    .output(trustStatus),
  /** Changes on devices, newest first; `after` goes on behind that entry. */
  journal: procedure
    .input(
      z
        .object({
          /** Id, name or address; one that was removed is found too. */
          device: z.string().optional(),
          selection: deviceSelection.optional(),
          after: z.int().optional(),
          limit: z.int().min(1).max(1000).default(200),
        })
        .prefault({}),
    )
    .output(z.array(journalEntry)),
  /** For auditors: everything, of the devices and since the time that are given; oldest first. */
  journalExport: procedure
    .input(
      z.object({
        format: z.enum(['csv', 'json']),
        selection: deviceSelection.optional(),
        /** What one run did. */
        jobId: id.optional(),
        since: instant.optional(),
      }),
    )
    .output(z.object({ text: z.string(), count: z.int() })),
  /** The very script a push runs, for a shell that SSH cannot reach. */
  script: procedure
    .input(z.object({ isUndo: z.boolean().default(false), options: pushOptions.prefault({}) }).prefault({}))
    .output(z.object({ script: z.string() })),
  history: procedure.input(z.object({ device: z.string() })).output(z.array(trustHistoryEntry)),
};
