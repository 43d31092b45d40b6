import type { FromEngine, EngineWork } from '../messages.ts';
import type { Storage } from './storage/index.ts';
import type { Report, Task } from './storage/task.ts';

/** Long work on the store, one piece at a time, asked for and followed by messages. */
export interface Work {
  begin(id: string, work: EngineWork): Promise<void>;
  cancel(id: string): void;
  /** Cancels what runs. */
  close(): void;
}

const reportMs = 100;

export const createWork = (storage: Storage, tell: (message: FromEngine) => void): Work => {
  let current: { id: string; abort: AbortController } | null = null;

  const perform = async (work: EngineWork, task: Task): Promise<FromEngine & { type: 'worked' }> => {
    const id = current?.id ?? '';
    if (work.kind === 'verify')
      return { type: 'worked', id, kind: 'verify', result: await storage.verify(task) };
    const { isDryRun } = work;
    return { type: 'worked', id, kind: 'gc', result: { isDryRun, ...(await storage.collect(work, task)) } };
  };

  return {
    async begin(id, work) {
      if (current) return tell({ type: 'workFailed', id, code: 'BUSY', problem: '' });
      const abort = new AbortController();
      current = { id, abort };
      let toldAt = 0;
      const report = (one: Report) => {
        if (Date.now() - toldAt < reportMs) return;
        toldAt = Date.now();
        tell({ type: 'progress', id, ...one });
      };
      try {
        tell(await perform(work, { signal: abort.signal, report }));
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
        tell({
          type: 'workFailed',
          id,
          code: abort.signal.aborted ? 'CANCELLED' : code,
          problem: error instanceof Error ? error.message : String(error),
        });
      } finally {
        current = null;
      }
    },
    cancel(id) {
      if (current?.id === id) current.abort.abort();
    },
    close: () => current?.abort.abort(),
  };
};
