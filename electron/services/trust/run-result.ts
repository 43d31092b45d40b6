import { setImmediate as nextTurn } from 'node:timers/promises';
import { sharedTexts } from '#shared/causes.ts';
import { describeError } from '#shared/errors.ts';
import type { DeviceRun, PlanGroup, TrustRun } from '#shared/model/trust.ts';
import type { ItemResult, Jobs, RunTally } from '#electron/services/jobs/index.ts';

/** What stands for a device that yielded nothing: it was not begun, or not finished. */
const blank = ({ id, label, detail, state, message }: ItemResult): DeviceRun => {
  const { code, next } = describeError(state === 'failed' ? 'INTERNAL' : 'CANCELLED');
  return {
    id,
    name: label,
    address: detail,
    outcome: state === 'failed' ? 'failed' : 'cancelled',
    code,
    message: message || 'Not begun',
    next,
    written: false,
    proven: false,
    changes: [],
    proofs: [],
    warnings: [],
    targets: [],
    findings: [],
    seconds: 0,
    attempts: 0,
    wave: 0,
  };
};

/** The stored result was made by this app, so it is not parsed again: there may be thousands. */
const deviceOf = (item: ItemResult): DeviceRun => {
  const { attempts, wave } = item;
  return { ...blank(item), ...(item.result as DeviceRun | null), attempts, wave };
};

export const summaryOf = ({ outcomes }: RunTally): TrustRun['summary'] => {
  const count = (...names: (DeviceRun['outcome'] | '')[]): number =>
    names.reduce((sum, name) => sum + (outcomes[name] ?? 0), 0);
  return {
    total: Object.values(outcomes).reduce((sum, part) => sum + part, 0),
    changed: count('changed', 'planned'),
    unchanged: count('unchanged', 'verified'),
    failed: count('failed', 'drifted'),
    cancelled: count('cancelled'),
    notStarted: count(''),
  };
};

export const composeRun = (items: readonly ItemResult[], tally: RunTally): TrustRun => ({
  devices: items.map(deviceOf),
  summary: summaryOf(tally),
  seconds: tally.seconds,
});

const groupKey = ({ outcome, code, changes, findings }: DeviceRun): string =>
  JSON.stringify([
    outcome,
    code,
    changes.map(({ action, path, note }) => [action, path, note]),
    findings.map((finding) => [finding.code, finding.path, finding.canRepair]),
  ]);

const groupOf = ({ outcome, code, message, changes, findings }: DeviceRun): PlanGroup => {
  // Messages of errors name their device.
  const texts = code === null ? { title: message, next: '' } : sharedTexts(code);
  const isError = outcome === 'failed' || outcome === 'drifted' || outcome === 'cancelled';
  return {
    title: isError ? texts.title : message,
    outcome,
    code,
    next: texts.next,
    count: 0,
    changes: changes.map(({ action, kind, path, note }) => ({ action, kind, path, note })),
    findings,
    ids: [],
  };
};

const pageSize = 500;

/** Devices of a run by what they need, the largest group first. */
export const groupRun = async (jobs: Pick<Jobs, 'results'>, jobId: string): Promise<PlanGroup[]> => {
  const groups = new Map<string, PlanGroup>();
  for (let offset = 0, total = 1; offset < total; offset += pageSize) {
    const page = jobs.results(jobId, {}, { offset, limit: pageSize });
    total = page.total;
    for (const device of page.items.map(deviceOf)) {
      const key = groupKey(device);
      const group = groups.get(key) ?? groupOf(device);
      group.count += 1;
      group.ids.push(device.id);
      groups.set(key, group);
    }
    await nextTurn();
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
};

/** One page of a run's result. */
export const pageOf = (
  jobs: Pick<Jobs, 'results' | 'tally'>,
  query: {
    jobId: string;
    offset: number;
    limit: number;
    outcomes?: string[];
    search?: string;
    devices?: string[];
  },
) => {
  const { jobId, offset, limit, outcomes, search, devices: ids } = query;
  const { items, total } = jobs.results(jobId, { outcomes, search, ids }, { offset, limit });
  const tally = jobs.tally(jobId);
  return { devices: items.map(deviceOf), total, summary: summaryOf(tally), seconds: tally.seconds };
};
