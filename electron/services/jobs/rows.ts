import { appErrorData, type AppErrorData } from '#shared/errors.ts';
import { jobItem, type ItemState, type JobItem } from '#shared/model/jobs.ts';
import type { Sql } from '#electron/store/index.ts';
import { itemOf, type Dirty, type Entry, type sumsOf } from './board.ts';

interface Row {
  position: number;
  id: string;
  label: string;
  wave: number;
  state: ItemState;
  phase: string;
  message: string;
  code: string | null;
  error: string | null;
  isRetryable: number;
  attempts: number;
  outcome: string;
  progress: string | null;
}

/** What one item yielded, with what stands for it where it yielded nothing. */
export interface ItemResult {
  id: string;
  label: string;
  detail: string;
  state: ItemState;
  message: string;
  wave: number;
  attempts: number;
  /** As the kind of the job gave it; null: nothing. */
  result: unknown;
}

export interface ItemFilter {
  states?: readonly ItemState[] | undefined;
  code?: string | undefined;
  outcomes?: readonly string[] | undefined;
  /** Part of the label. */
  search?: string | undefined;
  ids?: readonly string[] | undefined;
}

export interface Page {
  offset: number;
  limit: number;
}

const columns = `position, id, label, wave, state, phase, message, code, error, isRetryable, attempts, outcome, progress`;

const where = `jobId = ?1
  AND (?2 IS NULL OR state IN (SELECT value FROM json_each(?2)))
  AND (?3 IS NULL OR code = ?3)
  AND (?4 IS NULL OR outcome IN (SELECT value FROM json_each(?4)))
  AND (?5 IS NULL OR instr(lower(label), lower(?5)) > 0)
  AND (?6 IS NULL OR id IN (SELECT value FROM json_each(?6)))`;

const params = (jobId: string, { states, code, outcomes, search, ids }: ItemFilter) =>
  [
    jobId,
    states ? JSON.stringify(states) : null,
    code ?? null,
    outcomes ? JSON.stringify(outcomes) : null,
    search === undefined || search === '' ? null : search,
    ids ? JSON.stringify(ids) : null,
  ] as const;

const readError = (text: string | null): AppErrorData | null =>
  text === null ? null : (appErrorData.safeParse(JSON.parse(text)).data ?? null);

const entryOf = ({ error, isRetryable, progress, ...row }: Row): Entry => ({
  ...row,
  ...(progress !== null && { progress: jobItem.shape.progress.parse(JSON.parse(progress)) }),
  isRetryable: isRetryable === 1,
  error: readError(error),
});

/** The rows of all jobs' items. */
export interface ItemRows {
  insert(jobId: string, items: readonly (Entry & { detail: string })[]): void;
  write(jobId: string, dirty: readonly Dirty[]): void;
  load(jobId: string): Entry[];
  /** What the sums of a job are made of: its items by wave and state, and what failed. */
  states(jobId: string): Parameters<typeof sumsOf>[0];
  page(jobId: string, filter: ItemFilter, page: Page): { items: JobItem[]; total: number };
  results(jobId: string, filter: ItemFilter, page: Page): { items: ItemResult[]; total: number };
  /** How many ended in which way; '' counts what has not ended. */
  outcomes(jobId: string): Record<string, number>;
  /** For the job's summary. */
  sums(jobId: string): { done: number; failed: number };
  /** Items of a job that is over: what was waiting or running is cancelled. */
  cancelOpen(jobId: string, message: string): void;
  /** Items of a job that goes on later: what was running has to be looked at again. */
  reopen(jobId: string, message: string): void;
}

