import type { AppErrorData } from '#shared/errors.ts';
import type { RecordedTrust } from '#shared/model/devices.ts';
import type { DeviceRun } from '#shared/model/trust.ts';
import type { RunFacts } from './run-facts.ts';

const stateAfter = ({ isPushed }: RunFacts, { outcome, proven }: DeviceRun): RecordedTrust['state'] => {
  if (outcome === 'failed') return 'failed';
  if (outcome === 'drifted') return isPushed ? 'drifted' : 'none';
  return proven ? 'proven' : 'unproven';
};

/** How the trust of a device stands after a run that was not merely a plan. */
export const trustPatch = (
  run: RunFacts,
  result: DeviceRun,
  error: AppErrorData | null,
  { canUndo, fingerprint }: { canUndo: boolean; fingerprint: string },
): Partial<RecordedTrust> => {
  const at = run.now.toISOString();
  const { outcome, warnings } = result;
  // What no engine was asked for is known by the files alone, and these only where the run left them right.
  const isInPlace = result.written && outcome !== 'failed';
  const proofs = result.proofs.map((one) => {
    const isKnown = one.isProven || (isInPlace && one.level !== 'engine');
    return { ...one, fingerprint: isKnown ? fingerprint : null };
  });
  if (outcome === 'cancelled') return { lastRunAt: at, canUndo };
  if (run.action === 'undo') {
    if (outcome === 'failed') {
      const isFlawed = run.report.flaws.length > 0;
      return {
        ...{ lastRunAt: at, canUndo, error },
        // Our files are gone all the same.
        ...(isFlawed && { state: 'failed' as const, proofs: [], warnings, lastProofAt: null }),
      };
    }
    const state = canUndo ? 'unproven' : 'none';
    return { state, error: null, proofs: [], warnings, lastRunAt: at, lastProofAt: null, canUndo };
  }
  return {
    state: stateAfter(run, result),
    error,
    proofs,
    warnings,
    lastRunAt: at,
    ...(result.proven && { lastProofAt: at }),
    canUndo,
  };
};
