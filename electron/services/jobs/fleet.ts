import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type AppErrorData } from '#shared/errors.ts';
import type { ItemState, RunOptions } from '#shared/model/jobs.ts';
import { inSlices, type Sliced } from '#electron/slices.ts';
import { createSlots } from '#electron/slots.ts';
import { backoffMs } from './backoff.ts';
import type { Board, Entry } from './board.ts';
import { HeldBack, type Gate } from './gate.ts';
import { createPace, fixedPace } from './pace.ts';

/** How work on one item ended. */
export interface ItemEnd {
  state: Exclude<ItemState, 'waiting' | 'running'>;
  message: string;
  error: AppErrorData | null;
  /** How the kind of the job calls this end. */
  outcome: string;
  /** Kept with the item, as JSON. */
  result: unknown;
  /** `later`: the same may succeed later. `absent`: so it may, but nobody answered at all. */
  retry: 'never' | 'later' | 'absent';
}

/** What work on one item gets. */
export interface ItemTools {
  jobId: string;
  signal: AbortSignal;
  /** Fires when what has not got its place yet shall not begin: throw `HeldBack` then. */
  held: AbortSignal;
  /** Waits for a place among those worked on at a time. @returns how to give it back @throws HeldBack, AppError CANCELLED */
  enter(signal: AbortSignal): Promise<() => void>;
  onPhase(title: string): void;
}

/** One try on one item. Throws `HeldBack` alone: everything else that goes wrong is an end. */
export type ItemWork = (item: { id: string; label: string }, tools: ItemTools) => Promise<ItemEnd>;

/** How a run over all items ended: `stopped` because too many failed. */
export type FleetEnd = 'done' | 'paused' | 'stopped' | 'aborted';