export const createItemRows = (sql: Sql): ItemRows => {
  const total = (jobId: string, filter: ItemFilter): number =>
    sql.get<{ total: number }>(
      `SELECT count(*) AS total FROM jobItems WHERE ${where}`,
      ...params(jobId, filter),
    )?.total ?? 0;
  const select = <T>(what: string, jobId: string, filter: ItemFilter, { offset, limit }: Page): T[] =>
    sql.all<T>(
      `SELECT ${what} FROM jobItems WHERE ${where} ORDER BY position LIMIT ?7 OFFSET ?8`,
      ...params(jobId, filter),
      limit,
      offset,
    );

  return {
    insert(jobId, items) {
      const rows = items.map(({ position, id, label, detail, wave }) => [position, id, label, detail, wave]);
      sql.run(
        `INSERT INTO jobItems
         SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
           'waiting', '', '', NULL, NULL, 0, 0, '', NULL, NULL
         FROM json_each(?)`,
        jobId,
        JSON.stringify(rows),
      );
    },
    write(jobId, dirty) {
      if (dirty.length === 0) return;
      sql.transaction(() => {
        for (const { entry, result } of dirty) {
          sql.run(
            `UPDATE jobItems SET state = ?, phase = ?, message = ?, code = ?, error = ?, isRetryable = ?, attempts = ?,
             outcome = ?, progress = ?, result = coalesce(?, result) WHERE jobId = ? AND position = ?`,
            entry.state,
            entry.phase,
            entry.message,
            entry.code,
            entry.error && JSON.stringify(entry.error),
            Number(entry.isRetryable),
            entry.attempts,
            entry.outcome,
            entry.progress ? JSON.stringify(entry.progress) : null,
            result === undefined || result === null ? null : JSON.stringify(result),
            jobId,
            entry.position,
          );
        }
      });
    },
    load: (jobId) =>
      sql.all<Row>(`SELECT ${columns} FROM jobItems WHERE jobId = ? ORDER BY position`, jobId).map(entryOf),
    states: (jobId) => ({
      states: sql.all(
        'SELECT wave, state, count(*) AS count FROM jobItems WHERE jobId = ? GROUP BY wave, state',
        jobId,
      ),
      failures: sql
        .all<Pick<Row, 'error' | 'isRetryable'>>(
          `SELECT error, isRetryable FROM jobItems WHERE jobId = ? AND state = 'failed' ORDER BY position`,
          jobId,
        )
        .map(({ error, isRetryable }) => ({ error: readError(error), isRetryable: isRetryable === 1 })),
    }),
    page: (jobId, filter, page) => ({
      items: select<Row>(columns, jobId, filter, page).map((row) => itemOf(entryOf(row))),
      total: total(jobId, filter),
    }),
    results: (jobId, filter, page) => ({
      items: select<Omit<ItemResult, 'result'> & { result: string | null }>(
        'id, label, detail, state, message, wave, attempts, result',
        jobId,
        filter,
        page,
      ).map((row) => ({ ...row, result: row.result === null ? null : JSON.parse(row.result) })),
      total: total(jobId, filter),
    }),
    outcomes: (jobId) =>
      Object.fromEntries(
        sql
          .all<{
            outcome: string;
            count: number;
          }>('SELECT outcome, count(*) AS count FROM jobItems WHERE jobId = ? GROUP BY outcome', jobId)
          .map(({ outcome, count }) => [outcome, count]),
      ),
    sums: (jobId) =>
      sql.get<{ done: number; failed: number }>(
        `SELECT count(*) FILTER (WHERE state NOT IN ('waiting', 'running')) AS done,
           count(*) FILTER (WHERE state = 'failed') AS failed FROM jobItems WHERE jobId = ?`,
        jobId,
      ) ?? { done: 0, failed: 0 },
    cancelOpen(jobId, message) {
      sql.run(
        `UPDATE jobItems SET state = 'cancelled', message = ? WHERE jobId = ? AND state IN ('waiting', 'running')`,
        message,
        jobId,
      );
    },
    reopen(jobId, message) {
      sql.run(
        `UPDATE jobItems SET state = 'waiting', message = ? WHERE jobId = ? AND state = 'running'`,
        message,
        jobId,
      );
    },
  };
};
