import { Anchor, Button, Loader, Text } from '@mantine/core';
import { IconChevronLeft, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import type { Job } from '#shared/model/jobs.ts';
import { goTo, links } from '../../app/route.ts';
import { viewError } from '../../error-view.ts';
import { formatDuration, formatTime, plural } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { showError } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { useRuns, type RunKind } from '../devices/use-runs.ts';
import { Failures } from './failures.tsx';
import { RunBar } from './run-bar.tsx';
import { RunItems } from './run-items.tsx';
import { elapsedSeconds, failedIds, jobWords, summaryWords } from './run-view.ts';
import { useJob, useNow } from './use-job.ts';
import classes from './run-page.module.css';

export const RunPage = ({ id }: { id: string }) => {
  const { job, error } = useJob(id);
  if (error) {
    return (
      <Page title="Run" above={<Back />}>
        <ErrorNote {...error} />
      </Page>
    );
  }
  if (!job) {
    return (
      <Page title="Run" above={<Back />}>
        <Loader aria-label="Reading the run" />
      </Page>
    );
  }
  return <Run job={job} />;
};

const Back = () => (
  <Anchor href={links.devices} size="sm" className={classes.back}>
    <IconChevronLeft size={15} aria-hidden />
    Devices
  </Anchor>
);

const RETRIES: Partial<Record<Job['kind'], RunKind>> = {
  'trust.plan': 'plan',
  'trust.push': 'push',
  'trust.verify': 'verify',
  'trust.undo': 'undo',
};

const Run = ({ job }: { job: Job }) => {
  const isRunning = job.state === 'running';
  const words = jobWords(job);
  const now = useNow(isRunning);
  return (
    <Page
      title={job.title}
      above={<Back />}
      beside={
        <span role="status" className={classes.status}>
          <StateDot {...words} isStrong />
        </span>
      }
      actions={isRunning ? <Cancel id={job.id} /> : <Retry job={job} />}
    >
      <Card title="Progress">
        <RunBar job={job} />
        <div className={classes.line}>
          <Text size="sm">
            {job.done} of {plural(job.total, 'device')}
          </Text>
          <Text size="sm" c="dimmed">
            {summaryWords(job)}
          </Text>
          <Text size="sm" c="dimmed" className={classes.time}>
            {isRunning ? 'Running for' : 'Took'} {formatDuration(elapsedSeconds(job, now))} · started{' '}
            {formatTime(job.startedAt)}
          </Text>
        </div>
      </Card>
      {job.error ? <ErrorNote {...viewError(job.error)} /> : null}
      <Failures items={job.items} />
      <RunItems job={job} />
    </Page>
  );
};

const Cancel = ({ id }: { id: string }) => {
  const client = useClient();
  const { isBusy, run } = useAction();
  return (
    <Button
      variant="default"
      loading={isBusy}
      leftSection={<IconPlayerStop size={16} aria-hidden />}
      onClick={() =>
        void run(() => client.jobs.cancel({ id }).catch((error: unknown) => showError(viewError(error))))
      }
    >
      Cancel
    </Button>
  );
};

const Retry = ({ job }: { job: Job }) => {
  const { start } = useRuns();
  const { isBusy, run } = useAction();
  const ids = failedIds(job.items);
  const kind = RETRIES[job.kind];
  if (!kind || ids.length === 0) return null;
  const retry = async () => {
    const jobId = await start(kind, ids);
    if (jobId) goTo(links.run(jobId));
  };
  return (
    <Button
      loading={isBusy}
      leftSection={<IconRefresh size={16} aria-hidden />}
      onClick={() => void run(retry)}
    >
      Retry {ids.length} failed
    </Button>
  );
};
