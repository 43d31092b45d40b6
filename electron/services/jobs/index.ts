import { randomBytes } from 'node:crypto';
import { AppError, type AppErrorData, describeError } from '#shared/errors.ts';
import type { JobItem, JobState, JobSummary, JobView } from '#shared/model/jobs.ts';
import type { Store } from '#electron/store/index.ts';
import { isDiskFull } from '#electron/store/disk-full.ts';
import type { Log } from '#electron/log.ts';
import { watching } from '#electron/watching.ts';
import { createBoard, itemOf, newEntry, sumsOf } from './board.ts';
import { createLives, goesOn, newLive, viewOf, type Live } from './live.ts';
import { createRecords, summaryOf, type JobRecord } from './records.ts';
import { createItemRows, type Page } from './rows.ts';
import { createRuns } from './runs.ts';
import type { JobContext, Jobs, JobStart, RunKind, RunTally } from './types.ts';

export type { ItemEnd, ItemTools, ItemWork } from './fleet.ts';
export { HeldBack } from './gate.ts';
export { retryOf } from './tries.ts';
export type { ItemFilter, ItemResult, Page } from './rows.ts';
export type { JobContext, Jobs, JobStart, RunItem, RunKind, RunTally } from './types.ts';

const watchIntervalMs = 100;
const everything: Page = { offset: 0, limit: -1 };
/** Item rows kept in the database, over all jobs. */
const keptItems = 200_000;

/** Translates whatever a job threw; an unknown error keeps its details in the log under a reference. */
const explain = (error: unknown, log: Log): AppErrorData => {
  if (error instanceof AppError) return error.data;
  if (isDiskFull(error)) return describeError('HOME_DISK_FULL');
  const reference = randomBytes(4).toString('hex');
  log.error('a job failed unexpectedly', { reference, error });
  return describeError('INTERNAL', { reference }, reference);
};

/**
 * Creates the jobs of one app. Jobs that the last run of the app left unfinished become `interrupted`.
 * @param keep ended jobs kept in the database
 */
