import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JobView } from '#shared/model/jobs.ts';
import { follow, type Connection } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';

export interface RunsState {
  jobs: Record<string, JobView>;
  errors: Record<string, ErrorView>;
}

export interface RunsStore extends StoreApi<RunsState> {
  /** Keeps `jobs[id]` true until `off()` or the job's end; several watchers share one subscription. */
  watch(id: string): () => void;
}

export const createRunsStore = ({ client, whileOpen }: Connection): RunsStore => {
  const store = createStore<RunsState>(() => ({ jobs: {}, errors: {} }));
  const watched = new Map<string, { count: number; off: () => void }>();

  const start = (id: string) =>
    whileOpen((signal) => {
      const job = store.getState().jobs[id];
      if (job && job.state !== 'running' && !job.canResume) return;
      void follow(
        client.jobs.watch({ id }, { signal }),
        signal,
        (fresh) =>
          store.setState(({ jobs, errors: { [id]: past, ...errors } }) => ({
            jobs: { ...jobs, [id]: fresh },
            ...(past ? { errors } : {}),
          })),
        (error) => store.setState((state) => ({ errors: { ...state.errors, [id]: viewError(error) } })),
      );
    });

  return Object.assign(store, {
    watch(id: string) {
      const entry = watched.get(id) ?? { count: 0, off: start(id) };
      entry.count += 1;
      watched.set(id, entry);
      return () => {
        entry.count -= 1;
        if (entry.count > 0) return;
        entry.off();
        watched.delete(id);
      };
    },
  });
};
