import { Anchor, Button, Loader } from '@mantine/core';
import { IconChevronLeft, IconShieldUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { JobView } from '#shared/model/jobs.ts';
import { links } from '../../app/route.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { useAnswer } from '../../use-answer.ts';
import { PushDialog } from '../devices/push-dialog.tsx';
import { CausesCard } from './causes-card.tsx';
import { PlanView } from './plan-view.tsx';
import { ProgressCard } from './progress-card.tsx';
import { RunActions } from './run-actions.tsx';
import { RunItems } from './run-items.tsx';
import { jobWords } from './run-view.ts';
import { useJob } from './use-job.ts';
import classes from './run-page.module.css';

export const RunPage = ({ id }: { id: string }) => {
  const { job, error } = useJob(id);
  if (job) return <Run job={job} lost={error} />;
  return (
    <Page title="Run" above={<Back />}>
      {error ? <ErrorNote {...error} /> : <Loader aria-label="Reading the run" />}
    </Page>
  );
};

const Back = () => (
  <Anchor href={links.devices} size="sm" className={classes.back}>
    <IconChevronLeft size={15} aria-hidden />
    Devices
  </Anchor>
);

interface RunProps {
  job: JobView;
  /** Why what is shown is no longer followed. */
  lost: ErrorView | null;
}

const Run = ({ job, lost }: RunProps) => {
  const [code, setCode] = useState<string | null>(null);
  const isPlan = job.kind === 'trust.plan';
  return (
    <Page
      title={job.title}
      above={<Back />}
      beside={
        <span role="status" className={classes.status}>
          <StateDot {...jobWords(job)} isStrong />
        </span>
      }
      actions={
        <>
          <RunActions job={job} />
          {isPlan ? <PushPlanned job={job} /> : null}
        </>
      }
    >
      {lost ? <ErrorNote {...lost} /> : null}
      <ProgressCard job={job} />
      {job.error ? <ErrorNote {...viewError(job.error)} /> : null}
      <CausesCard job={job} chosen={code} onChoose={setCode} />
      {isPlan ? (
        <Card title="What would change">
          <PlanView jobId={job.id} />
        </Card>
      ) : null}
      <RunItems job={job} code={code} onCode={setCode} />
    </Page>
  );
};

/** From what was looked at to what is done: the same devices. */
const PushPlanned = ({ job }: { job: JobView }) => {
  const client = useClient();
  const [isOpen, setOpen] = useState(false);
  const isOver = job.state !== 'running' && job.state !== 'paused';
  const { answer: groups } = useAnswer(
    () => (isOver ? client.trust.planGroups({ jobId: job.id }) : Promise.resolve([])),
    `${job.id} ${isOver}`,
  );
  const ids = (groups ?? []).filter(({ outcome }) => outcome === 'planned').flatMap((group) => group.ids);
  if (ids.length === 0) return null;
  const what = plural(ids.length, 'device');
  return (
    <>
      <Button leftSection={<IconShieldUp size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Push trust to {what}
      </Button>
      {isOpen ? (
        <PushDialog
          selection={{ devices: ids }}
          what={what}
          count={ids.length}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
};
