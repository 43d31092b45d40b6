import type { JobView } from '#shared/model/jobs.ts';
import classes from './run-bar.module.css';

/** One bar, a segment per state. */
export const RunBar = ({ job }: { job: JobView }) => {
  const { counts } = job;
  const total = Math.max(1, job.total);
  const parts = [
    { tone: 'ok', count: counts.succeeded + counts.unchanged },
    { tone: 'bad', count: counts.failed },
    { tone: 'idle', count: counts.cancelled },
    { tone: 'busy', count: counts.running },
  ].filter((part) => part.count > 0);
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={job.total}
      aria-valuenow={job.done}
    >
      {parts.map((part) => (
        <div
          key={part.tone}
          className={classes.part}
          data-tone={part.tone}
          style={{ width: `${(part.count / total) * 100}%` }}
        />
      ))}
    </div>
  );
};
