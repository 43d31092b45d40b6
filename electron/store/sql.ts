import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { sliceMs, type Sliced } from '#electron/slices.ts';

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
  aside: Aside;
}

/**
 * A second connection to the same file, for writing that takes several turns. What it writes is seen by others once all
 * of it stands, and a crash leaves nothing. Its temporary tables are seen by itself alone.
 */
export interface Aside extends Pick<Sql, 'run' | 'get' | 'all'> {
  /**
   * Everything or nothing, with turns for others where `work` yields. Who writes meanwhile has the rest done first.
   * @param work asks this connection alone: the other one does not see what it has written
   * @param end.written is called in the turn in which all of it stands
   * @throws what `work` throws, or the reason of `end.signal`; nothing is written then, unless `end.written` threw
   */
  write<T>(
    work: () => Sliced<T>,
    end?: { signal?: AbortSignal | undefined; written?: (result: T) => void },
  ): Promise<T>;
  /** The same in this turn. Not within a transaction. */
  writeNow<T>(work: () => Sliced<T>): T;
  /** Does in this turn what is left of a `write`, so that what is read next is what will be written to. */
  finish(): void;
  /** How many writes were taken back so far, with all that this connection has done in the meantime. */
  rollbacks(): number;
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

/** Statements that take no lock. */
const isReading = (text: string): boolean => /^\s*(?:SELECT|WITH|PRAGMA)\b/i.test(text);

const connect = (file: string, busyMs: number) => {
  const database = new DatabaseSync(file, { timeout: busyMs, enableForeignKeyConstraints: true });
  // SQLite's own `lower` knows ASCII alone.
  database.function('folded', { deterministic: true }, (text) => String(text).toLowerCase());
  const statements = new Map<string, StatementSync>();

  const prepare = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known) return known;
    const statement = database.prepare(text);
    // Texts are constants of the code; the cap is for one that is built from a list.
    if (statements.size >= 500) statements.clear();
    statements.set(text, statement);
    return statement;
  };
  return {
    database,
    run(text: string, ...params: SqlValue[]) {
      const { changes, lastInsertRowid } = prepare(text).run(...params);
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    },
    get: <T>(text: string, ...params: SqlValue[]) => prepare(text).get(...params) as T | undefined,
    all: <T>(text: string, ...params: SqlValue[]) => prepare(text).all(...params) as T[],
  };
};

const createAside = (file: string, busyMs: number): Aside & { close(): void } => {
  const { database, ...statements } = connect(file, busyMs);
  /** Does what is left of the open write until this time. */
  let proceed: ((until: number) => void) | null = null;
  let isAtWork = false;
  let rollbacks = 0;
  const finish = (): void => proceed?.(Infinity);

  const rollback = (): void => {
    proceed = null;
    rollbacks += 1;
    if (database.isTransaction) database.exec('ROLLBACK');
  };

  /** @returns how it ended, once it has */
  const begin = <T>(work: () => Sliced<T>, written?: (result: T) => void) => {
    finish();
    database.exec('BEGIN IMMEDIATE');
    const steps = work();
    let end: { result: T } | { error: unknown } | null = null;
    const proceedUntil = (until: number): void => {
      if (isAtWork) throw new Error('the work of a write aside writes by the first connection');
      isAtWork = true;
      try {
        do {
          const step = steps.next();
          if (!step.done) continue;
          database.exec('COMMIT');
          proceed = null;
          end = { result: step.value };
          written?.(step.value);
          return;
        } while (performance.now() < until);
      } catch (error) {
        rollback();
        end = { error };
      } finally {
        isAtWork = false;
      }
    };
    proceed = proceedUntil;
    return () => end;
  };

  const resultOf = <T>(end: { result: T } | { error: unknown }): T => {
    if ('error' in end) throw end.error;
    return end.result;
  };

  return {
    ...statements,
    finish,
    rollbacks: () => rollbacks,
    async write(work, { signal, written } = {}) {
      signal?.throwIfAborted();
      const ended = begin(work, written);
      for (;;) {
        const end = ended();
        if (end) return resultOf(end);
        if (signal?.aborted) {
          rollback();
          throw signal.reason;
        }
        proceed?.(performance.now() + sliceMs);
        if (!ended()) await setImmediate();
      }
    },
    writeNow<T>(work: () => Sliced<T>) {
      const ended = begin(work);
      finish();
      return resultOf(ended() as { result: T } | { error: unknown });
    },
    close: () => {
      finish();
      if (database.isOpen) database.close();
    },
  };
};

/**
 * Opens a database file.
 * @param busyMs how long a statement waits for another connection, in milliseconds
 * @throws errors of SQLite; ask `sqliteFailure` about them
 */
export const openDatabase = (file: string, busyMs: number): Database => {
  const { database, run, get, all } = connect(file, busyMs);
  const aside = createAside(file, busyMs);
  let depth = 0;

  const transaction = <T>(work: () => T): T => {
    const [begin, commit, rollback] =
      depth === 0
        ? ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']
        : [`SAVEPOINT s${depth}`, `RELEASE s${depth}`, `ROLLBACK TO s${depth}; RELEASE s${depth}`];
    if (depth === 0) aside.finish();
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

  /** One connection writes at a time, and waiting for the other would stop both: they share a thread. */
  const turn = (text: string): void => {
    if (depth === 0 && !isReading(text)) aside.finish();
  };

  return {
    run(text, ...params) {
      turn(text);
      return run(text, ...params);
    },
    get<T>(text: string, ...params: SqlValue[]) {
      turn(text);
      return get<T>(text, ...params);
    },
    all<T>(text: string, ...params: SqlValue[]) {
      turn(text);
      return all<T>(text, ...params);
    },
    transaction,
    aside,
    script(text) {
      aside.finish();
      database.exec(text);
    },
    close: () => {
      aside.close();
      if (database.isOpen) database.close();
    },
  };
};