export interface Fleet {
  jobId: string;
  board: Board;
  options: RunOptions;
  work: ItemWork;
  gate: Gate;
  signal: AbortSignal;
  onChange(): void;
  /** For tests: how a wait before another try passes. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Items on their way to a place: what is not there costs its time-out outside of the places of others. */
const widest = 300;
const usualRetries = 2;

const triesOf = ({ retries }: RunOptions, { retry }: ItemEnd): number => {
  if (retry === 'never') return 1;
  if (retry === 'absent') return 1 + (retries ?? 0);
  return 1 + (retries ?? usualRetries);
};

const isInterrupted = ({ reason }: AbortSignal): boolean =>
  reason instanceof AppError && reason.code === 'INTERRUPTED';

/** The places of one run: their number follows from how those before fared. */
const createPlaces = ({ options, gate }: Pick<Fleet, 'options' | 'gate'>) => {
  const { concurrency } = options;
  const pace = concurrency === undefined ? createPace() : fixedPace(concurrency);
  const slots = createSlots(pace.limit());
  return {
    async enter(signal: AbortSignal): Promise<() => void> {
      try {
        return await slots.take(AbortSignal.any([signal, gate.closed]));
      } catch (error) {
        throw gate.closed.aborted && !signal.aborted ? new HeldBack() : error;
      }
    },
    left(end: ItemEnd): void {
      const isLinkFailure = end.retry === 'later' && end.error?.code !== 'DEVICE_BUSY';
      pace.ended(isLinkFailure, slots.waiting() > 0);
      slots.resize(pace.limit());
    },
  };
};

/**
 * Goes over the items that wait, wave by wave. An item that fails is one, and the others go on.
 * @returns once everything that was begun has ended
 */
export const runFleet = async (fleet: Fleet): Promise<FleetEnd> => {
  const { jobId, board, options, work, gate, signal, onChange } = fleet;
  const wait = fleet.wait ?? ((ms, until) => delay(ms, undefined, { signal: until }));
  const { stopAfter = null, pauseAfterWave = false } = options.waves ?? {};
  const isTooMany = (): boolean => stopAfter !== null && board.counts().failed > stopAfter;
  const mayStart = (): boolean => !signal.aborted && !gate.closed.aborted && !isTooMany();

  const change: Board['change'] = (id, patch, result) => {
    board.change(id, patch, result);
    onChange();
  };
  const end = ({ id }: Entry, { result, retry, ...rest }: ItemEnd): void => {
    change(id, { ...rest, isRetryable: retry !== 'never' }, result);
    // Those on their way shall not begin either.
    if (isTooMany()) gate.close();
  };
  const putBack = ({ id, attempts }: Entry, message = ''): void =>
    change(id, { state: 'waiting', attempts, message });

  /** False: it went back to those that wait. */
  const pause = async (entry: Entry, failed: ItemEnd): Promise<boolean> => {
    change(entry.id, { phase: 'Wait for another try', message: failed.message });
    await wait(backoffMs(entry.attempts), AbortSignal.any([signal, gate.closed])).catch(() => undefined);
    if (mayStart()) return true;
    if (signal.aborted ? isInterrupted(signal) : gate.closed.aborted) putBack(entry, failed.message);
    else end(entry, failed);
    return false;
  };

  const places = createPlaces(fleet);
  const attempt = async (entry: Entry): Promise<ItemEnd> => {
    const { id, label } = entry;
    const tools = { jobId, signal, held: gate.closed, enter: places.enter };
    const one = await work({ id, label }, { ...tools, onPhase: (phase) => change(id, { phase }) });
    if (one.retry !== 'absent') places.left(one);
    return one;
  };

  const runOne = async (entry: Entry): Promise<void> => {
    const { id } = entry;
    let met: ItemEnd | null = null;
    for (;;) {
      change(id, { state: 'running', attempts: entry.attempts + 1, error: null, message: '' });
      try {
        const one = await attempt(entry);
        // The app ends: how far it came is found out by the one that goes on.
        if (one.state === 'cancelled' && isInterrupted(signal)) return putBack(entry, one.message);
        // What it was in the middle of says more than that it is gone now.
        const told = one.retry === 'absent' && met ? met : one;
        if (one.retry === 'later') met = one;
        if (entry.attempts >= triesOf(options, told) || isTooMany()) return end(entry, told);
        if (!(await pause(entry, told))) return;
      } catch (error) {
        if (!(error instanceof HeldBack)) throw error;
        return change(id, { state: 'waiting', phase: '', attempts: entry.attempts - 1 });
      }
    }
  };

  const runWave = async (waiting: readonly Entry[]): Promise<void> => {
    const queue = waiting.values();
    const next = async (): Promise<void> => {
      while (mayStart()) {
        const { value: entry, done } = queue.next();
        if (done) return;
        await runOne(entry);
      }
    };
    const begun: Promise<void>[] = [];
    const begin = function* (): Sliced<void> {
      while (begun.length < Math.min(widest, waiting.length)) {
        const one = next();
        // It is heard below, which may be later than it fails.
        one.catch(() => undefined);
        begun.push(one);
        yield;
      }
    };
    // Hundreds of devices that are looked up and dialled are more than others wait for.
    await inSlices(begin());
    await Promise.all(begun);
  };

  const waves = Map.groupBy(
    board.entries.filter(({ state }) => state === 'waiting'),
    ({ wave }) => wave,
  );
  let left = waves.size;
  for (const waiting of waves.values()) {
    await runWave(waiting);
    left -= 1;
    if (signal.aborted) return 'aborted';
    if (isTooMany()) return 'stopped';
    if (gate.closed.aborted && board.counts().waiting > 0) return 'paused';
    if (left > 0 && (pauseAfterWave || gate.isClosingAfterWave())) return 'paused';
  }
  return 'done';
};

export const failedEnd = (error: AppErrorData): ItemEnd => ({
  state: 'failed',
  message: error.title,
  error,
  outcome: 'failed',
  result: null,
  retry: 'never',
});
