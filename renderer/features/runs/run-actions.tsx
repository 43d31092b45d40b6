import { Button } from '@mantine/core';
import {
  IconArrowBackUp,
  IconFileExport,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
} from '@tabler/icons-react';
import type { JobView } from '#shared/model/jobs.ts';
import { goTo, links } from '../../app/route.ts';
import { viewError } from '../../error-view.ts';
import { formatCount } from '../../format.ts';
import { saveText } from '../../save-text.ts';
import { useClient } from '../../stores.tsx';
import { showError } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { useAnswer } from '../../use-answer.ts';
import { useUndo } from '../devices/ask-undo.tsx';
import { toRetry } from './run-view.ts';
import { useRetry } from './use-retry.ts';

const icon = { size: 16, 'aria-hidden': true } as const;

/** What can be done with a run now. */
export const RunActions = ({ job }: { job: JobView }) => {
  const client = useClient();
  const { isBusy, run } = useAction();
  const { id } = job;
  const ask = (work: () => Promise<unknown>) =>
    void run(() => work().catch((error: unknown) => showError(viewError(error))));
  const hasWavesLeft = job.waves.some(({ state }) => state === 'waiting');
  return (
    <>
      {job.canPause ? (
        <Button
          variant="default"
          disabled={isBusy}
          leftSection={<IconPlayerPause {...icon} />}
          onClick={() => ask(() => client.jobs.pause({ id, when: hasWavesLeft ? 'wave' : 'now' }))}
        >
          {hasWavesLeft ? 'Pause after this wave' : 'Pause'}
        </Button>
      ) : null}
      {job.state === 'running' || job.state === 'paused' ? (
        <Button
          variant="default"
          disabled={isBusy}
          leftSection={<IconPlayerStop {...icon} />}
          onClick={() => ask(() => client.jobs.cancel({ id }))}
        >
          Cancel
        </Button>
      ) : null}
      {job.canResume ? (
        <Button
          loading={isBusy}
          leftSection={<IconPlayerPlay {...icon} />}
          onClick={() => ask(() => client.jobs.resume({ id }))}
        >
          Resume
        </Button>
      ) : null}
      <Export job={job} />
      <UndoAll job={job} />
      <RetryAll job={job} />
    </>
  );
};

const isOver = ({ state }: JobView): boolean => state !== 'running' && state !== 'paused';

/** What this run has changed, for those who audit it. */
const Export = ({ job }: { job: JobView }) => {
  const client = useClient();
  if ((job.kind !== 'trust.push' && job.kind !== 'trust.undo') || !isOver(job) || job.done === 0) return null;
  const save = () =>
    client.trust.journalExport({ format: 'csv', jobId: job.id }).then(
      ({ text }) => saveText('run.csv', text, 'text/csv'),
      (error: unknown) => showError(viewError(error)),
    );
  return (
    <Button variant="default" leftSection={<IconFileExport {...icon} />} onClick={() => void save()}>
      Export
    </Button>
  );
};

/** Takes back what this push has done. */
const UndoAll = ({ job }: { job: JobView }) => {
  const client = useClient();
  const askUndo = useUndo();
  const { isBusy, run } = useAction();
  const isPushed = job.kind === 'trust.push' && isOver(job);
  // A device that failed may have been written to before.
  const { answer } = useAnswer(
    () => (isPushed ? client.trust.undoNeeds({ jobId: job.id }) : Promise.resolve(null)),
    `${job.id} ${isPushed}`,
  );
  if (!isPushed || !answer || answer.devices === 0) return null;
  const undo = () =>
    void askUndo(
      {
        title: 'Undo all of this run',
        text: 'On each device that this run has changed, what was there before comes back, byte for byte.',
        verb: 'Undo all',
        of: { jobId: job.id },
      },
      (options) =>
        void run(async () => {
          try {
            const { jobId } = await client.trust.undo({ jobId: job.id, options });
            goTo(links.run(jobId));
          } catch (error) {
            showError(viewError(error));
          }
        }),
    );
  return (
    <Button variant="default" loading={isBusy} leftSection={<IconArrowBackUp {...icon} />} onClick={undo}>
      Undo all
    </Button>
  );
};

const RetryAll = ({ job }: { job: JobView }) => {
  const { isBusy, retry } = useRetry(job.id);
  const count = toRetry(job);
  if (!isOver(job) || !job.canRetry || count === 0) return null;
  return (
    <Button
      // A plan's filled button is the push of it.
      variant={job.canResume || job.kind === 'trust.plan' ? 'default' : 'filled'}
      loading={isBusy}
      leftSection={<IconRefresh {...icon} />}
      onClick={() => void retry()}
    >
      Retry {formatCount(count)} failed
    </Button>
  );
};
