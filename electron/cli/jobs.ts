import { AppError } from '#shared/errors.ts';
import type { Job, JobItem } from '#shared/model/jobs.ts';
import type { Client } from '#electron/serve/attach.ts';
import type { Context } from './context.ts';
import type { Output } from './output.ts';

const signs: Record<JobItem['state'], string> = {
  waiting: ' ',
  running: '…',
  succeeded: '✓',
  unchanged: '=',
  failed: '✕',
  cancelled: '-',
};

/** Tells each phase of each item once, on stderr. */
const createProgress = (out: Output) => {
  const told = new Map<string, string>();
  return (job: Job): void => {
    for (const { id, label, state, message, ...item } of job.items) {
      const { done = 0, total = 0 } = item.progress ?? {};
      const share = total > 0 ? ` ${Math.floor((done / total) * 10) * 10} %` : '';
      const phase = `${item.phase}${share}`;
      const now = state === 'running' ? phase : state;
      if (state === 'waiting' || told.get(id) === now) continue;
      told.set(id, now);
      out.note(`${signs[state]} ${label}  ${state === 'running' ? phase : message || state}`);
    }
  };
};

/**
 * Follows a job to its end, with progress on stderr. Ctrl-C cancels the job and waits for it to end in order.
 * @returns the job's result
 * @throws AppError CANCELLED, INTERRUPTED, or what the job failed with
 */
export const followJob = async (context: Context, client: Client, jobId: string): Promise<unknown> => {
  const { out, stopSignal } = context;
  const cancel = (): void => {
    out.note('Cancelling …');
    void client.jobs.cancel({ id: jobId }).catch(() => undefined);
  };
  stopSignal.addEventListener('abort', cancel, { once: true });
  if (stopSignal.aborted) cancel();
  try {
    const progress = createProgress(out);
    let last: Job | undefined;
    for await (const job of await client.jobs.watch({ id: jobId })) {
      progress(job);
      last = job;
    }
    if (last?.error) throw new AppError(last.error.code, last.error.details);
    if (last?.state === 'interrupted') throw new AppError('INTERRUPTED');
    if (last?.result === null || last?.result === undefined) throw new AppError('CANCELLED');
    return last.result;
  } finally {
    stopSignal.removeEventListener('abort', cancel);
  }
};
