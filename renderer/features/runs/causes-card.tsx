import { Button, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { JobCause, JobView } from '#shared/model/jobs.ts';
import { formatCount } from '../../format.ts';
import { Card } from '../../ui/card.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { useRetry } from './use-retry.ts';
import classes from './causes-card.module.css';

interface CausesCardProps {
  job: JobView;
  /** The cause the table below shows. */
  chosen: string | null;
  onChoose(code: string | null): void;
}

/** Failed devices by cause: one reading a cause, not one a device. */
export const CausesCard = ({ job, chosen, onChoose }: CausesCardProps) =>
  job.causes.length === 0 ? null : (
    <Card title="What failed" isFlush>
      {job.causes.map((cause) => (
        <Cause
          key={cause.code}
          job={job}
          cause={cause}
          isChosen={cause.code === chosen}
          onChoose={() => onChoose(cause.code === chosen ? null : cause.code)}
        />
      ))}
    </Card>
  );

interface CauseProps {
  job: JobView;
  cause: JobCause;
  isChosen: boolean;
  onChoose(): void;
}

const Cause = ({ job, cause, isChosen, onChoose }: CauseProps) => {
  const { isBusy, retry } = useRetry(job.id);
  const isOver = job.state !== 'running';
  return (
    <section aria-label={cause.title} className={classes.cause}>
      <Text size="sm" fw={600} component="div" className={classes.count}>
        <StateDot tone="bad" label={`${formatCount(cause.count)} ×`} />
      </Text>
      <div className={classes.words}>
        <Text fw={600} size="sm">
          {cause.title}
        </Text>
        <Text size="sm" c="dimmed">
          {cause.next}
        </Text>
      </div>
      <Button
        size="compact-sm"
        variant={isChosen ? 'light' : 'default'}
        aria-pressed={isChosen}
        onClick={onChoose}
      >
        {isChosen ? 'Show all' : cause.count === 1 ? 'Show it' : 'Show them'}
      </Button>
      {isOver && job.canRetry ? (
        <Button
          size="compact-sm"
          variant="default"
          loading={isBusy}
          leftSection={<IconRefresh size={14} aria-hidden />}
          aria-label={`Retry ${cause.count}: ${cause.title}`}
          onClick={() => void retry(cause.code)}
        >
          Retry {formatCount(cause.count)}
        </Button>
      ) : null}
    </section>
  );
};
