import { DatabaseSync } from 'node:sqlite';
import { migrations } from '#electron/store/migrations.ts';
import type { Sql } from '#electron/store/index.ts';

/** A database in memory with all steps taken, or over one that is given. */
export const memorySql = (given?: DatabaseSync): Sql => {
  const db = given ?? new DatabaseSync(':memory:');
  if (!given) for (const step of migrations) db.exec(step);
  return {
    run(text, ...params) {
      const result = db.prepare(text).run(...params);
      return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
    },
    get: <T>(text: string, ...params: (string | number | null)[]) =>
      db.prepare(text).get(...params) as T | undefined,
    all: <T>(text: string, ...params: (string | number | null)[]) => db.prepare(text).all(...params) as T[],
    transaction: (work) => work(),
  } as Sql;
};
