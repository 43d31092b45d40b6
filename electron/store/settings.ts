import type { ZodType } from 'zod';
import type { Sql } from './sql.ts';

/** Small documents by key, for example `setup.endpoint`. Written by the service whose name begins the key. */
export interface Settings {
  /** @throws ZodError when what is stored does not fit the schema */
  get<T>(key: string, schema: ZodType<T>): T | undefined;
  /** Stores a JSON value; `undefined` removes the key. */
  set(key: string, value: unknown): void;
}

export const createSettings = (sql: Sql): Settings => ({
  get(key, schema) {
    const row = sql.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key);
    return row === undefined ? undefined : schema.parse(JSON.parse(row.value));
  },
  set(key, value) {
    if (value === undefined) {
      sql.run('DELETE FROM settings WHERE key = ?', key);
      return;
    }
    sql.run(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      JSON.stringify(value),
    );
  },
});
