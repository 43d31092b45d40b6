import type { JobView } from './jobs.ts';

/** A push that runs, for tests of what people are told of it. */
export const aView = (patch: Partial<JobView> = {}): JobView => ({
  id: '1',
  kind: 'trust.push',
  title: 'Push trust',
  state: 'running',
  startedAt: '2026-11-26T12:00:00Z',
  endedAt: null,
  done: 0,
  total: 0,
  failed: 0,
  counts: { waiting: 0, running: 0, succeeded: 0, unchanged: 0, failed: 0, cancelled: 0 },
  waves: [],
  causes: [],
  running: [],
  perSecond: 0,
  canPause: true,
  canResume: false,
  canRetry: false,
  error: null,
  note: '',
  result: null,
  ...patch,
});
