import { randomBytes } from 'node:crypto';
import { AppError, type AppErrorData, describeError } from '#shared/errors.ts';
import { job as jobModel, type Job, type JobItem, type JobSummary } from '#shared/model/jobs.ts';
import type { Store } from '#electron/store/index.ts';
import { isDiskFull } from '#electron/store/disk-full.ts';
import type { Log } from '#electron/log.ts';
import { watching } from '#electron/watching.ts';

/** What a running piece of work gets: how to be cancelled and how to say where it is. */
export interface JobContext {
  id: string;
  signal: AbortSignal;
  item(id: string, patch: Partial<Pick<JobItem, 'phase' | 'state' | 'message' | 'error' | 'progress'>>): void;
}

/** What a job is about before it runs. */
export interface JobStart {
  kind: Job['kind'];
  title: string;
  items?: readonly { id: string; label: string }[];
}

/** Long work: starts at once, is watched as whole states, cancelled by id, kept in the history. */
export interface Jobs {
  start<R>(about: JobStart, work: (context: JobContext) => Promise<R>): JobSummary;
  /** Newest first. */
  list(limit?: number): JobSummary[];
  get(id: string): Job;
  /** The whole job at once and after each change, at most ten times a second, until it has ended. */
  watch(id: string, signal?: AbortSignal): AsyncGenerator<Job, void>;
  /** Asks the work to stop; cancelling an ended job changes nothing. */
  cancel(id: string): JobSummary;
  /** The job once it has ended. */
  finished(id: string, signal?: AbortSignal): Promise<Job>;
  running(): JobSummary[];
  onChange(listener: () => void): () => void;
  /** Cancels what runs and waits for it. */
  close(): Promise<void>;
}

interface Running {
  job: Job;
  abort: AbortController;
  listeners: Set<() => void>;
  ended: Promise<void>;
}

const watchIntervalMs = 100;

const summarize = ({ items: _items, error: _error, result: _result, ...summary }: Job): JobSummary => summary;

const isOver = (state: JobItem['state']): boolean => state !== 'waiting' && state !== 'running';

const count = (job: Job): void => {
  job.done = job.items.filter((item) => isOver(item.state)).length;
  job.failed = job.items.filter((item) => item.state === 'failed').length;
};

/** Translates whatever a job threw; an unknown error keeps its details in the log under a reference. */
const explain = (error: unknown, log: Log): AppErrorData => {
  if (error instanceof AppError) return error.data;
  if (isDiskFull(error)) return describeError('HOME_DISK_FULL');
  const reference = randomBytes(4).toString('hex');
  log.error('a job failed unexpectedly', { reference, error });
  return describeError('INTERNAL', { reference }, reference);
};

/**
 * Creates the jobs of one app. Jobs that the last run left unfinished become `interrupted`.
 * @param keep ended jobs kept in the database
 */
