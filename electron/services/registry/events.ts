import type { RegistryEvent } from '#shared/model/registry.ts';
import { registryEvent } from '#shared/model/registry.ts';
import type { Log } from '#electron/log.ts';
import type { Sql } from '#electron/store/index.ts';
import type { EngineEvent } from './messages.ts';

/** What happened at the registry, kept in the database. */
export interface Events {
  add(event: EngineEvent): void;
  /** Newest first. */
  list(limit: number): RegistryEvent[];
  onChange(listener: () => void): () => void;
  /** Writes what is still in memory. What the database does not take, on a full disk, waits for the next event. */
  flush(): void;
}

const keep = 5000;
/** A fleet that pulls makes hundreds of events a second: they are written together. */
const batchMs = 100;
const maxPending = 1000;
const document = registryEvent.omit({ id: true, at: true });

export const createEvents = ({ sql }: { sql: Omit<Sql, 'aside'> }, log: Log): Events => {
  const listeners = new Set<() => void>();
  let pending: EngineEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isRefused = false;

  const write = (batch: readonly EngineEvent[]) =>
    sql.transaction(() => {
      for (const event of batch) {
        const text = JSON.stringify(document.parse(event));
        sql.run('INSERT INTO registryEvents (at, document) VALUES (?, ?)', event.at, text);
      }
      sql.run('DELETE FROM registryEvents WHERE id <= (SELECT max(id) FROM registryEvents) - ?', keep);
    });

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (pending.length === 0) return;
    try {
      write(pending);
    } catch (error) {
      // Once, not for every event of a registry that goes on serving.
      if (!isRefused) log.error('the history of the registry cannot be written', { error });
      isRefused = true;
      return;
    }
    isRefused = false;
    pending = [];
    for (const listener of listeners) listener();
  };

  return {
    add(event) {
      // Under a flood the newest are dropped: nobody reads them, and memory is not theirs to fill.
      if (pending.length < maxPending) pending.push(event);
      timer ??= setTimeout(flush, batchMs);
    },
    list: (limit) =>
      sql
        .all<{ id: number; at: string; document: string }>(
          'SELECT id, at, document FROM registryEvents ORDER BY id DESC LIMIT ?',
          limit,
        )
        .map(({ id, at, document: text }) => ({ id, at, ...document.parse(JSON.parse(text)) })),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush,
  };
};