export const createJobs = (needs: {
  store: Pick<Store, 'sql'>;
  log: Log;
  now?: () => Date;
  keep?: number;
}): Jobs => {
  const { now = () => new Date(), keep = 500 } = needs;
  const { sql } = needs.store;
  const log = needs.log.area('jobs');
  const records = createRecords(sql);
  const rows = createItemRows(sql);
  const lives = createLives({ records, rows, log });
  const kinds = new Map<string, RunKind>();

  const interruptOrphans = (): void => {
    const error = describeError('INTERRUPTED');
    for (const record of records.inState('running')) {
      sql.transaction(() => {
        if (record.run) rows.reopen(record.id, error.title);
        else rows.cancelOpen(record.id, error.title);
        records.save({
          ...record,
          ...rows.sums(record.id),
          state: 'interrupted',
          endedAt: now().toISOString(),
          error,
        });
      });
    }
  };

  const open = (about: Pick<JobRecord, 'kind' | 'title' | 'total' | 'run'>): JobRecord => ({
    ...about,
    id: randomBytes(6).toString('hex'),
    state: 'running',
    startedAt: now().toISOString(),
    endedAt: null,
    done: 0,
    failed: 0,
    error: null,
    result: null,
    note: '',
  });

  const finish = (live: Live, state: JobState, error: AppErrorData | null): void => {
    const { record, board } = live;
    const { title } = error ?? describeError('CANCELLED');
    Object.assign(record, { state, error, endedAt: now().toISOString() });
    if (!goesOn(record)) board.cancelOpen(title);
    lives.settle(live);
    if (!lives.get(record.id)) records.prune({ jobs: keep, items: keptItems });
    const { id, done, failed } = record;
    log.info(`${record.title}: ${state}`, { id, done, failed });
  };

  const runs = createRuns({ sql, kinds, records, rows, lives, now, log, open, finish, explain });

  const start = <R>(about: JobStart, work: (context: JobContext) => Promise<R>): JobSummary => {
    const items = about.items ?? [];
    const record = open({ kind: about.kind, title: about.title, total: items.length, run: null });
    const live = newLive(
      record,
      createBoard(items.map((item, position) => newEntry(item, position, 0))),
      null,
    );
    const { board, abort } = live;
    const context: JobContext = {
      id: record.id,
      signal: abort.signal,
      item(id, patch) {
        board.change(id, patch.state === 'running' ? { ...patch, attempts: 1 } : patch);
        lives.changed(live);
      },
    };
    sql.transaction(() => {
      records.save(record);
      rows.insert(
        record.id,
        items.map((item, position) => ({ ...newEntry(item, position, 0), detail: '' })),
      );
    });
    lives.add(live);
    // A turn later, so that the caller has the id before the first change is seen.
    live.ended = Promise.resolve()
      .then(() => {
        abort.signal.throwIfAborted();
        return work(context);
      })
      .then(
        (result) => {
          record.result = result ?? null;
          const state = abort.signal.aborted
            ? 'cancelled'
            : board.counts().failed > 0
              ? 'failed'
              : 'succeeded';
          finish(live, state, state === 'cancelled' ? describeError('CANCELLED') : null);
        },
        (error: unknown) => {
          if (abort.signal.aborted) finish(live, 'cancelled', describeError('CANCELLED'));
          else finish(live, 'failed', explain(error, log));
        },
      );
    return summary(record.id);
  };

  const recordOf = (id: string): JobRecord => lives.get(id)?.record ?? records.get(id);

  const summary = (id: string): JobSummary => {
    const live = lives.get(id);
    if (!live) return summaryOf(records.get(id));
    const { record, board } = live;
    return { ...summaryOf(record), done: board.done(), failed: board.counts().failed };
  };

  const view = (id: string): JobView => {
    const live = lives.get(id);
    if (live) return viewOf(live, kinds.has(live.record.kind));
    const record = records.get(id);
    return viewOf({ record, board: sumsOf(rows.states(id)), gate: null }, kinds.has(record.kind));
  };

  /** Rows are asked, so what they lack yet is written first. */
  const written = (id: string): JobRecord => {
    const live = lives.get(id);
    if (live) lives.tryFlush(live);
    return recordOf(id);
  };

  const tally = (id: string): RunTally => {
    const { run, result } = written(id);
    const since = lives.get(id)?.since;
    const activeMs = (run?.activeMs ?? 0) + (since === undefined ? 0 : performance.now() - since);
    const stored = run === null && typeof result === 'object' && result !== null && 'seconds' in result;
    const seconds = stored ? Number(result.seconds) : Math.round(activeMs) / 1000;
    return { outcomes: rows.outcomes(id), seconds };
  };

  const watch = (id: string, signal?: AbortSignal): AsyncGenerator<JobView, void> => {
    recordOf(id);
    return watching({
      read: () => view(id),
      subscribe: (listener) => lives.subscribe(id, listener),
      isLast: ({ state, canResume }) => state !== 'running' && !canResume,
      intervalMs: watchIntervalMs,
      signal,
    });
  };

  const get: Jobs['get'] = (id) => {
    const record = written(id);
    const { error, result } = record;
    const kind = kinds.get(record.kind);
    const isOver = record.state !== 'running';
    const composed = kind && isOver ? kind.compose(rows.results(id, {}, everything).items, tally(id)) : null;
    return { ...summary(id), items: itemsOf(id), error, result: kind ? composed : result };
  };

  const itemsOf = (id: string): JobItem[] =>
    (lives.get(id)?.board.entries ?? rows.load(id)).map((entry) => structuredClone(itemOf(entry)));

  interruptOrphans();

  return {
    start,
    define: (kind, how) => void kinds.set(kind, how),
    run: runs.run,
    pause: (id, when) => {
      runs.pause(id, when);
      return summary(id);
    },
    resume: async (id) => {
      await runs.resume(id);
      return summary(id);
    },
    retry: runs.retry,
    watch,
    view,
    get,
    tally,
    items(id, filter, page) {
      written(id);
      const live = lives.get(id);
      const found = rows.page(id, filter, page);
      if (!live) return found;
      // Phases are in memory only.
      return { ...found, items: found.items.map((item) => live.board.item(item.id) ?? item) };
    },
    results(id, filter, page) {
      written(id);
      return rows.results(id, filter, page);
    },
    list: (limit = 50) => records.list(limit).map(({ id }) => summary(id)),
    cancel(id) {
      lives.writeLate(id);
      const live = lives.get(id);
      if (live) live.abort.abort(new AppError('CANCELLED'));
      else if (goesOn(records.get(id))) runs.giveUp(id);
      return summary(id);
    },
    async finished(id, signal) {
      for await (const { state } of watch(id, signal)) if (state !== 'running') return get(id);
      throw new AppError('CANCELLED');
    },
    running: () =>
      lives
        .all()
        .filter(({ record }) => record.state === 'running')
        .map(({ record }) => summary(record.id)),
    onChange: lives.observe,
    async close() {
      const all = lives.all();
      for (const live of all) live.abort.abort(new AppError(live.gate ? 'INTERRUPTED' : 'CANCELLED'));
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
};
