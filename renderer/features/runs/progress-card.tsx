import { Text } from '@mantine/core';
import type { JobView } from '#shared/model/jobs.ts';
import { formatCount, formatDuration, formatTime, plural } from '../../format.ts';
import { Card } from '../../ui/card.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { RunBar } from './run-bar.tsx';
import {
  barParts,
  elapsedSeconds,
  leftWords,
  paceWords,
  summaryWords,
  waveParts,
  waveWords,
} from './run-view.ts';
import { useNow } from './use-job.ts';
import classes from './progress-card.module.css';

/** How far a run is: the whole as one bar, its waves as columns, pace and time. */
export const ProgressCard = ({ job }: { job: JobView }) => {
  const isRunning = job.state === 'running';
  const now = useNow(isRunning);
  return (
    <Card title="Progress">
      <RunBar label="Progress" parts={barParts(job.counts)} done={job.done} total={job.total} />
      <div className={classes.line}>
        <Text size="sm" fw={550}>
          {formatCount(job.done)} of {plural(job.total, 'device')}
        </Text>
        <Text size="sm" c="dimmed">
          {summaryWords(job)}
        </Text>
        <Text size="sm" c="dimmed" className={classes.time}>
          {[
            `${isRunning ? 'Running for' : 'Took'} ${formatDuration(elapsedSeconds(job, now))}`,
            paceWords(job),
            leftWords(job),
            isRunning ? '' : `started ${formatTime(job.startedAt)}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </div>
      {job.note ? (
        <Text size="sm" mt={6} role="status">
          {job.note}
        </Text>
      ) : null}
      {job.waves.length > 1 ? <Waves job={job} /> : null}
    </Card>
  );
};

const Waves = ({ job }: { job: JobView }) => (
  <ol className={classes.waves} aria-label="Waves">
    {job.waves.map((wave) => {
      const { title, state, detail } = waveWords(wave, job.waves.length);
      return (
        <li key={wave.index} className={classes.wave} data-state={wave.state}>
          <div className={classes.head}>
            <Text size="sm" fw={550}>
              {title}
            </Text>
            <Text size="xs" component="div">
              <StateDot {...state} />
            </Text>
          </div>
          <RunBar label={`${title}: ${detail}`} parts={waveParts(wave)} done={wave.done} total={wave.total} />
          <Text size="xs" c="dimmed" mt={5}>
            {detail}
          </Text>
        </li>
      );
    })}
  </ol>
);
