import type { ItemState, JobCause, JobItem, JobWave } from '#shared/model/jobs.ts';
import { createCauses } from './causes.ts';

/** An item as the running job holds it. */
export interface Entry extends JobItem {
  readonly position: number;
  /** Its error may pass by itself. */
  isRetryable: boolean;
  /** How the kind of the job calls its end, for example `changed`; empty: not ended. */
  outcome: string;
}

export type EntryPatch = Partial<Omit<Entry, 'id' | 'label' | 'wave' | 'position' | 'code'>>;

/** An entry that differs from its row; `result` goes to the row and is not kept here. */
export interface Dirty {
  entry: Entry;
  result?: unknown;
}

const shownRunning = 50;
const recentMs = 10_000;

export const isOver = (state: ItemState): boolean => state !== 'waiting' && state !== 'running';

const newCounts = (): Record<ItemState, number> => ({
  waiting: 0,
  running: 0,
  succeeded: 0,
  unchanged: 0,
  failed: 0,
  cancelled: 0,
});

/** How the items of a job stand, in sums. */
export interface Sums {
  counts(): Record<ItemState, number>;
  done(): number;
  /** @param hasEnded of the job: what is not done in it will not be */
  waves(hasEnded: boolean): JobWave[];
  causes(): JobCause[];
  running(): JobItem[];
  /** Items ended per second within the last ten. */
  perSecond(): number;
}

/** Sums over the items of one job, kept up to date change by change: nothing here walks over all items. */
export interface Board extends Sums {
  readonly entries: readonly Entry[];
  change(id: string, patch: EntryPatch, result?: unknown): void;
  item(id: string): JobItem | null;
  /** What is not done will not be. */
  cancelOpen(message: string): void;
  /** What changed since this was asked last. */
  takeDirty(): Dirty[];
  /** Gives back what could not be written. */
  restoreDirty(dirty: readonly Dirty[]): void;
}

/** The item as it crosses the contract. */
export const itemOf = ({
  position: _position,
  isRetryable: _isRetryable,
  outcome: _outcome,
  ...item
}: Entry): JobItem => item;

export const newEntry = (item: { id: string; label: string }, position: number, wave: number): Entry => ({
  id: item.id,
  label: item.label,
  position,
  wave,
  phase: '',
  state: 'waiting',
  message: '',
  code: null,
  error: null,
  attempts: 0,
  isRetryable: false,
  outcome: '',
});

const waveState = (wave: Record<ItemState, number>, total: number, hasEnded: boolean): JobWave['state'] => {
  const left = wave.waiting + wave.running;
  if (left === 0 && wave.cancelled < total) return 'done';
  if (hasEnded) return 'stopped';
  return left === total && wave.running === 0 ? 'waiting' : 'running';
};

/** Items counted by wave and state. */
const createTally = () => {
  const counts = newCounts();
  const waves: Record<ItemState, number>[] = [];
  const sum = (wave: Record<ItemState, number>): number =>
    Object.values(wave).reduce((total, part) => total + part, 0);
  return {
    count({ wave, state }: Pick<JobItem, 'wave' | 'state'>, by: number): void {
      counts[state] += by;
      (waves[wave] ??= newCounts())[state] += by;
    },
    counts: () => ({ ...counts }),
    done: () => sum(counts) - counts.waiting - counts.running,
    waves: (hasEnded: boolean): JobWave[] =>
      waves.map((wave, index) => {
        const total = sum(wave);
        const done = total - wave.waiting - wave.running;
        return { index, total, done, failed: wave.failed, state: waveState(wave, total, hasEnded) };
      }),
  };
};

/** The sums of a job that runs no longer, of what its rows say. */
export const sumsOf = (rows: {
  /** By their wave, from the first on. */
  states: readonly (Pick<JobItem, 'wave' | 'state'> & { count: number })[];
  failures: readonly Pick<Entry, 'error' | 'isRetryable'>[];
}): Sums => {
  const tally = createTally();
  const causes = createCauses();
  for (const { count, ...one } of rows.states) tally.count(one, count);
  for (const { error, isRetryable } of rows.failures) causes.add(error, isRetryable);
  return { ...tally, causes: causes.list, running: () => [], perSecond: () => 0 };
};

export const createBoard = (
  entries: readonly Entry[],
  now: () => number = () => performance.now(),
): Board => {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const tally = createTally();
  const causes = createCauses();
  const running = new Set<Entry>();
  const dirty = new Map<Entry, Dirty>();
  const ends: number[] = [];

  for (const entry of entries) {
    tally.count(entry, 1);
    if (entry.state === 'failed') causes.add(entry.error, entry.isRetryable);
  }

  const endedSince = (time: number): number => {
    while (ends[0] !== undefined && ends[0] < time) ends.shift();
    return ends.length;
  };

  const change = (entry: Entry, patch: EntryPatch, result?: unknown): void => {
    const before = entry.state;
    tally.count(entry, -1);
    Object.assign(entry, patch);
    if (patch.error !== undefined) entry.code = patch.error?.code ?? null;
    tally.count(entry, 1);
    if (entry.state === 'running') running.add(entry);
    else running.delete(entry);
    if (isOver(entry.state) && !isOver(before)) {
      ends.push(now());
      if (entry.state === 'failed') causes.add(entry.error, entry.isRetryable);
    }
    // A phase lives in memory only: a row changes when the state does.
    if (entry.state === before && result === undefined && entry.state === 'running') return;
    const known = dirty.get(entry)?.result;
    dirty.set(entry, { entry, result: result ?? known });
  };

  return {
    entries,
    change(id, patch, result) {
      const entry = byId.get(id);
      if (entry) change(entry, patch, result);
    },
    cancelOpen(message) {
      for (const entry of entries) {
        if (!isOver(entry.state)) change(entry, { state: 'cancelled', message });
      }
    },
    item(id) {
      const entry = byId.get(id);
      return entry ? itemOf(entry) : null;
    },
    counts: tally.counts,
    done: tally.done,
    waves: tally.waves,
    causes: () => causes.list(),
    running: () => [...running].slice(0, shownRunning).map(itemOf),
    perSecond: () => endedSince(now() - recentMs) / (recentMs / 1000),
    takeDirty() {
      const taken = [...dirty.values()];
      dirty.clear();
      return taken;
    },
    restoreDirty(taken) {
      for (const one of taken) {
        const newer = dirty.get(one.entry);
        dirty.set(one.entry, { entry: one.entry, result: newer?.result ?? one.result });
      }
    },
  };
};
