import { Anchor, CloseButton } from '@mantine/core';
import { links } from '../../app/route.ts';
import { useItems, useJob } from '../runs/use-job.ts';
import { jobWords } from '../runs/run-view.ts';
import { StateDot } from '../../ui/state-dot.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import classes from './run-strip.module.css';

interface RunStripProps {
  jobId: string;
  onClose(): void;
}

/** A run on this one device, followed in place. */
export const RunStrip = ({ jobId, onClose }: RunStripProps) => {
  const { job } = useJob(jobId);
  const [item] = useItems(job);
  if (!job) return null;
  const text = job.state === 'running' ? item?.phase : (item?.error?.title ?? item?.message);
  return (
    <div className={classes.strip} role="status">
      <StateDot {...jobWords(job)} isStrong />
      <Truncate size="sm" flex={1}>
        {text || job.title}
      </Truncate>
      <Anchor href={links.run(jobId)} size="sm">
        Open the run
      </Anchor>
      <CloseButton size="sm" aria-label="Hide this run" onClick={onClose} />
    </div>
  );
};
