import { AppError } from '#shared/errors.ts';
import type { Database } from './sql.ts';

const versionOf = (database: Database): number =>
  database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;

/**
 * Takes the steps that the database lacks, all in one transaction.
 * @throws AppError FOLDER_NEWER when it has taken steps that this Mooring does not know
 */
export const migrate = (database: Database, steps: readonly string[]): void => {
  const found = versionOf(database);
  if (found > steps.length) throw new AppError('FOLDER_NEWER', { found, known: steps.length });
  if (found === steps.length) return;
  database.transaction(() => {
    for (const step of steps.slice(found)) database.script(step);
    database.script(`PRAGMA user_version = ${steps.length}`);
  });
};
