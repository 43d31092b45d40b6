import { describeError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import { HeldBack, retryOf } from '#electron/services/jobs/index.ts';
import type { TrustSession } from './needs.ts';
import { dataOf } from './failure.ts';
import { operatorName } from './operator.ts';
import { isProving, isRecorded, type RunOrder, type RunTools } from './order.ts';
import { readReport, scriptRecord, type ScriptRecord } from './report.ts';
import { pullKey, type RunFacts } from './run-facts.ts';
import { buildScript } from './script/build.ts';
import { proofSlots } from './proof-slots.ts';
import { isAnchor, mergeUndo, type UndoData } from './undo-data.ts';
import { chosenBy } from './wanted.ts';

/** What came of going to a device, before it is put into words. */
export interface Visit {
  facts: RunFacts;
  /** Still open, so that kept bytes can be released; null when there was no connection. */
  session: TrustSession | null;
  /** The row of the history that says a push or an undo began. */
  row: number | null;
  /** The script may have run, whether it was heard or not. */
  mayHaveRun: boolean;
  /** Users of the device have engines of their own. */
  hasUsers: boolean;
}

interface Probe {
  repository: string;
  digest: string;
  tags: string[];
}

const noProbe: Probe = { repository: '', digest: '', tags: [] };
const scriptSeconds = 120;

/** Failures that say for certain that the script did not begin. */
const neverRan = (code: string | undefined): boolean =>
  code !== undefined && (code === 'SCRIPT_NOT_RUN' || code.startsWith('SUDO_'));

const phaseAfter: Partial<Record<ScriptRecord['kind'], string>> = {
  clock: 'Look',
  looked: 'Plan',
  decided: 'Write',
  verified: 'Prove',
  engine: 'Prove',
};

/** Told by the device before, or by what was written there. */
const hasUsers = ({ facts }: Device, standing: readonly UndoData[]): boolean =>
  facts?.engines.some(({ user }) => user !== null) === true ||
  standing.some(({ entries }) => entries.some(({ user }) => user));

/** An earlier push put the CA into the trust store of the system: verify looks for it there, too. */
const hasAnchor = (standing: readonly UndoData[]): boolean =>
  standing.some(({ entries }) => entries.some(({ path }) => isAnchor(path)));

const scriptFor = (
  order: RunOrder,
  device: Device,
  probe: Probe,
  standing: readonly UndoData[],
  withUsers: boolean,
  { limits, history }: RunTools,
) => {
  const { action, isDry, wanted } = order;
  const isUndo = action === 'undo';
  // What earlier pushes left equals what this one did: it is swept only together with them.
  const isAll = order.undoOf === null || history.standing(device.id).length === standing.length;
  return buildScript({
    ...wanted,
    mode: isUndo ? 'undo' : isDry ? 'plan' : action,
    isDry,
    references: probeReferences(probe.tags, wanted.references),
    probe: probe.repository,
    pullSeconds: limits.pullSeconds,
    ...chosenBy(order.options, wanted.references),
    system: order.options.system || hasAnchor(standing),
    who: operatorName(),
    known: standing.map(({ caSha256 }) => caSha256),
    restore: isUndo ? mergeUndo(standing) : [],
    sweep: isAll && standing.some(({ isComplete }) => !isComplete),
    wantsFacts: device.facts === null,
    withUsers,
  });
};

/** Each name with its own tags, one for each engine that may be asked. */
const probeReferences = (tags: readonly string[], references: readonly string[]) =>
  tags.length === 0
    ? []
    : references.map((reference, index) => ({
        reference,
        tags: tags.slice(index * proofSlots, (index + 1) * proofSlots),
      }));

/** The tags whose pull the registry has a record of: the engine's word alone proves nothing. */
const pullsSeen = async (
  records: readonly ScriptRecord[],
  { tags }: Probe,
  { wanted, signal }: RunOrder,
  { needs, limits }: RunTools,
): Promise<Set<string>> => {
  const pulled = readReport(records).pulls.filter(({ status }) => status === 0);
  const seen = await Promise.all(
    pulled.map(async ({ reference, slot }) => {
      const index = wanted.references.indexOf(reference);
      const tag = index < 0 ? undefined : tags[index * proofSlots + slot];
      const options = { timeoutMs: limits.proofMs, signal };
      return tag && (await needs.registry.proofs.wait(tag, options)) ? [pullKey({ reference, slot })] : [];
    }),
  );
  return new Set(seen.flat());
};

const firstFacts = (
  device: Device,
  order: RunOrder,
  standing: readonly UndoData[],
  { limits, now }: RunTools,
): RunFacts => ({
  action: order.action,
  isDry: order.isDry,
  isRestarting: order.options.restart,
  device: { id: device.id, name: device.name, address: device.address, user: device.user },
  report: readReport([]),
  isComplete: false,
  failure: null,
  failureRetry: 'never',
  isCancelled: false,
  seen: new Set(),
  references: order.wanted.references,
  digest: '',
  pullSeconds: limits.pullSeconds,
  offsetSeconds: 0,
  isPushed: standing.length > 0 || !['none', 'failed'].includes(device.trust.state),
  now: now(),
});

/**
 * Goes to a device and runs the script of an order there, over one connection. What goes wrong on the way is among
 * the facts; it throws only when the history cannot be read. Close the session when it is no longer needed.
 * @param onPhase gets a human title whenever the next phase begins
 */
export const visitDevice = async (
  device: Device,
  order: RunOrder,
  tools: RunTools,
  onPhase: (title: string) => void,
): Promise<Visit> => {
  const { needs, history, now } = tools;
  const { action, wanted, signal, jobId } = order;
  const standing = history.standing(device.id, order.undoOf);
  const facts = firstFacts(device, order, standing, tools);
  const isKnown = hasUsers(device, standing);
  const visit: Visit = { facts, session: null, row: null, mayHaveRun: false, hasUsers: isKnown };
  const records: ScriptRecord[] = [];
  let probe = noProbe;
  let isSent = false;

  const onRecord = (raw: unknown): void => {
    const parsed = scriptRecord.safeParse(raw);
    if (!parsed.success) {
      facts.failure ??= describeError('DEVICE_OUTPUT_INVALID', { device: device.name });
      return;
    }
    const record = parsed.data;
    records.push(record);
    if (record.kind === 'clock') facts.offsetSeconds = Math.round(record.seconds - now().getTime() / 1000);
    const phase = phaseAfter[record.kind];
    if (phase && (phase !== 'Write' || action === 'push')) onPhase(phase);
  };

  try {
    signal.throwIfAborted();
    if (action === 'undo' && standing.length === 0) facts.isComplete = true;
    else {
      onPhase('Connect');
      const { held, enter, acceptNewHostKeys } = order;
      const way = { signal, onPhase, held, enter, acceptNewHostKeys, isKept: true };
      visit.session = await needs.devices.connect(device.id, way);
      if (isProving(order)) probe = await needs.registry.proofs.issue(wanted.references.length * proofSlots);
      facts.digest = probe.digest;
      if ((action === 'push' || action === 'undo') && isRecorded(order)) {
        const unknown = { entries: [], caSha256: wanted.caSha256, isComplete: false };
        visit.row = history.begin({ deviceId: device.id, jobId, action }, action === 'push' ? unknown : null);
      }
      const timeoutMs = (scriptSeconds + tools.limits.pullSeconds) * 1000;
      const run = (session: TrustSession) => {
        isSent = true;
        const { body, functions } = scriptFor(order, device, probe, standing, visit.hasUsers, tools);
        return session.run(body, { signal, timeoutMs, functions, onRecord });
      };
      let end = await run(visit.session);
      if (!visit.hasUsers && records.some(({ kind }) => kind === 'needsUsers')) {
        records.length = 0;
        visit.hasUsers = true;
        end = await run(visit.session);
      }
      facts.isComplete = end.isComplete;
      facts.seen = await pullsSeen(records, probe, order, tools);
    }
  } catch (error) {
    if (error instanceof HeldBack) throw error;
    facts.isCancelled = signal.aborted;
    facts.failureRetry = retryOf(error);
    if (!signal.aborted) facts.failure ??= dataOf(error, needs.log, device);
  }
  if (probe.tags.length > 0) needs.registry.proofs.withdraw(probe.tags);
  facts.report = readReport(records);
  facts.now = now();
  visit.mayHaveRun = records.length > 0 || (isSent && !neverRan(facts.failure?.code));
  return visit;
};
