import type { ItemState, JobView } from '#shared/model/jobs.ts';
import type { Log } from '#electron/log.ts';
import type { Board, Sums } from './board.ts';
import type { Gate } from './gate.ts';
import { summaryOf, type JobRecord, type JobRecords } from './records.ts';
import type { ItemRows } from './rows.ts';

/** A job that runs in this process. */
export interface Live {
  record: JobRecord;
  board: Board;
  abort: AbortController;
  /** Null: it cannot be paused. */
  gate: Gate | null;
  /** Where `activeMs` of its record counts from. */
  since: number;
  ended: Promise<void>;
}

export const newLive = (record: JobRecord, board: Board, gate: Gate | null): Live => ({
  record,
  board,
  gate,
  abort: new AbortController(),
  since: performance.now(),
  ended: Promise.resolve(),
});

/** What a job is seen by. */
type Seen = Pick<Live, 'record' | 'gate'> & { board: Sums };

const noteOf = ({ gate, board, record }: Seen): string => {
  if (record.state !== 'running' || !gate) return record.note;
  const { running } = board.counts();
  if (gate.closed.aborted) return `Nothing new starts; ${running} still to finish.`;
  return gate.isClosingAfterWave() ? 'Pausing after this wave.' : record.note;
};

const perSecondOf = ({ record, board }: Seen): number => {
  if (record.state === 'running') return board.perSecond();
  const seconds = (record.run?.activeMs ?? 0) / 1000;
  return seconds > 0 ? board.done() / seconds : 0;
};

const redoable: readonly ItemState[] = ['failed', 'cancelled'];

/** Items that wait will be done: at once, or when someone resumes it. */
export const goesOn = ({ state, run }: JobRecord): boolean =>
  state === 'running' || state === 'paused' || (state === 'interrupted' && run !== null);

/**
 * How a job stands, from sums alone.
 * @param isItemised its result is one an item
 */
export const viewOf = (live: Seen, isItemised: boolean): JobView => {
  const { record, board, gate } = live;
  const counts = board.counts();
  const isRun = record.run !== null;
  return {
    ...summaryOf(record),
    done: board.done(),
    failed: counts.failed,
    counts,
    waves: board.waves(!goesOn(record)),
    causes: board.causes(),
    running: board.running(),
    perSecond: Math.round(perSecondOf(live) * 100) / 100,
    canPause: isRun && record.state === 'running' && gate?.closed.aborted === false,
    canResume: isRun && record.state !== 'running' && goesOn(record),
    canRetry: isRun && record.state !== 'running' && redoable.some((state) => counts[state] > 0),
    error: record.error,
    note: noteOf(live),
    result: isItemised ? null : record.result,
  };
};

const flushMs = 200;

/** The jobs that run in this process: who is told of changes, and when those are written down. */
export const createLives = (needs: { records: JobRecords; rows: ItemRows; log: Log }) => {
  const { records, rows, log } = needs;
  const lives = new Map<string, Live>();
  const timers = new Map<string, NodeJS.Timeout>();
  const listeners = new Map<string, Set<() => void>>();
  const observers = new Set<() => void>();

  /** What cannot be written stays to be written: the work itself goes on. */
  const flush = ({ record: { id }, board }: Live): void => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    const dirty = board.takeDirty();
    try {
      rows.write(id, dirty);
    } catch (error) {
      board.restoreDirty(dirty);
      throw error;
    }
  };

  const tryFlush = (live: Live): void => {
    try {
      flush(live);
    } catch (error) {
      log.error('progress could not be written down', { id: live.record.id, error });
    }
  };

  const flushSoon = (live: Live): void => {
    const { id } = live.record;
    if (timers.has(id)) return;
    timers.set(id, setTimeout(() => tryFlush(live), flushMs).unref());
  };

  const tell = (id: string): void => {
    for (const listener of listeners.get(id) ?? []) listener();
    for (const observer of observers) observer();
  };

  return {
    get: (id: string) => lives.get(id),
    all: () => [...lives.values()],
    add(live: Live): void {
      lives.set(live.record.id, live);
      tell(live.record.id);
    },
    changed(live: Live): void {
      flushSoon(live);
      tell(live.record.id);
    },
    tryFlush,
    /** Writes down how it ended. What the database does not take is told from memory. */
    settle(live: Live): void {
      const { record, board } = live;
      record.done = board.done();
      record.failed = board.counts().failed;
      try {
        flush(live);
        records.save(record);
        lives.delete(record.id);
      } catch (error) {
        log.error(`${record.title}: its end could not be written down`, { id: record.id, error });
      }
      tell(record.id);
    },
    /** What a job could not write down when it ended, before something is done with it. @throws what the database says */
    writeLate(id: string): void {
      const live = lives.get(id);
      if (!live || live.record.state === 'running') return;
      flush(live);
      records.save(live.record);
      lives.delete(id);
    },
    tell,
    subscribe(id: string, listener: () => void): () => void {
      const those = listeners.get(id) ?? new Set();
      listeners.set(id, those.add(listener));
      return () => {
        those.delete(listener);
        if (those.size === 0 && listeners.get(id) === those) listeners.delete(id);
      };
    },
    observe(observer: () => void): () => void {
      observers.add(observer);
      return () => observers.delete(observer);
    },
  };
};

export type Lives = ReturnType<typeof createLives>;
