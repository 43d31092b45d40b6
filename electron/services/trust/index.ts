import type { z } from 'zod';
import type { trust as contract } from '#shared/contract/trust.ts';
import { AppError } from '#shared/errors.ts';
import { runOptions } from '#shared/model/jobs.ts';
import {
  deviceSelection,
  pushOptions,
  type DeviceRun,
  type JournalEntry,
  type PlanGroup,
  type PushOptions,
  type TrustHistoryEntry,
  type TrustRun,
  type TrustStatus,
} from '#shared/model/trust.ts';
import { createHistory } from './history.ts';
import { createJournal } from './journal.ts';
import { journalCsv, journalJson } from './journal-export.ts';
import { defaultLimits, type Chosen, type TrustNeeds } from './needs.ts';
import { operatorName } from './operator.ts';
import type { StoredOrder } from './order.ts';
import type { TrustAction } from './run-facts.ts';
import { mustAnyRestart } from './restarts.ts';
import { groupRun, pageOf } from './run-result.ts';
import { createRunKind } from './runs.ts';
import { exportScript } from './script/build.ts';
import { proofSlots } from './proof-slots.ts';
import { trustStatus } from './status.ts';
import { chosenBy, readWanted, refuseUnconstrained } from './wanted.ts';

export type { TrustNeeds, TrustSession } from './needs.ts';

/** As a caller gives it: what has a default may be missing. */
type Input<Procedure extends { '~orpc': { inputSchema?: z.ZodType } }> = z.input<
  NonNullable<Procedure['~orpc']['inputSchema']>
>;
type Started = Promise<{ jobId: string }>;

/** Trust on devices: what would change, change it, check it, take it back. */
export interface Trust {
  /** Starts a job whose result is a `TrustRun`. @throws AppError NOT_FOUND, CA_MISSING, NO_ADDRESS */
  plan(input: Input<typeof contract.plan>): Started;
  push(input: Input<typeof contract.push>): Started;
  verify(input: Input<typeof contract.verify>): Started;
  /** @throws AppError NOTHING_TO_UNDO also, when of that run nothing stands any more */
  undo(input: Input<typeof contract.undo>): Started;
  /** Where an undo goes, and whether it leaves engines that trust as before until they restart. @throws AppError NOT_FOUND */
  undoNeeds(input: Input<typeof contract.undoNeeds>): { devices: number; restart: boolean };
  result(input: z.output<NonNullable<(typeof contract.result)['~orpc']['inputSchema']>>): {
    devices: DeviceRun[];
    total: number;
    summary: TrustRun['summary'];
    seconds: number;
  };
  planGroups(input: { jobId: string }): Promise<PlanGroup[]>;
  /** The script of a push or an undo for a shell that SSH cannot reach. @throws AppError CA_MISSING */
  script(input: { isUndo: boolean; options?: PushOptions }): Promise<{ script: string }>;
  status(input: Input<typeof contract.status>): Promise<TrustStatus>;
  /** What was changed on devices, newest first. */
  journal(input: NonNullable<Input<typeof contract.journal>>): JournalEntry[];
  journalExport(input: Input<typeof contract.journalExport>): { text: string; count: number };
  /** Newest first. @throws AppError NOT_FOUND */
  history(input: { device: string }): TrustHistoryEntry[];
}

/** The exported script belongs to no run, so it pulls the tag that is always there. */
const standingTag = 'latest';

const actions: readonly TrustAction[] = ['plan', 'push', 'verify', 'undo'];

