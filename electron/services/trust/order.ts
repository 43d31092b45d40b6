import { z } from 'zod';
import { runOptions } from '#shared/model/jobs.ts';
import { pushOptions, type PushOptions } from '#shared/model/trust.ts';
import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { TrustLimits, TrustNeeds } from './needs.ts';
import type { TrustAction } from './run-facts.ts';
import type { Wanted } from './wanted.ts';

/** An order as it is stored with its job, so that the run can go on or be repeated. */
export const storedOrder = z.object({
  action: z.enum(['plan', 'push', 'verify', 'undo']),
  isDry: z.boolean(),
  options: pushOptions,
  /** Undo what this run did and everything since; null: everything. */
  undoOf: z.string().nullable(),
  /** All of them are played by this computer. */
  isHere: z.boolean(),
  acceptNewHostKeys: runOptions.shape.acceptNewHostKeys.unwrap(),
});
export type StoredOrder = z.infer<typeof storedOrder>;

/** What one run wants of its devices. */
export interface RunOrder {
  jobId: string;
  action: TrustAction;
  isDry: boolean;
  options: PushOptions;
  undoOf: string | null;
  acceptNewHostKeys: boolean;
  wanted: Wanted;
  signal: AbortSignal;
  /** Fires when a device that has no place yet shall wait. */
  held: AbortSignal;
  /** Waits for a place among the devices worked on at a time. */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** What a run works with. */
export interface RunTools {
  needs: TrustNeeds;
  history: History;
  journal: Journal;
  limits: TrustLimits;
  now: () => Date;
}

/** The engine is asked to pull. */
export const isProving = ({ action, isDry }: RunOrder): boolean =>
  !isDry && (action === 'push' || action === 'verify');

/** The run counts in the history and in the state of the device. */
export const isRecorded = ({ action, isDry }: RunOrder): boolean => !isDry && action !== 'plan';
