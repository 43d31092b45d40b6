import { randomBytes } from 'node:crypto';
import type { Log } from '#electron/log.ts';
import {
  HeldBack,
  type ItemEnd,
  type ItemResult,
  type ItemTools,
  retryOf,
  type RunItem,
  type RunKind,
} from '#electron/services/jobs/index.ts';
import { AppError, type AppErrorData, describeError } from '#shared/errors.ts';
import type { DeviceSession } from './session.ts';
import type { ConnectOptions } from './sessions.ts';

/** Work on one device with which a session is open; yields what is told of it. Done twice, it does no harm. */
export type DeviceWork = (
  session: DeviceSession,
  run: Pick<ItemTools, 'signal' | 'onPhase'>,
) => Promise<string>;

/** How a run ended on one device. */
export interface DeviceResult {
  id: string;
  error: AppErrorData | null;
}

const end = (state: ItemEnd['state'], message: string, error: AppErrorData | null = null): ItemEnd => ({
  ...{ state, message, error, outcome: state },
  result: error,
  retry: 'never',
});

const resultOf = ({ id, state, result }: ItemResult): DeviceResult => ({
  id,
  error: state === 'succeeded' ? null : ((result as AppErrorData | null) ?? describeError('CANCELLED')),
});

/** One piece of work on many devices, for the jobs; a device that fails is a result, and the others go on. */
export const createRunKinds = (needs: {
  log: Log;
  connect: (id: string, options: ConnectOptions) => Promise<DeviceSession>;
}) => {
  const { log, connect } = needs;

  const explain = (error: unknown): AppErrorData => {
    if (error instanceof AppError) return error.data;
    const reference = randomBytes(4).toString('hex');
    log.error('work on a device failed unexpectedly', { reference, error });
    return describeError('INTERNAL', { reference }, reference);
  };

  /** @param what is done, as the title says it: "Read facts of" */
  return (what: string, work: DeviceWork): RunKind => ({
    title: (_order, items: readonly RunItem[]) =>
      `${what} ${items.length === 1 ? items[0]?.label : `${items.length} devices`}`,
    compose: (items) => items.map(resultOf),
    prepare: async () => async (item, tools) => {
      const { signal, held, enter, onPhase } = tools;
      try {
        const session = await connect(item.id, { signal, held, enter, onPhase });
        return end('succeeded', await work(session, { signal, onPhase }).finally(() => session.close()));
      } catch (error) {
        if (error instanceof HeldBack) throw error;
        const data = signal.aborted ? describeError('CANCELLED') : explain(error);
        if (signal.aborted) return end('cancelled', data.title, data);
        return { ...end('failed', data.title, data), retry: retryOf(error) };
      }
    },
  });
};
