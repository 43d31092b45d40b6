import { Button, Group, Progress, Text } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import { useState } from 'react';
import type { JobView } from '#shared/model/jobs.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { useClient, useSelect } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showError } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { useJob } from '../runs/use-job.ts';
import { bytesOf, percentOf, shownJob, type StoreKind } from './storage-view.ts';

const NONE: never[] = [];

/** One kind of work on the store: starts it and follows it, also when somebody else started it. */
export const useStoreJob = (kind: StoreKind) => {
  const [own, setOwn] = useState<string | null>(null);
  const running = useSelect('home', (state) => state.status?.jobs ?? NONE);
  const { job } = useJob(shownJob(own, running, kind));
  const { isBusy, error, run } = useAction();
  const start = (begin: () => Promise<{ jobId: string }>) =>
    void run(async () => setOwn((await begin()).jobId));
  const isRunning = job?.state === 'running';
  return { job, isBusy: isBusy || isRunning, isRunning, error, start };
};

interface StoreJobProps {
  job: JobView | null;
  error: ErrorView | null;
}

/** How far the work is, how to stop it, and how it failed. */
export const StoreJob = ({ job, error }: StoreJobProps) => {
  const client = useClient();
  const { isBusy, run } = useAction();
  if (error) return <ErrorNote {...error} />;
  if (!job) return null;
  if (job.state === 'cancelled') {
    return (
      <Text size="sm" c="dimmed" role="status">
        Cancelled. Nothing that is in use was touched.
      </Text>
    );
  }
  if (job.state !== 'running') return job.error ? <ErrorNote {...viewError(job.error)} /> : null;
  const { id } = job;
  const percent = percentOf(job);
  const cancel = () =>
    void run(() => client.jobs.cancel({ id }).catch((failure: unknown) => showError(viewError(failure))));
  return (
    <div>
      <Progress value={percent ?? 100} animated={percent === null} aria-label={`Progress: ${job.title}`} />
      <Group justify="space-between" mt={6} wrap="nowrap">
        <Text size="sm" role="status">
          {job.running[0]?.phase || 'Starting'} {bytesOf(job)}
        </Text>
        <Button
          size="xs"
          variant="default"
          loading={isBusy}
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          onClick={cancel}
        >
          Cancel
        </Button>
      </Group>
    </div>
  );
};
