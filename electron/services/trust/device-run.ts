import { randomBytes } from 'node:crypto';
import { AppError, describeError, type AppErrorData } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceRun } from '#shared/model/trust.ts';
import { explainRun } from './explain.ts';
import { factsOf } from './facts.ts';
import type { History } from './history.ts';
import type { TrustLimits, TrustNeeds, TrustSession } from './needs.ts';
import { readReport, scriptRecord, type ScriptRecord } from './report.ts';
import type { RunFacts, TrustAction } from './run-facts.ts';
import { buildBody } from './script/build.ts';
import type { Desired } from './script/desired.ts';
import { trustPatch } from './trust-state.ts';
import { mergeUndo, undoOf, type UndoData } from './undo-data.ts';
import type { Wanted } from './wanted.ts';

/** What one run wants of its devices. */
export interface RunOrder {
  jobId: string;
  action: TrustAction;
  isDry: boolean;
  /** Paths of foreign files whose removal was confirmed. */
  replace: readonly string[];
  wanted: Wanted;
  signal: AbortSignal;
}

export interface RunTools {
  needs: TrustNeeds;
  history: History;
  limits: TrustLimits;
  now: () => Date;
}

/** What came of one device: the result, and its error with all its texts. */
export interface DeviceEnd {
  result: DeviceRun;
  error: AppErrorData | null;
}

const scriptSeconds = 120;

const isProving = ({ action, isDry }: RunOrder): boolean =>
  !isDry && (action === 'push' || action === 'verify');

const phaseAfter: Partial<Record<ScriptRecord['kind'], string>> = {
  clock: 'Look',
  looked: 'Plan',
  decided: 'Write',
  verified: 'Prove',
  engine: 'Prove',
};

/** Any error as data; one nobody knows keeps its details in the log under a reference. */
const dataOf = (error: unknown, { needs }: RunTools, device: Device): AppErrorData => {
  if (error instanceof AppError) return error.data;
  const reference = randomBytes(4).toString('hex');
  needs.log.area('trust').error('a device failed unexpectedly', { reference, device: device.name, error });
  return describeError('INTERNAL', { reference }, reference);
};

const bodyOf = (
  order: RunOrder,
  device: Device,
  probe: { repository: string; tags: string[] },
  standing: readonly UndoData[],
  limits: TrustLimits,
): string => {
  const { action, isDry, wanted } = order;
  const isUndo = action === 'undo';
  const desired: Desired = {
    ...wanted,
    mode: isUndo ? 'undo' : isDry ? 'plan' : action,
    isDry,
    references: wanted.references.flatMap((reference, index) => {
      const tag = probe.tags[index];
      return tag === undefined ? [] : [{ reference, tag }];
    }),
    probe: probe.repository,
    pullSeconds: limits.pullSeconds,
    confirmed: order.replace,
    known: standing.map(({ caSha256 }) => caSha256),
    restore: isUndo ? mergeUndo(standing) : [],
    sweep: standing.some(({ isComplete }) => !isComplete),
    wantsFacts: device.facts === null,
  };
  return buildBody(desired);
};

/** Bytes that the app has recorded now need not lie on the device any longer; next time is early enough. */
const release = async (session: TrustSession, order: RunOrder, tools: RunTools, device: Device) => {
  const { wanted, signal } = order;
  const body = buildBody({ ...wanted, mode: 'release', references: [], probe: '', pullSeconds: 1 });
  await session.run(body, { signal, timeoutMs: scriptSeconds * 1000 }).catch((error: unknown) => {
    tools.needs.log
      .area('trust')
      .warn('kept files stay on the device for now', { device: device.name, error });
  });
};

/**
 * Runs one order on one device over one connection. Never throws: a device that fails is a result.
 * @param onPhase gets a human title whenever the next phase begins
 */
export const runOnDevice = async (
  device: Device,
  order: RunOrder,
  tools: RunTools,
  onPhase: (title: string) => void,
): Promise<DeviceEnd> => {
  const { needs, history, limits, now } = tools;
  const { action, isDry, wanted, signal, jobId } = order;
  const { proofs } = needs.registry;
  const records: ScriptRecord[] = [];
  const isRecorded = !isDry && action !== 'plan';
  const standing = history.standing(device.id);
  const facts: RunFacts = {
    action,
    isDry,
    device: { id: device.id, name: device.name, address: device.address, user: device.user },
    report: readReport([]),
    isComplete: false,
    failure: null,
    isCancelled: false,
    seen: new Set(),
    references: wanted.references,
    digest: '',
    pullSeconds: limits.pullSeconds,
    offsetSeconds: 0,
    isPushed: device.trust.state !== 'none',
    now: now(),
  };
  let row: number | null = null;
  let session: TrustSession | null = null;
  let tags: string[] = [];

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

  const proofsSeen = async (repositoryTags: readonly string[]): Promise<Set<string>> => {
    const pulled = readReport(records).pulls.filter(({ status }) => status === 0);
    const seen = await Promise.all(
      pulled.map(async ({ reference }) => {
        const tag = repositoryTags[wanted.references.indexOf(reference)];
        const record = tag && (await proofs.wait(tag, { timeoutMs: limits.proofMs, signal }));
        return record ? [reference] : [];
      }),
    );
    return new Set(seen.flat());
  };

  try {
    signal.throwIfAborted();
    if (action === 'undo' && standing.length === 0) facts.isComplete = true;
    else {
      onPhase('Connect');
      session = await needs.devices.connect(device.id, { signal, onPhase });
      const probe = isProving(order)
        ? await proofs.issue(wanted.references.length)
        : { repository: '', digest: '', tags: [] };
      tags = probe.tags;
      facts.digest = probe.digest;
      if (action === 'push' && !isDry) {
        row = history.begin(device.id, jobId, { entries: [], caSha256: wanted.caSha256, isComplete: false });
      }
      const timeoutMs = (scriptSeconds + (isProving(order) ? limits.pullSeconds : 0)) * 1000;
      const body = bodyOf(order, device, probe, standing, limits);
      const end = await session.run(body, { signal, timeoutMs, onRecord });
      facts.isComplete = end.isComplete;
      facts.seen = await proofsSeen(tags);
    }
  } catch (error) {
    facts.isCancelled = signal.aborted;
    if (!signal.aborted) facts.failure ??= dataOf(error, tools, device);
  }
  if (tags.length > 0) proofs.withdraw(tags);

  facts.report = readReport(records);
  facts.now = now();
  const { result, error } = explainRun(facts);
  if (isRecorded) {
    onPhase('Record');
    record();
  }
  const seen = factsOf(device.facts, facts.report, {
    ...wanted,
    offsetSeconds: facts.offsetSeconds,
    now: facts.now,
  });
  if (seen) needs.devices.saveFacts(device.id, seen);
  if (session && isRecorded && facts.isComplete && facts.report.before.length > 0) {
    await release(session, order, tools, device);
  }
  session?.close();
  return { result, error };

  function record(): void {
    const isUndone = action === 'undo' && facts.isComplete && !facts.report.problem && !facts.failure;
    const undo = undoOf(facts.report, { caSha256: wanted.caSha256, isComplete: facts.isComplete });
    const hasBegun = row !== null && records.length > 0;
    const leaves = hasBegun && (undo.entries.length > 0 || !undo.isComplete);
    history.record(
      { row, deviceId: device.id, jobId, action: action as 'push' },
      result,
      leaves ? undo : null,
    );
    if (isUndone) history.settle(device.id);
    const canUndo = history.standing(device.id).length > 0;
    needs.devices.saveTrust(device.id, trustPatch(facts, result, error, canUndo));
  }
};
