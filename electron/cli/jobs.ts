import { AppError } from '#shared/errors.ts';
import type { JobItem, JobView } from '#shared/model/jobs.ts';
import type { DeviceRun, TrustRun } from '#shared/model/trust.ts';
import type { Client } from '#electron/serve/attach.ts';
import type { Context } from './context.ts';
import { runLines } from './run-text.ts';
import { createItemProgress, createSumProgress, mostTold } from './progress.ts';

const isOpen = ({ state }: JobView): boolean => state === 'running';

/**
 * Follows a job until it no longer runs, with progress on stderr. Ctrl-C cancels the job and waits for it to end in order.
 * @returns how it stands then: ended or paused
 */
const follow = async (context: Context, client: Client, jobId: string): Promise<JobView> => {
  const { out, stopSignal } = context;
  const cancel = (): void => {
    out.note('Cancelling …');
    void client.jobs.cancel({ id: jobId }).catch(() => undefined);
  };
  stopSignal.addEventListener('abort', cancel, { once: true });
  if (stopSignal.aborted) cancel();
  try {
    const tellItems = createItemProgress(out);
    const tellSums = createSumProgress(out);
    for await (const view of await client.jobs.watch({ id: jobId })) {
      if (view.total > mostTold) tellSums(view);
      else tellItems((await client.jobs.items({ id: jobId, limit: mostTold })).items);
      if (!isOpen(view)) return view;
    }
    throw new AppError('INTERRUPTED');
  } finally {
    stopSignal.removeEventListener('abort', cancel);
  }
};

const tellGoingOn = ({ out }: Context, { id, note, canResume }: JobView): void => {
  if (note) out.note(note);
  if (canResume) out.note(`Go on with \`mooring jobs resume ${id}\`.`);
};

const pageSize = 500;

/** The whole result of a run, page by page: one answer may not grow with the fleet. */
export const readRun = async (client: Client, jobId: string): Promise<TrustRun> => {
  const devices: DeviceRun[] = [];
  for (;;) {
    const page = await client.trust.result({ jobId, offset: devices.length, limit: pageSize });
    devices.push(...page.devices);
    const { summary, seconds } = page;
    if (page.devices.length === 0 || devices.length >= page.total) return { devices, summary, seconds };
  }
};

/**
 * Follows a job to its end.
 * @returns the job's result
 * @throws AppError CANCELLED, INTERRUPTED, or what the job failed with
 */
export const followJob = async (context: Context, client: Client, jobId: string): Promise<unknown> => {
  const view = await follow(context, client, jobId);
  if (view.error) throw new AppError(view.error.code, view.error.details);
  if (view.result === null || view.result === undefined) throw new AppError('CANCELLED');
  return view.result;
};

/**
 * Follows a job that is done to each of its items. One that was paused has a result too.
 * @returns its items
 * @throws AppError CANCELLED, INTERRUPTED, or what the job failed with
 */
export const followItems = async (context: Context, client: Client, jobId: string): Promise<JobItem[]> => {
  const view = await follow(context, client, jobId);
  if (view.error) throw new AppError(view.error.code, view.error.details);
  tellGoingOn(context, view);
  const items: JobItem[] = [];
  for (;;) {
    const page = await client.jobs.items({ id: jobId, offset: items.length, limit: pageSize });
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= page.total) return items;
  }
};

/**
 * Follows a run over devices. One that was paused, or stopped because too many failed, has a result too.
 * @throws AppError CANCELLED, INTERRUPTED, or what the run failed with
 */
export const followRun = async (context: Context, client: Client, jobId: string): Promise<TrustRun> => {
  const view = await follow(context, client, jobId);
  tellGoingOn(context, view);
  const run = await readRun(client, jobId);
  if (view.error === null) return run;
  // What was done before stays done, and is told.
  if (view.state === 'cancelled') for (const line of runLines(run)) context.out.note(line);
  throw new AppError(view.error.code, view.error.details);
};
