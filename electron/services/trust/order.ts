import type { PushOptions } from '#shared/model/trust.ts';
import type { History } from './history.ts';
import type { TrustLimits, TrustNeeds } from './needs.ts';
import type { TrustAction } from './run-facts.ts';
import type { Wanted } from './wanted.ts';

/** What one run wants of its devices. */
export interface RunOrder {
  jobId: string;
  action: TrustAction;
  isDry: boolean;
  options: PushOptions;
  wanted: Wanted;
  signal: AbortSignal;
}

/** What a run works with. */
export interface RunTools {
  needs: TrustNeeds;
  history: History;
  limits: TrustLimits;
  now: () => Date;
}

/** The engine is asked to pull. */
export const isProving = ({ action, isDry }: RunOrder): boolean =>
  !isDry && (action === 'push' || action === 'verify');

/** The run counts in the history and in the state of the device. */
export const isRecorded = ({ action, isDry }: RunOrder): boolean => !isDry && action !== 'plan';