/** Creates the trust service of one app. */
export const createTrust = (needs: TrustNeeds): Trust => {
  const now = needs.now ?? (() => new Date());
  const limits = { ...defaultLimits, ...needs.limits };
  const history = createHistory(needs.store, now);
  const who = needs.who ?? operatorName();
  const journal = createJournal({ sql: needs.store.sql, who, now });
  const kind = createRunKind({ needs, history, journal, limits, now });
  journal.pickUp();
  for (const action of actions) needs.jobs.define(`trust.${action}`, kind);

  const start = async (
    action: TrustAction,
    devices: readonly Chosen[],
    given: {
      isDryRun?: boolean | undefined;
      options?: z.input<typeof pushOptions> | undefined;
      run?: z.input<typeof runOptions> | undefined;
    },
    undoOf: string | null = null,
  ): Started => {
    const run = runOptions.parse(given.run ?? {});
    const options = pushOptions.parse(given.options ?? {});
    await refuseUnconstrained(needs.pki, options);
    const order: StoredOrder = {
      action,
      isDry: given.isDryRun ?? false,
      options,
      undoOf,
      isHere: devices.every(({ isSimulated }) => Boolean(isSimulated)),
      acceptNewHostKeys: run.acceptNewHostKeys ?? false,
    };
    const items = devices.map(({ id, name, address }) => ({ id, label: name, detail: address }));
    const { id } = await needs.jobs.run({ kind: `trust.${action}`, order, items, options: run });
    return { jobId: id };
  };

  const choose = (selection: z.input<typeof deviceSelection>): Chosen[] =>
    needs.devices.choose(deviceSelection.parse(selection));

  const look = async (action: 'plan' | 'verify', input: Input<typeof contract.plan>): Started =>
    'selection' in input ? start(action, choose(input.selection), input) : start(action, choose(input), {});

  const idsOf = (selection: z.input<typeof deviceSelection> | undefined): string[] | null =>
    selection === undefined || 'all' in selection ? null : choose(selection).map(({ id }) => id);

  const devicesOf = (jobId: string): Chosen[] => {
    const devices = history.devicesOf(jobId);
    return devices.length === 0 ? [] : needs.devices.choose({ devices });
  };

  // Everything that may fail is told through the promise.
  return {
    plan: (input) => look('plan', input),
    async push({ selection, replace = [], ...input }) {
      const options = { ...input.options, replace: [...(input.options?.replace ?? []), ...replace] };
      return start('push', choose(selection), { ...input, options });
    },
    verify: (input) => look('verify', input),
    async undo(input) {
      if ('selection' in input) return start('undo', choose(input.selection), input);
      const devices = devicesOf(input.jobId);
      if (devices.length === 0) throw new AppError('NOTHING_TO_UNDO', { device: 'the devices of this run' });
      return start('undo', devices, input, input.jobId);
    },
    undoNeeds(input) {
      const [devices, since] =
        'selection' in input ? [choose(input.selection), null] : [devicesOf(input.jobId), input.jobId];
      const anchored = history.anchored(
        devices.map(({ id }) => id),
        since,
      );
      return {
        devices: devices.length,
        restart: mustAnyRestart(anchored, (ids) => needs.devices.select({ devices: ids })),
      };
    },
    result: (query) => pageOf(needs.jobs, query),
    planGroups: ({ jobId }) => groupRun(needs.jobs, jobId),
    async script({ isUndo, options = pushOptions.parse({}) }) {
      await refuseUnconstrained(needs.pki, options);
      const wanted = await readWanted(needs);
      const references = wanted.references.map((reference) => ({
        reference,
        tags: Array.from({ length: proofSlots }, () => standingTag),
      }));
      const mode = isUndo ? 'undo' : 'push';
      const probe = 'mooring/probe';
      const { pullSeconds } = limits;
      return {
        script: exportScript({
          ...wanted,
          ...chosenBy(options, wanted.references),
          ...{ mode, references, probe, pullSeconds, sweep: isUndo, who: operatorName() },
        }),
      };
    },
    async status(input) {
      const chosen = choose(input?.selection ?? { all: true });
      return trustStatus(
        chosen.map(({ id }) => id),
        (ids) => needs.devices.select({ devices: ids }),
      );
    },
    journal: ({ selection, limit = 200, ...query }) =>
      journal.list({ ...query, devices: idsOf(selection), limit }),
    journalExport({ format, selection, jobId, since }) {
      const entries = journal.list({ devices: idsOf(selection), jobId, since, limit: -1 }).reverse();
      const text = format === 'csv' ? journalCsv(entries) : journalJson(entries);
      return { text, count: entries.length };
    },
    history: ({ device }) => history.list(needs.devices.get(device).id),
  };
};
