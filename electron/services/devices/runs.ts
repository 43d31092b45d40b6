import { randomBytes } from 'node:crypto';
import type { Log } from '#electron/log.ts';
import type { JobContext, Jobs, JobStart } from '#electron/services/jobs/index.ts';
import { AppError, type AppErrorData, describeError } from '#shared/errors.ts';

import type { DeviceEntry } from './lookup.ts';
import { onTheirWay } from './on-their-way.ts';
import type { DeviceSession } from './session.ts';

/** What work on one device gets: its own item of the job. */
export interface DeviceRun {
  signal: AbortSignal;
  item(patch: Parameters<JobContext['item']>[1]): void;
}

/** How a run ended on one device. */
export interface DeviceResult {
  id: string;
  error: AppErrorData | null;
}

/** Runs one piece of work on many devices as a job; a device that fails is a result, and the others go on. */
export const createRuns = (needs: {
  jobs: Pick<Jobs, 'start'>;
  log: Log;
  connect: (
    id: string,
    options: { signal: AbortSignal; onPhase(title: string): void },
  ) => Promise<DeviceSession>;
}) => {
  const { jobs, log, connect } = needs;

  const explain = (error: unknown): AppErrorData => {
    if (error instanceof AppError) return error.data;
    const reference = randomBytes(4).toString('hex');
    log.error('work on a device failed unexpectedly', { reference, error });
    return describeError('INTERNAL', { reference }, reference);
  };

  const runOne = async (
    device: Pick<DeviceEntry, 'id' | 'name'>,
    { signal, item: itemOf }: JobContext,
    work: (session: DeviceSession, run: DeviceRun) => Promise<void>,
  ): Promise<DeviceResult> => {
    const { id } = device;
    const item: DeviceRun['item'] = (patch) => itemOf(id, patch);
    if (signal.aborted) return { id, error: describeError('CANCELLED') };
    try {
      item({ state: 'running' });
      const session = await connect(id, { signal, onPhase: (phase) => item({ phase }) });
      await work(session, { signal, item }).finally(() => session.close());
      return { id, error: null };
    } catch (error) {
      if (signal.aborted) return { id, error: describeError('CANCELLED') };
      const data = explain(error);
      item({ state: 'failed', message: data.title, error: data });
      return { id, error: data };
    }
  };

  return (
    about: Omit<JobStart, 'items'>,
    devices: readonly Pick<DeviceEntry, 'id' | 'name'>[],
    work: (session: DeviceSession, run: DeviceRun) => Promise<void>,
  ): { jobId: string } => {
    const items = devices.map(({ id, name }) => ({ id, label: name }));
    const { id } = jobs.start({ ...about, items }, async (context) => {
      const results: DeviceResult[] = [];
      await onTheirWay(devices, async (device, at) => {
        results[at] = await runOne(device, context, work);
      });
      return results;
    });
    return { jobId: id };
  };
};
