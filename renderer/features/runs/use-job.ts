import { useEffect, useState } from 'react';
import type { JobItem, JobView } from '#shared/model/jobs.ts';
import type { DeviceRun } from '#shared/model/trust.ts';
import type { ErrorView } from '../../error-view.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';

/** One job, followed while the component stands; null while unknown or without id. */
export const useJob = (id: string | null): { job: JobView | null; error: ErrorView | null } => {
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

const MOST_ITEMS = 500;

/** The first items of a job, read again whenever the job changes. */
export const useItems = (job: JobView | null): JobItem[] => {
  const client = useClient();
  const [items, setItems] = useState<JobItem[]>([]);
  useEffect(() => {
    if (job === null) return;
    let isCurrent = true;
    client.jobs.items({ id: job.id, limit: MOST_ITEMS }).then(
      (page) => {
        if (isCurrent) setItems(page.items);
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [client, job]);
  return items;
};

/** What a run that has ended yielded for its first device; null for other jobs and while it runs. */
export const useFirstResult = (job: JobView | null): DeviceRun | null => {
  const client = useClient();
  const [first, setFirst] = useState<DeviceRun | null>(null);
  useEffect(() => {
    if (!job?.kind.startsWith('trust.') || job.state === 'running') return;
    let isCurrent = true;
    client.trust.result({ jobId: job.id, limit: 1 }).then(
      ({ devices }) => {
        if (isCurrent) setFirst(devices[0] ?? null);
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [client, job]);
  return job ? first : null;
};
