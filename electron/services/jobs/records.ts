import { z } from 'zod';
import { appErrorData, AppError } from '#shared/errors.ts';
import { jobSummary, runOptions, type JobSummary } from '#shared/model/jobs.ts';
import type { Sql } from '#electron/store/index.ts';

/** A job as it is stored, without its items. */
export const jobRecord = jobSummary.extend({
  error: appErrorData.nullable(),
  result: z.unknown(),
  note: z.string().default(''),
  /** What it takes to go on or to repeat it; null: it cannot be. Nothing secret. */
  run: z.object({ order: z.unknown(), options: runOptions, activeMs: z.number() }).nullable().default(null),
});
export type JobRecord = z.infer<typeof jobRecord>;

export const summaryOf = (record: JobRecord): JobSummary => {
  const { id, kind, title, state, startedAt, endedAt, done, total, failed } = record;
  return { id, kind, title, state, startedAt, endedAt, done, total, failed };
};

/** The documents of all jobs. */
export interface JobRecords {
  save(record: JobRecord): void;
  /** @throws AppError NOT_FOUND */
  get(id: string): JobRecord;
  /** Newest first. */
  list(limit: number): JobRecord[];
  inState(state: JobSummary['state']): JobRecord[];
  /** Old jobs go once there are more than so many, or than so many items in them. */
  prune(keep: { jobs: number; items: number }): void;
}

const parse = ({ document }: { document: string }): JobRecord => jobRecord.parse(JSON.parse(document));

export const createRecords = (sql: Sql): JobRecords => ({
  save(record) {
    sql.run(
      `INSERT INTO jobs (id, startedAt, state, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document`,
      record.id,
      record.startedAt,
      record.state,
      JSON.stringify(record),
    );
  },
  get(id) {
    const row = sql.get<{ document: string }>('SELECT document FROM jobs WHERE id = ?', id);
    if (!row) throw new AppError('NOT_FOUND', { kind: 'job', id });
    return parse(row);
  },
  list: (limit) =>
    sql
      .all<{ document: string }>(
        'SELECT document FROM jobs ORDER BY startedAt DESC, rowid DESC LIMIT ?',
        limit,
      )
      .map(parse),
  inState: (state) =>
    sql.all<{ document: string }>('SELECT document FROM jobs WHERE state = ?', state).map(parse),
  prune({ jobs, items }) {
    sql.run(
      `DELETE FROM jobs WHERE state NOT IN ('running', 'paused') AND id IN (
         SELECT id FROM (
           SELECT id, row_number() OVER newestFirst AS place,
             sum(document ->> 'total') OVER (newestFirst ROWS UNBOUNDED PRECEDING) AS items
           FROM jobs WINDOW newestFirst AS (ORDER BY startedAt DESC, rowid DESC)
         ) WHERE place > 1 AND (place > ? OR items > ?)
       )`,
      jobs,
      items,
    );
  },
});
