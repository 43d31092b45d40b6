import { AppError, describeError, type AppErrorData } from '#shared/errors.ts';
import type { JobState, JobSummary } from '#shared/model/jobs.ts';
import type { Log } from '#electron/log.ts';
import type { Sql } from '#electron/store/index.ts';
import { createBoard, newEntry } from './board.ts';
import { failedEnd, runFleet, type FleetEnd, type ItemWork } from './fleet.ts';
import { createGate, HeldBack } from './gate.ts';
import { goesOn, newLive, type Live, type Lives } from './live.ts';
import { summaryOf, type JobRecord, type JobRecords } from './records.ts';
import type { ItemRows } from './rows.ts';
import type { RunKind, RunStart } from './types.ts';
import { planWaves } from './waves.ts';

interface RunNeeds {
  sql: Pick<Sql, 'transaction'>;
  kinds: ReadonlyMap<string, RunKind>;
  records: JobRecords;
  rows: ItemRows;
  lives: Lives;
  log: Log;
  now: () => Date;
  open(about: Pick<JobRecord, 'kind' | 'title' | 'total' | 'run'>): JobRecord;
  finish(live: Live, state: JobState, error: AppErrorData | null): void;
  explain(error: unknown, log: Log): AppErrorData;
}

/** Wave of each position. */
function* waveNumbers(sizes: readonly number[]): Generator<number, void> {
  for (const [wave, size] of sizes.entries()) for (let count = 0; count < size; count += 1) yield wave;
}

/** Jobs that do one thing to each of many items. */
export const createRuns = (needs: RunNeeds) => {
  const { sql, kinds, records, rows, lives, log, open, finish, explain } = needs;

  const kindOf = ({ kind }: { kind: string }): RunKind => {
    const how = kinds.get(kind);
    if (!how) throw new Error(`nobody said how runs of kind ${kind} are done`);
    return how;
  };

  const stopNote = ({ board, record }: Live): string => {
    const { failed, waiting } = board.counts();
    const allowed = record.run?.options.waves?.stopAfter ?? 0;
    return `Stopped: ${failed} failed, and no more than ${allowed} may. ${waiting} were not begun.`;
  };

  const pauseNote = ({ board }: Live): string => {
    const waves = board.waves(false);
    const done = waves.filter(({ state }) => state === 'done').length;
    return waves.length > 1 && waves.every(({ state }) => state === 'done' || state === 'waiting')
      ? `Paused after wave ${done} of ${waves.length}.`
      : 'Paused.';
  };

  const conclude = (live: Live, end: FleetEnd): void => {
    const { record, board, abort } = live;
    if (record.run) record.run.activeMs += performance.now() - live.since;
    if (end === 'aborted') {
      const error =
        abort.signal.reason instanceof AppError ? abort.signal.reason.data : describeError('CANCELLED');
      return finish(live, error.code === 'INTERRUPTED' ? 'interrupted' : 'cancelled', error);
    }
    if (end === 'paused') {
      record.note = pauseNote(live);
      return finish(live, 'paused', null);
    }
    record.note = end === 'stopped' ? stopNote(live) : '';
    finish(live, board.counts().failed > 0 ? 'failed' : 'succeeded', null);
  };

  const begin = (live: Live, work: ItemWork): void => {
    const { record, board, abort, gate } = live;
    const safe: ItemWork = (item, tools) =>
      work(item, tools).catch((error: unknown) => {
        if (error instanceof HeldBack) throw error;
        return failedEnd(explain(error, log));
      });
    lives.add(live);
    // A turn later, so that the caller has the id before the first change is seen.
    live.ended = Promise.resolve()
      .then(() =>
        runFleet({
          jobId: record.id,
          board,
          options: record.run?.options ?? {},
          work: safe,
          gate: gate ?? createGate(),
          signal: abort.signal,
          onChange: () => lives.changed(live),
        }),
      )
      .then(
        (end) => conclude(live, end),
        (error: unknown) => finish(live, 'failed', explain(error, log)),
      );
  };

  const run = async ({ kind, order, items, options }: RunStart): Promise<JobSummary> => {
    // To a script, a misspelt group must not look like a fleet where all went well.
    if (items.length === 0) throw new AppError('NO_DEVICES');
    const how = kindOf({ kind });
    const work = await how.prepare(order);
    const title = how.title(order, items);
    const record = open({ kind, title, total: items.length, run: { order, options, activeMs: 0 } });
    const waves = [...waveNumbers(planWaves(items.length, options.waves ?? { waves: [] }))];
    const entries = items.map((item, position) => newEntry(item, position, waves[position] ?? 0));
    sql.transaction(() => {
      records.save(record);
      rows.insert(
        record.id,
        entries.map((entry, position) => ({ ...entry, detail: items[position]?.detail ?? '' })),
      );
    });
    begin(newLive(record, createBoard(entries), createGate()), work);
    return summaryOf(record);
  };

  return {
    run,

    pause(id: string, when: 'now' | 'wave' = 'now'): void {
      const live = lives.get(id);
      const { title } = live?.record ?? records.get(id);
      if (!live?.gate || live.record.state !== 'running') throw new AppError('JOB_NOT_PAUSABLE', { title });
      if (when === 'now') live.gate.close();
      else live.gate.closeAfterWave();
      lives.changed(live);
    },

    async resume(id: string): Promise<void> {
      lives.writeLate(id);
      const toResume = (): JobRecord => {
        const stored = lives.get(id)?.record ?? records.get(id);
        if (stored.run !== null && stored.state !== 'running' && goesOn(stored)) return stored;
        throw new AppError('JOB_NOT_RESUMABLE', { title: stored.title });
      };
      const found = toResume();
      const work = await kindOf(found).prepare(found.run?.order);
      // Someone else may have been faster, to resume it or to cancel it.
      if (lives.get(id)) return;
      const record: JobRecord = { ...toResume(), state: 'running', endedAt: null, error: null, note: '' };
      records.save(record);
      begin(newLive(record, createBoard(rows.load(id)), createGate()), work);
    },

    async retry(id: string, code?: string): Promise<JobSummary> {
      lives.writeLate(id);
      const { run: kept, kind, title } = lives.get(id)?.record ?? records.get(id);
      const states = code === undefined ? (['failed', 'cancelled'] as const) : (['failed'] as const);
      const { items } = rows.results(id, { states, code }, { offset: 0, limit: -1 });
      if (kept === null || items.length === 0) throw new AppError('NOTHING_TO_RETRY', { title });
      return run({ kind, order: kept.order, options: kept.options, items });
    },

    /** Of a job that nobody resumed. */
    giveUp(id: string): void {
      const record = records.get(id);
      const error = describeError('CANCELLED');
      sql.transaction(() => {
        rows.cancelOpen(id, error.title);
        records.save({ ...record, ...rows.sums(id), state: 'cancelled', error });
      });
      lives.tell(id);
    },
  };
};
