import { randomBytes } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { GcOptions, GcResult, VerifyResult } from '#shared/model/storage.ts';
import type { JobContext, Jobs } from '#electron/services/jobs/index.ts';
import type { EngineWork, FromEngine, ToEngine } from './messages.ts';

type Message<Type extends FromEngine['type']> = Extract<FromEngine, { type: Type }>;

interface Running {
  ended: PromiseWithResolvers<Message<'worked'>>;
  onProgress(message: Message<'progress'>): void;
}

const phases = {
  mark: 'Look through the repositories',
  sweep: 'Look through the stored blobs',
  verify: 'Hash every blob again',
} as const;

/** Long work of the engine on its store as jobs of the app. */
export const createTasks = (needs: {
  jobs: Pick<Jobs, 'start' | 'running'>;
  isServing: () => boolean;
  send: (message: ToEngine) => void;
}) => {
  const running = new Map<string, Running>();

  const failureOf = ({ code, problem }: Message<'workFailed'>): AppError => {
    if (code === 'CANCELLED') return new AppError('CANCELLED');
    if (code === 'BUSY') return new AppError('STORE_BUSY', { title: 'other work on the store' });
    return new AppError('STORE_WORK_FAILED', { problem: `The engine said ${code}: ${problem}.` });
  };

  /** Lets the engine work, with progress on the only item of a job, and cancels it there when the job is cancelled. */
  const perform = async (
    work: EngineWork,
    { item, signal }: JobContext,
  ): Promise<Message<'worked'>['result']> => {
    const id = randomBytes(6).toString('hex');
    const ended = Promise.withResolvers<Message<'worked'>>();
    const cancel = () => needs.send({ type: 'cancel', id });
    item('store', { state: 'running', phase: phases[work.kind === 'gc' ? 'mark' : 'verify'] });
    running.set(id, {
      ended,
      onProgress: ({ phase, done, total, unit }) =>
        item('store', { phase: phases[phase], progress: { done, total, unit } }),
    });
    signal.addEventListener('abort', cancel, { once: true });
    try {
      needs.send({ type: 'work', id, work });
      if (!needs.isServing()) throw new AppError('REGISTRY_DOWN');
      return (await ended.promise).result;
    } finally {
      signal.removeEventListener('abort', cancel);
      running.delete(id);
    }
  };

  const require = () => {
    if (!needs.isServing()) throw new AppError('REGISTRY_DOWN');
    const other = needs.jobs
      .running()
      .find(({ kind }) => kind === 'registry.gc' || kind === 'registry.verify');
    if (other) throw new AppError('STORE_BUSY', { title: other.title });
  };
  const items = [{ id: 'store', label: 'Store' }];

  return {
    /** @throws AppError REGISTRY_DOWN, STORE_BUSY */
    gc(options: GcOptions): { jobId: string } {
      require();
      const title = options.isDryRun ? 'Preview what can be freed' : 'Free space';
      const { id } = needs.jobs.start<GcResult>({ kind: 'registry.gc', title, items }, async (context) => {
        const result = (await perform({ kind: 'gc', ...options }, context)) as GcResult;
        context.item('store', { state: 'succeeded', message: '' });
        return result;
      });
      return { jobId: id };
    },
    /** @throws AppError REGISTRY_DOWN, STORE_BUSY */
    verify(): { jobId: string } {
      require();
      const about = { kind: 'registry.verify', title: 'Verify the store', items } as const;
      const { id } = needs.jobs.start<VerifyResult>(about, async (context) => {
        const result = (await perform({ kind: 'verify' }, context)) as VerifyResult;
        const { length } = result.quarantined;
        if (length === 0) context.item('store', { state: 'succeeded', message: '' });
        else {
          const error = new AppError('BLOBS_BROKEN', { count: length }).data;
          context.item('store', { state: 'failed', message: error.title, error });
        }
        return result;
      });
      return { jobId: id };
    },
    onMessage(message: FromEngine): void {
      if (message.type === 'progress') running.get(message.id)?.onProgress(message);
      if (message.type === 'worked') running.get(message.id)?.ended.resolve(message);
      if (message.type === 'workFailed') running.get(message.id)?.ended.reject(failureOf(message));
    },
    /** The engine went away; what it was doing will not end. */
    onGone(): void {
      for (const { ended } of running.values()) ended.reject(new AppError('REGISTRY_DOWN'));
    },
  };
};
