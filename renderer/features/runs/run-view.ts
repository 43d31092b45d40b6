import type { ItemState, JobSummary, JobView, JobWave } from '#shared/model/jobs.ts';
import { formatCount, formatDuration, plural } from '../../format.ts';
import type { Tone } from '../../ui/state-dot.tsx';

type Words = { tone: Tone; label: string };

export const ITEM_WORDS: Record<ItemState, Words> = {
  waiting: { tone: 'idle', label: 'Waiting' },
  running: { tone: 'busy', label: 'Running' },
  succeeded: { tone: 'ok', label: 'Done' },
  unchanged: { tone: 'ok', label: 'Nothing to do' },
  failed: { tone: 'bad', label: 'Failed' },
  cancelled: { tone: 'idle', label: 'Cancelled' },
};

/** How a job stands, in words. */
export const jobWords = (job: Pick<JobSummary, 'state' | 'failed'>): Words => {
  switch (job.state) {
    case 'running':
      return { tone: 'busy', label: 'Running' };
    case 'paused':
      return { tone: 'warn', label: 'Paused' };
    case 'cancelled':
      return { tone: 'idle', label: 'Cancelled' };
    case 'interrupted':
      return { tone: 'warn', label: 'Interrupted' };
    case 'failed':
      return { tone: 'bad', label: job.failed > 0 ? 'Done with failures' : 'Failed' };
    case 'succeeded':
      return job.failed > 0 ? { tone: 'bad', label: 'Done with failures' } : { tone: 'ok', label: 'Done' };
  }
};

export type Counts = JobView['counts'];

/** Segments of a bar in the order they are drawn; what waits is the bar's ground. */
export const barParts = (counts: Counts): { tone: Tone; count: number }[] =>
  [
    { tone: 'ok' as const, count: counts.succeeded + counts.unchanged },
    { tone: 'bad' as const, count: counts.failed },
    { tone: 'idle' as const, count: counts.cancelled },
    { tone: 'busy' as const, count: counts.running },
  ].filter(({ count }) => count > 0);

/** Seconds a job ran, or has been running at `now`. */
export const elapsedSeconds = (job: Pick<JobSummary, 'startedAt' | 'endedAt'>, now: number): number =>
  Math.max(0, (job.endedAt === null ? now : Date.parse(job.endedAt)) - Date.parse(job.startedAt)) / 1000;

/** `3.4 a second`, `12 a minute`; empty while nothing can be said. */
export const paceWords = ({ state, perSecond }: Pick<JobView, 'state' | 'perSecond'>): string => {
  if (perSecond <= 0 || state === 'paused') return '';
  if (perSecond < 1) return `${Math.max(1, Math.round(perSecond * 60))} a minute`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond))} a second`;
};

/** `about 4 min 10 s left`; empty when it cannot be known. */
export const leftWords = ({
  state,
  total,
  done,
  perSecond,
}: Pick<JobView, 'state' | 'total' | 'done' | 'perSecond'>): string => {
  if (state !== 'running' || perSecond <= 0 || done === 0 || total - done < 2) return '';
  return `about ${formatDuration((total - done) / perSecond)} left`;
};

/** `3 changed · 1 had nothing to do · 1 failed`. */
export const summaryWords = ({ kind, counts }: Pick<JobView, 'kind' | 'counts'>): string => {
  const verb =
    kind === 'trust.push' || kind === 'trust.undo' ? 'changed' : kind === 'trust.verify' ? 'right' : 'done';
  return [
    counts.succeeded > 0 ? `${formatCount(counts.succeeded)} ${verb}` : '',
    counts.unchanged > 0 ? `${formatCount(counts.unchanged)} had nothing to do` : '',
    counts.failed > 0 ? `${formatCount(counts.failed)} failed` : '',
    counts.cancelled > 0 ? `${formatCount(counts.cancelled)} cancelled` : '',
  ]
    .filter(Boolean)
    .join(' · ');
};

const WAVE_STATES: Record<JobWave['state'], Words> = {
  waiting: { tone: 'idle', label: 'Waiting' },
  running: { tone: 'busy', label: 'Running' },
  done: { tone: 'ok', label: 'Done' },
  stopped: { tone: 'warn', label: 'Stopped' },
};

/** A wave's name and how it stands. */
export const waveWords = (wave: JobWave, waves: number): { title: string; state: Words; detail: string } => {
  const isLast = wave.index === waves - 1;
  const title =
    wave.index === 0 && wave.total === 1 ? 'Canary' : isLast ? 'The rest' : `Wave ${wave.index + 1}`;
  const failed = wave.failed > 0 ? `, ${formatCount(wave.failed)} failed` : '';
  return {
    title,
    state:
      wave.state === 'done' && wave.failed > 0
        ? { tone: 'bad', label: 'Done with failures' }
        : WAVE_STATES[wave.state],
    detail: `${formatCount(wave.done)} of ${plural(wave.total, 'device')}${failed}`,
  };
};

/** Segments of a wave's bar. */
export const waveParts = ({ done, failed }: JobWave): { tone: Tone; count: number }[] =>
  [
    { tone: 'ok' as const, count: Math.max(0, done - failed) },
    { tone: 'bad' as const, count: failed },
  ].filter(({ count }) => count > 0);

/** How many a retry would take up again. */
export const toRetry = ({ counts }: Pick<JobView, 'counts'>): number => counts.failed + counts.cancelled;
