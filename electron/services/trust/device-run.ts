import type { AppErrorData } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceRun } from '#shared/model/trust.ts';
import { explainRun } from './explain.ts';
import { factsOf } from './facts.ts';
import type { TrustSession } from './needs.ts';
import { isRecorded, type RunOrder, type RunTools } from './order.ts';
import { buildScript } from './script/build.ts';
import type { Retry, RunFacts } from './run-facts.ts';
import { trustPatch } from './trust-state.ts';
import { undoOf } from './undo-data.ts';
import { chosenBy } from './wanted.ts';
import { visitDevice, type Visit } from './visit.ts';

/** What came of one device: the result, and its error with all its texts. */
export interface DeviceEnd {
  result: DeviceRun;
  error: AppErrorData | null;
  retry: Retry;
}

const releaseMs = 30_000;

/** Problems told by the script that may be gone at the next try. */
const passing: readonly string[] = ['DEVICE_BUSY'];

/** Bytes that the app has recorded need not lie on the device any longer; the next run is early enough. */
const release = async (
  session: TrustSession,
  { wanted, options, signal }: RunOrder,
  { needs }: RunTools,
  { name: device, hasUsers: withUsers }: { name: string; hasUsers: boolean },
) => {
  const { pin } = chosenBy(options, wanted.references);
  const asked = { references: [], probe: '', pullSeconds: 1, pin, withUsers };
  const { body, functions } = buildScript({ ...wanted, ...asked, mode: 'release' });
  await session.run(body, { signal, timeoutMs: releaseMs, functions }).catch((error: unknown) => {
    needs.log.area('trust').warn('kept files stay on the device for now', { device, error });
  });
};

/** Only what stopped the whole visit may pass by itself. */
const retryOf = ({ isCancelled, failure, failureRetry, report }: RunFacts): Retry => {
  if (isCancelled) return 'never';
  if (failure) return failureRetry;
  if (report.busy) return 'later';
  return report.problem && passing.includes(report.problem.code) ? 'later' : 'never';
};

/** History and state of the device, in this order: what was changed must be known before anything else. */
const record = (
  device: Device,
  { facts, row, mayHaveRun }: Visit,
  order: RunOrder,
  tools: RunTools,
  end: DeviceEnd,
): void => {
  const { history, journal, needs } = tools;
  const { action, jobId, wanted } = order;
  if (action === 'plan') return;
  const deviceId = facts.device.id;
  const undo = undoOf(facts.report, { caSha256: wanted.caSha256, isComplete: facts.isComplete });
  const stands =
    action === 'push' && row !== null && mayHaveRun && (undo.entries.length > 0 || !undo.isComplete);
  const { outcome } = end.result;
  // What it takes to undo is given up on the word of our script alone.
  const isUndone =
    action === 'undo' && facts.report.isUndone && (outcome === 'changed' || outcome === 'unchanged');
  const isHeard = facts.isComplete || !mayHaveRun;
  needs.store.sql.transaction(() => {
    history.record({ row, deviceId, jobId, action }, end.result, stands ? undo : null);
    if (action !== 'verify') journal.record({ jobId, action, isHeard }, end.result);
    if (isUndone) history.settle(deviceId, order.undoOf);
    const about = { canUndo: history.hasStanding(deviceId), fingerprint: wanted.fingerprint };
    needs.devices.saveTrust(deviceId, trustPatch(facts, end.result, end.error, about));
    const seen = factsOf(device.facts, facts.report, { ...wanted, ...facts });
    if (seen) needs.devices.saveFacts(deviceId, seen);
  });
};

/**
 * Carries out an order on one device and records what came of it. A device that fails is a result.
 * @param onPhase gets a human title whenever the next phase begins
 */
export const runOnDevice = async (
  device: Device,
  order: RunOrder,
  tools: RunTools,
  onPhase: (title: string) => void,
): Promise<DeviceEnd> => {
  const visit = await visitDevice(device, order, tools, onPhase);
  const { facts, session, hasUsers } = visit;
  try {
    const end = { ...explainRun(facts), retry: retryOf(facts) };
    if (!isRecorded(order)) return end;
    // What failed keeps the phase in which it did.
    if (end.error === null) onPhase('Record');
    record(device, visit, order, tools, end);
    const hasKept = facts.isComplete && facts.report.before.length > 0;
    if (session && hasKept) await release(session, order, tools, { name: device.name, hasUsers });
    return end;
  } finally {
    session?.close();
  }
};
