import { useEffect, useState } from 'react';
import type { Job } from '#shared/model/jobs.ts';
import type { ErrorView } from '../../error-view.ts';
import { useSelect, useStores } from '../../stores.tsx';

/** One job, followed while the component stands; null while unknown or without id. */
export const useJob = (id: string | null): { job: Job | null; error: ErrorView | null } => {
  const { runs } = useStores();
  const job = useSelect('runs', (state) => (id === null ? null : (state.jobs[id] ?? null)));
  const error = useSelect('runs', (state) => (id === null ? null : (state.errors[id] ?? null)));
  useEffect(() => (id === null ? undefined : runs.watch(id)), [runs, id]);
  return { job, error };
};

/** Now, once a second while `isTicking`. */
export const useNow = (isTicking: boolean): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isTicking]);
  return now;
};
