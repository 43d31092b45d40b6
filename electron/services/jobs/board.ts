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

/** Sums over the items of one job, kept up to date change by change: nothing here walks over all items. */
export interface Board {
  readonly entries: readonly Entry[];
  change(id: string, patch: EntryPatch, result?: unknown): void;
  counts(): Record<ItemState, number>;
  done(): number;
  /** @param hasEnded of the job: what is not done in it will not be */
  waves(hasEnded: boolean): JobWave[];
  causes(): JobCause[];
  running(): JobItem[];
  item(id: string): JobItem | null;
  /** What is not done will not be. */
  cancelOpen(message: string): void;
  /** Items ended per second within the last ten. */
  perSecond(): number;
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

export const createBoard = (
  entries: readonly Entry[],
  now: () => number = () => performance.now(),
): Board => {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const counts = newCounts();
  const waves: Record<ItemState, number>[] = [];
  const causes = createCauses();
  const running = new Set<Entry>();
  const dirty = new Map<Entry, Dirty>();
  const ends: number[] = [];

  const count = (entry: Entry, by: 1 | -1): void => {
    counts[entry.state] += by;
    (waves[entry.wave] ??= newCounts())[entry.state] += by;
  };
  for (const entry of entries) {
    count(entry, 1);
    if (entry.state === 'failed') causes.add(entry.error, entry.isRetryable);
  }

  const endedSince = (time: number): number => {
    while (ends[0] !== undefined && ends[0] < time) ends.shift();
    return ends.length;
  };

  const waveState = (wave: Record<ItemState, number>, total: number, hasEnded: boolean): JobWave['state'] => {
    const left = wave.waiting + wave.running;
    if (left === 0 && wave.cancelled < total) return 'done';
    if (hasEnded) return 'stopped';
    return left === total && wave.running === 0 ? 'waiting' : 'running';
  };

  const change = (entry: Entry, patch: EntryPatch, result?: unknown): void => {
    const before = entry.state;
    count(entry, -1);
    Object.assign(entry, patch);
    if (patch.error !== undefined) entry.code = patch.error?.code ?? null;
    count(entry, 1);
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
    counts: () => ({ ...counts }),
    done: () => entries.length - counts.waiting - counts.running,
    waves: (hasEnded) =>
      waves.map((wave, index) => {
        const total = Object.values(wave).reduce((sum, part) => sum + part, 0);
        const done = total - wave.waiting - wave.running;
        return { index, total, done, failed: wave.failed, state: waveState(wave, total, hasEnded) };
      }),
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
