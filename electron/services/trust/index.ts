import { AppError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import {
  pushOptions,
  type DeviceRun,
  type DeviceSelection,
  type PushOptions,
  type TrustHistoryEntry,
  type TrustRun,
} from '#shared/model/trust.ts';
import type { JobContext } from '#electron/services/jobs/index.ts';
import { runOnDevice, type DeviceEnd } from './device-run.ts';
import { dataOf, failedRun } from './failure.ts';
import { createHistory } from './history.ts';
import { defaultLimits, type TrustNeeds } from './needs.ts';
import type { RunOrder } from './order.ts';
import type { TrustAction } from './run-facts.ts';
import { exportScript } from './script/build.ts';
import { createTurns } from './turns.ts';
import { readWanted } from './wanted.ts';

export type { TrustNeeds, TrustSession } from './needs.ts';

/** Trust on devices: what would change, change it, check it, take it back. */
export interface Trust {
  /** Starts a job whose result is a `TrustRun`. @throws AppError NOT_FOUND, CA_MISSING, NO_ADDRESS */
  plan(selection: DeviceSelection): Promise<{ jobId: string }>;
  push(input: {
    selection: DeviceSelection;
    isDryRun: boolean;
    replace: readonly string[];
    options?: PushOptions;
  }): Promise<{ jobId: string }>;
  verify(selection: DeviceSelection): Promise<{ jobId: string }>;
  undo(input: { selection: DeviceSelection; isDryRun: boolean }): Promise<{ jobId: string }>;
  /** The script of a push or an undo for a shell that SSH cannot reach. @throws AppError CA_MISSING */
  script(input: { isUndo: boolean; options?: PushOptions }): Promise<{ script: string }>;
  /** Newest first. @throws AppError NOT_FOUND */
  history(input: { device: string }): TrustHistoryEntry[];
}

const titles: Record<TrustAction, string> = {
  plan: 'Plan trust on',
  push: 'Push trust to',
  verify: 'Verify trust on',
  undo: 'Undo trust on',
};

const carefully = pushOptions.parse({});

/** The exported script belongs to no run, so it pulls the tag that is always there. */
const standingTag = 'latest';

const itemState = {
  planned: 'succeeded',
  changed: 'succeeded',
  verified: 'succeeded',
  unchanged: 'unchanged',
  drifted: 'failed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

const summarise = (devices: readonly DeviceRun[]): TrustRun['summary'] => {
  const count = (...outcomes: DeviceRun['outcome'][]) =>
    devices.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    total: devices.length,
    changed: count('changed', 'planned'),
    unchanged: count('unchanged', 'verified'),
    failed: count('failed', 'drifted', 'cancelled'),
  };
};

/** Creates the trust service of one app. */
export const createTrust = (needs: TrustNeeds): Trust => {
  const now = needs.now ?? (() => new Date());
  const limits = { ...defaultLimits, ...needs.limits };
  const log = needs.log.area('trust');
  const history = createHistory(needs.store, now);
  const inTurn = createTurns();

  const runOne = async (
    chosen: Device,
    order: Omit<RunOrder, 'jobId' | 'signal'>,
    { id: jobId, signal, item }: JobContext,
  ): Promise<DeviceRun> => {
    const { id } = chosen;
    if (!signal.aborted) item(id, { state: 'running' });
    const onPhase = (phase: string) => item(id, { phase });
    const tools = { needs, history, limits, now };
    const go = async (): Promise<DeviceEnd> => {
      // Afresh: another run may have changed it while this one waited for its turn.
      const device = needs.devices.get(id);
      return runOnDevice(device, { ...order, jobId, signal }, tools, onPhase);
    };
    const { result, error } = await go().catch((problem: unknown): DeviceEnd => {
      const data = dataOf(problem, needs.log, chosen);
      return { result: failedRun(chosen, data), error: data };
    });
    item(id, { state: itemState[result.outcome], message: result.message, error });
    log.info(`${titles[order.action]} ${result.name}: ${result.outcome}`, { code: result.code, jobId });
    return result;
  };

  const runAll = async (
    chosen: readonly Device[],
    order: Omit<RunOrder, 'jobId' | 'signal'>,
    context: JobContext,
  ): Promise<TrustRun> => {
    const started = performance.now();
    const devices = await Promise.all(
      chosen.map((device) => inTurn(device.id, () => runOne(device, order, context))),
    );
    const seconds = Math.round(performance.now() - started) / 1000;
    return { devices, summary: summarise(devices), seconds };
  };

  const start = async (
    action: TrustAction,
    selection: DeviceSelection,
    { isDry = false, options = carefully }: { isDry?: boolean; options?: PushOptions } = {},
  ): Promise<{ jobId: string }> => {
    const chosen = needs.devices.select(selection);
    const wanted = await readWanted(
      needs,
      chosen.every(({ isSimulated }) => isSimulated),
    );
    if (action !== 'undo' && wanted.references.length === 0) throw new AppError('NO_ADDRESS');
    const [first] = chosen;
    const whom = chosen.length === 1 && first ? first.name : `${chosen.length} devices`;
    const title = `${isDry ? 'Dry run: ' : ''}${titles[action]} ${whom}`;
    const items = chosen.map(({ id, name }) => ({ id, label: name }));
    const { id } = needs.jobs.start({ kind: `trust.${action}`, title, items }, (context) =>
      runAll(chosen, { action, isDry, options, wanted }, context),
    );
    return { jobId: id };
  };

  return {
    plan: (selection) => start('plan', selection),
    push: ({ selection, isDryRun, replace, options = carefully }) =>
      start('push', selection, {
        isDry: isDryRun,
        options: { ...options, replace: [...options.replace, ...replace] },
      }),
    verify: (selection) => start('verify', selection),
    undo: ({ selection, isDryRun }) => start('undo', selection, { isDry: isDryRun }),
    async script({ isUndo }) {
      const wanted = await readWanted(needs);
      const references = wanted.references.map((reference) => ({ reference, tag: standingTag }));
      const mode = isUndo ? 'undo' : 'push';
      const probe = 'mooring/probe';
      const { pullSeconds } = limits;
      return { script: exportScript({ ...wanted, mode, references, probe, pullSeconds, sweep: isUndo }) };
    },
    history: ({ device }) => history.list(needs.devices.get(device).id),
  };
};
