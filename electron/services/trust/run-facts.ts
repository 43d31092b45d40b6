import { describeError, type AppErrorData, type ErrorCode, type ErrorDetails } from '#shared/errors.ts';
import type { ItemEnd } from '#electron/services/jobs/index.ts';
import { describeOffset } from './clock.ts';
import type { Report } from './report.ts';

export type TrustAction = 'plan' | 'push' | 'verify' | 'undo';

/** `later`: the same may succeed later. `absent`: so it may, but nobody answered at all. */
export type Retry = ItemEnd['retry'];

/** All that is known of one run on one device, to be put into words. */
export interface RunFacts {
  action: TrustAction;
  isDry: boolean;
  /** What must restart shall be. */
  isRestarting: boolean;
  device: { id: string; name: string; address: string; user: string };
  report: Report;
  /** The end of the script was heard. */
  isComplete: boolean;
  /** Why the run broke off, null when it did not. */
  failure: AppErrorData | null;
  /** Whether that failure may pass by itself. */
  failureRetry: Retry;
  isCancelled: boolean;
  /** Pulls that the registry has seen, as `pullKey` says them. */
  seen: ReadonlySet<string>;
  references: readonly string[];
  /** Digest of the probe. */
  digest: string;
  pullSeconds: number;
  /** Device clock minus ours, seconds. */
  offsetSeconds: number;
  /** False: nothing of ours was ever pushed there, or it was undone. */
  isPushed: boolean;
  now: Date;
}

/** An error of this run: its texts name the device and its user. */
export const tell = (run: RunFacts, code: ErrorCode, details: ErrorDetails = {}): AppErrorData =>
  describeError(code, { device: run.device.name, user: run.device.user, ...details });

/** The clock of the device stands where the certificate is not valid. */
export const clockError = (run: RunFacts): AppErrorData | null =>
  run.report.clock?.wrong ? tell(run, 'CLOCK_WRONG', describeOffset(run.offsetSeconds)) : null;

/** One pull of a run: a name, and the engine by its place among those that were asked. */
export const pullKey = ({ reference, slot }: { reference: string; slot: number }): string =>
  `${slot} ${reference}`;
