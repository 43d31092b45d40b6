import { watching } from '#electron/watching.ts';
import { AppError } from '#shared/errors.ts';
import type { ImportResult, ImportState } from '#shared/model/device-import.ts';

/** Says how far an import is, as often as it likes. */
export type TellStep = (step: ImportState['step'], done: number, total: number) => void;

const intervalMs = 100;

/**
 * Runs an import and streams how far it is, then its result. It is ended when nobody looks any longer.
 * @throws what `work` throws; AppError CANCELLED when `signal` has ended it
 */
export async function* importInSight(
  work: (tell: TellStep, signal: AbortSignal) => Promise<ImportResult>,
  signal?: AbortSignal,
): AsyncGenerator<ImportState, void> {
  const leaving = new AbortController();
  const ends = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  let state: ImportState = { step: 'read', done: 0, total: 0, result: null };
  let failure: { error: unknown } | null = null;
  let changed = (): void => undefined;
  const working = work((step, done, total) => {
    state = { step, done, total, result: null };
    changed();
  }, ends)
    .then(
      (result) => (state = { ...state, result }),
      (error: unknown) => (failure = { error }),
    )
    .finally(() => changed());
  const read = (): ImportState => {
    if (failure) throw signal?.aborted ? new AppError('CANCELLED') : failure.error;
    return state;
  };
  const subscribe = (listener: () => void) => {
    changed = listener;
    return () => undefined;
  };
  try {
    // The work knows of the signal: what it says of its end is the last to be heard.
    yield* watching({ read, subscribe, isLast: ({ result }) => result !== null, intervalMs });
  } finally {
    leaving.abort();
    await working;
  }
}
