import { errorTexts, type AppErrorData, type ErrorCode } from '#shared/errors.ts';
import type { Job, JobItem, JobView } from '#shared/model/jobs.ts';
import type { Tone } from '../../ui/state-dot.tsx';

/** Failed devices of a run that share a cause. */
export interface FailureGroup {
  code: ErrorCode;
  title: string;
  next: string;
  items: JobItem[];
}

const NEUTRAL: Record<string, string> = {
  device: 'the device',
  user: 'the user',
  name: 'this name',
  fingerprint: 'its present key',
  expected: 'the confirmed one',
};

/**
 * The text of a cause that several devices share: a detail that is the same for all keeps its value, others become neutral words,
 * with a capital where they begin the sentence.
 */
const sharedText = (text: string, errors: AppErrorData[]): string =>
  text.replace(/\{(\w+)\}/g, (_, key: string, offset: number) => {
    const values = new Set(errors.map((error) => String(error.details[key] ?? '')));
    const [value] = values;
    // Who it was stands below the cause.
    if (values.size === 1 && value && key !== 'device') return value;
    const neutral = NEUTRAL[key] ?? '…';
    return offset === 0 ? neutral.charAt(0).toUpperCase() + neutral.slice(1) : neutral;
  });

/** Groups failed items by error code, the largest group first. */
export const groupFailures = (items: JobItem[]): FailureGroup[] => {
  const groups = new Map<ErrorCode, JobItem[]>();
  for (const item of items) {
    if (item.state !== 'failed') continue;
    const code = item.error?.code ?? 'INTERNAL';
    groups.set(code, [...(groups.get(code) ?? []), item]);
  }
  return [...groups.entries()]
    .map(([code, members]) => {
      const errors = members.flatMap((item) => item.error ?? []);
      const text = errorTexts[code];
      return {
        code,
        title: sharedText(text.title, errors),
        next: sharedText(text.next, errors),
        items: members,
      };
    })
    .sort((a, b) => b.items.length - a.items.length);
};

export const ITEM_WORDS: Record<JobItem['state'], { tone: Tone; label: string }> = {
  waiting: { tone: 'idle', label: 'Waiting' },
  running: { tone: 'busy', label: 'Running' },
  succeeded: { tone: 'ok', label: 'Done' },
  unchanged: { tone: 'ok', label: 'Nothing to do' },
  failed: { tone: 'bad', label: 'Failed' },
  cancelled: { tone: 'idle', label: 'Cancelled' },
};

/** How a job stands, in words. */
export const jobWords = (job: Pick<Job, 'state' | 'failed'>): { tone: Tone; label: string } => {
  switch (job.state) {
    case 'running':
      return { tone: 'busy', label: 'Running' };
    case 'paused':
      return { tone: 'idle', label: 'Paused' };
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

/** Seconds a job ran, or has been running at `now`. */
export const elapsedSeconds = (job: Pick<Job, 'startedAt' | 'endedAt'>, now: number): number =>
  ((job.endedAt === null ? now : Date.parse(job.endedAt)) - Date.parse(job.startedAt)) / 1000;

/** `3 changed · 1 nothing to do · 1 failed`. */
export const summaryWords = (job: Pick<JobView, 'kind' | 'counts'>): string => {
  const { counts } = job;
  const verb = job.kind === 'trust.push' || job.kind === 'trust.undo' ? 'changed' : 'done';
  return [
    counts.succeeded > 0 ? `${counts.succeeded} ${verb}` : '',
    counts.unchanged > 0 ? `${counts.unchanged} had nothing to do` : '',
    counts.failed > 0 ? `${counts.failed} failed` : '',
    counts.cancelled > 0 ? `${counts.cancelled} cancelled` : '',
  ]
    .filter(Boolean)
    .join(' · ');
};