export const createJobs = (needs: {
  store: Pick<Store, 'sql'>;
  log: Log;
  now?: () => Date;
  keep?: number;
}): Jobs => {
  const { store, now = () => new Date(), keep = 500 } = needs;
  const log = needs.log.area('jobs');
  const running = new Map<string, Running>();
  const observers = new Set<() => void>();

  const changed = (entry?: Running): void => {
    for (const listener of entry?.listeners ?? []) listener();
    for (const observer of observers) observer();
  };

  const save = (job: Job): void => {
    store.sql.run(
      `INSERT INTO jobs (id, startedAt, state, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document`,
      job.id,
      job.startedAt,
      job.state,
      JSON.stringify(job),
    );
  };

  const parse = (document: string): Job => jobModel.parse(JSON.parse(document));

  const interruptOrphans = (): void => {
    const rows = store.sql.all<{ document: string }>(`SELECT document FROM jobs WHERE state = 'running'`);
    for (const { document } of rows) {
      const orphan = parse(document);
      const error = describeError('INTERRUPTED');
      const items = orphan.items.map((item) =>
        isOver(item.state) ? item : { ...item, state: 'cancelled' as const, message: error.title },
      );
      save({ ...orphan, state: 'interrupted', endedAt: now().toISOString(), error, items });
    }
  };

  /** False when the database does not take it, for example on a full disk: the work itself is done all the same. */
  const isKept = (job: Job): boolean => {
    try {
      save(job);
      prune();
      return true;
    } catch (error) {
      log.error(`${job.title}: its end could not be written down`, { id: job.id, error });
      return false;
    }
  };

  const prune = (): void => {
    store.sql.run(
      `DELETE FROM jobs WHERE state <> 'running' AND id NOT IN (SELECT id FROM jobs ORDER BY startedAt DESC LIMIT ?)`,
      keep,
    );
  };

  const find = (id: string): Job => {
    const entry = running.get(id);
    if (entry) return entry.job;
    const row = store.sql.get<{ document: string }>('SELECT document FROM jobs WHERE id = ?', id);
    if (!row) throw new AppError('NOT_FOUND', { kind: 'job', id });
    return parse(row.document);
  };

  const finish = (entry: Running, state: Job['state'], error: AppErrorData | null): void => {
    const { job } = entry;
    job.state = state;
    job.error = error;
    job.endedAt = now().toISOString();
    for (const item of job.items) {
      if (isOver(item.state)) continue;
      item.state = 'cancelled';
      item.message = (error ?? describeError('CANCELLED')).title;
    }
    count(job);
    // The database would still call it running: what it does not know is told from memory.
    if (isKept(job)) running.delete(job.id);
    changed(entry);
    log.info(`${job.title}: ${state}`, { id: job.id, done: job.done, failed: job.failed });
  };

  const start = <R>(about: JobStart, work: (context: JobContext) => Promise<R>): JobSummary => {
    const job: Job = {
      id: randomBytes(6).toString('hex'),
      kind: about.kind,
      title: about.title,
      state: 'running',
      startedAt: now().toISOString(),
      endedAt: null,
      done: 0,
      total: about.items?.length ?? 0,
      failed: 0,
      items: (about.items ?? []).map(({ id, label }) => ({
        id,
        label,
        phase: '',
        state: 'waiting',
        message: '',
        error: null,
      })),
      error: null,
      result: null,
    };
    const items = new Map(job.items.map((item) => [item.id, item]));
    const abort = new AbortController();
    const entry: Running = { job, abort, listeners: new Set(), ended: Promise.resolve() };
    const context: JobContext = {
      id: job.id,
      signal: abort.signal,
      item(id, patch) {
        const item = items.get(id);
        if (!item) return;
        Object.assign(item, patch);
        count(job);
        changed(entry);
      },
    };
    save(job);
    running.set(job.id, entry);
    // A turn later, so that the caller has the id before the first change is seen.
    entry.ended = Promise.resolve()
      .then(() => {
        abort.signal.throwIfAborted();
        return work(context);
      })
      .then(
        (result) => {
          job.result = result;
          const state = abort.signal.aborted ? 'cancelled' : job.failed > 0 ? 'failed' : 'succeeded';
          finish(entry, state, state === 'cancelled' ? describeError('CANCELLED') : null);
        },
        (error: unknown) => {
          if (abort.signal.aborted) finish(entry, 'cancelled', describeError('CANCELLED'));
          else finish(entry, 'failed', explain(error, log));
        },
      );
    changed(entry);
    return summarize(job);
  };

  const watch = (id: string, signal?: AbortSignal): AsyncGenerator<Job, void> => {
    const entry = running.get(id);
    if (!entry) find(id);
    return watching({
      read: () => structuredClone(entry?.job ?? find(id)),
      subscribe: (listener) => {
        entry?.listeners.add(listener);
        return () => entry?.listeners.delete(listener);
      },
      isLast: ({ state }) => state !== 'running',
      intervalMs: watchIntervalMs,
      signal,
    });
  };

  interruptOrphans();

  return {
    start,
    watch,
    get: (id) => structuredClone(find(id)),
    list: (limit = 50) =>
      store.sql
        .all<{ id: string; document: string }>(
          'SELECT id, document FROM jobs ORDER BY startedAt DESC, rowid DESC LIMIT ?',
          limit,
        )
        .map((row) => summarize(running.get(row.id)?.job ?? parse(row.document))),
    cancel(id) {
      running.get(id)?.abort.abort(new AppError('CANCELLED'));
      return summarize(find(id));
    },
    async finished(id, signal) {
      for await (const state of watch(id, signal)) if (state.state !== 'running') return state;
      throw new AppError('CANCELLED');
    },
    running: () =>
      [...running.values()].filter(({ job }) => job.state === 'running').map(({ job }) => summarize(job)),
    onChange(listener) {
      observers.add(listener);
      return () => observers.delete(listener);
    },
    async close() {
      const entries = [...running.values()];
      for (const entry of entries) entry.abort.abort(new AppError('CANCELLED'));
      await Promise.all(entries.map((entry) => entry.ended));
    },
  };
};
