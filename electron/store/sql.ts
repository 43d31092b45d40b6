import { DatabaseSync, type StatementSync } from 'node:sqlite';

export type SqlValue = string | number | bigint | null | Uint8Array;

/**
 * SQLite, synchronous, with positional parameters. The only face of node:sqlite that others see. Statements have
 * `folded(text)` for the lower case of every letter.
 */
export interface Sql {
  run(text: string, ...params: SqlValue[]): { changes: number; lastId: number };
  get<T>(text: string, ...params: SqlValue[]): T | undefined;
  all<T>(text: string, ...params: SqlValue[]): T[];
  /** Everything or nothing. May be nested; `work` must not be async. */
  transaction<T>(work: () => T): T;
}

export interface Database extends Sql {
  /** Several statements without parameters. */
  script(text: string): void;
  close(): void;
}

/** What kind of SQLite failure this is, by result code (https://sqlite.org/rescode.html); null for other errors. */
export const sqliteFailure = (error: unknown): 'busy' | 'damaged' | 'unusable' | 'other' | null => {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  const code = Number(error.errcode) & 0xff;
  if (code === 5 || code === 6) return 'busy';
  if (code === 11 || code === 26) return 'damaged';
  return [3, 8, 10, 13, 14, 23].includes(code) ? 'unusable' : 'other';
};

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/**
 * Opens a database file.
 * @param busyMs how long a statement waits for another connection, in milliseconds
 * @throws errors of SQLite; ask `sqliteFailure` about them
 */
export const openDatabase = (file: string, busyMs: number): Database => {
  const database = new DatabaseSync(file, { timeout: busyMs, enableForeignKeyConstraints: true });
  // SQLite's own `lower` knows ASCII alone.
  database.function('folded', { deterministic: true }, (text) => String(text).toLowerCase());
  const statements = new Map<string, StatementSync>();
  let depth = 0;

  const prepare = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known) return known;
    const statement = database.prepare(text);
    // Texts are constants of the code; the cap is for one that is built from a list.
    if (statements.size >= 500) statements.clear();
    statements.set(text, statement);
    return statement;
  };

  const transaction = <T>(work: () => T): T => {
    const [begin, commit, rollback] =
      depth === 0
        ? ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']
        : [`SAVEPOINT s${depth}`, `RELEASE s${depth}`, `ROLLBACK TO s${depth}; RELEASE s${depth}`];
    database.exec(begin);
    depth += 1;
    try {
      const result = work();
      if (isThenable(result)) throw new TypeError('a transaction must not be async');
      database.exec(commit);
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself, for example on a full disk.
      if (database.isTransaction) database.exec(rollback);
      throw error;
    } finally {
      depth -= 1;
    }
  };

  return {
    run(text, ...params) {
      const { changes, lastInsertRowid } = prepare(text).run(...params);
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    },
    get: <T>(text: string, ...params: SqlValue[]) => prepare(text).get(...params) as T | undefined,
    all: <T>(text: string, ...params: SqlValue[]) => prepare(text).all(...params) as T[],
    transaction,
    script: (text) => database.exec(text),
    close: () => {
      if (database.isOpen) database.close();
    },
  };
};
