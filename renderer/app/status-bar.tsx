import { Progress } from '@mantine/core';
import type { JobSummary } from '#shared/model/jobs.ts';
import { formatCount } from '../format.ts';
import { useSelect } from '../stores.tsx';
import { StateDot, type Tone } from '../ui/state-dot.tsx';
import { goTo, links } from './route.ts';
import { certificateLine, registryLine } from './status-line.ts';
import classes from './status-bar.module.css';

/** One line that is always true: registry, certificate, and what runs now. */
export const StatusBar = () => {
  const status = useSelect('home', (state) => state.status);
  const isOpen = useSelect('connection', (state) => state.phase === 'open');
  if (!status) return null;
  const registry = isOpen ? registryLine(status) : { tone: 'idle' as const, label: 'not connected' };
  const certificate = certificateLine(status.certificate);
  return (
    <div className={classes.bar}>
      <Part name="Registry" tone={registry.tone} label={registry.label} link={links.home} />
      {isOpen ? (
        <Part
          name="Certificate"
          tone={certificate.tone}
          label={certificate.label}
          link={links.certificates}
        />
      ) : null}
      <span className={classes.space} />
      {isOpen
        ? status.jobs.filter((job) => job.state === 'running').map((job) => <Run key={job.id} job={job} />)
        : null}
    </div>
  );
};

interface PartProps {
  name: string;
  tone: Tone;
  label: string;
  link: string;
}

const Part = ({ name, tone, label, link }: PartProps) => (
  <button type="button" className={classes.part} aria-label={`${name}: ${label}`} onClick={() => goTo(link)}>
    <StateDot tone={tone} label={label} />
  </button>
);

const Run = ({ job }: { job: JobSummary }) => {
  const percent = job.total === 0 ? 0 : Math.round((job.done / job.total) * 100);
  const label = `${job.title}: ${formatCount(job.done)} of ${formatCount(job.total)}`;
  return (
    <button
      type="button"
      className={classes.part}
      aria-label={`Run: ${label}`}
      onClick={() => goTo(links.job(job))}
    >
      <StateDot tone="busy" label={label} />
      <Progress value={percent} w={90} size={5} aria-hidden />
    </button>
  );
};
