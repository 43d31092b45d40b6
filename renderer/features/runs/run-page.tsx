import { Anchor, Button, Loader, Text } from '@mantine/core';
import { IconChevronLeft, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import type { JobView } from '#shared/model/jobs.ts';
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
import { Failures } from './failures.tsx';
import { RunBar } from './run-bar.tsx';
import { RunItems } from './run-items.tsx';
import { elapsedSeconds, jobWords, summaryWords } from './run-view.ts';
import { useItems, useJob, useNow } from './use-job.ts';
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

const Run = ({ job }: { job: JobView }) => {
  const items = useItems(job);
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
      <Failures items={items} />
      <RunItems items={items} />
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

const Retry = ({ job }: { job: JobView }) => {
  const client = useClient();
  const { isBusy, run } = useAction();
  if (!job.canRetry) return null;
  const retry = () =>
    client.jobs.retry({ id: job.id }).then(
      ({ jobId }) => goTo(links.run(jobId)),
      (error: unknown) => showError(viewError(error)),
    );
  return (
    <Button
      loading={isBusy}
      leftSection={<IconRefresh size={16} aria-hidden />}
      onClick={() => void run(retry)}
    >
      Retry {job.counts.failed + job.counts.cancelled} failed
    </Button>
  );
};
