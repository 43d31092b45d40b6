import { describe, expect, it } from 'vitest';
import type { JobSummary, JobView } from '#shared/model/jobs.ts';
import { bytesOf, gcResultOf, gcWords, percentOf, shownJob, toBytes, toGigabytes } from './storage-view.ts';

const job = (
  change: Partial<JobSummary & { result: unknown }> = {},
  progress?: JobView['running'][number]['progress'],
) => {
  const item = { id: 'store', label: 'Store', wave: 0, phase: '', message: '', code: null, error: null };
  return {
    id: '1',
    kind: 'registry.verify' as const,
    title: 'Verify the store',
    state: 'running' as const,
    startedAt: '2026-11-21T00:00:00.000Z',
    endedAt: null,
    done: 0,
    total: 1,
    failed: 0,
    running: [{ ...item, state: 'running' as const, attempts: 1, progress }],
    result: null as unknown,
    ...change,
  };
};

describe('progress', () => {
  it('is counted where the work counts', () => {
    expect(percentOf(job())).toBeNull();
    expect(percentOf(job({}, { done: 1, total: 3, unit: 'items' }))).toBe(33);
    expect(percentOf(job({ state: 'succeeded' }))).toBe(100);
    expect(bytesOf(job({}, { done: 1_000_000, total: 2_500_000, unit: 'bytes' }))).toBe('1.0 MB of 2.5 MB');
    expect(bytesOf(job({}, { done: 1, total: 3, unit: 'items' }))).toBe('');
  });

  it('is that of the job that runs, whoever started it', () => {
    const running = job({ id: '9' });
    expect(shownJob('1', [running], 'registry.verify')).toBe('9');
    expect(shownJob('1', [running], 'registry.gc')).toBe('1');
  });
});

describe('results', () => {
  it('are read from ended jobs only', () => {
    const result = { isDryRun: true, freedBytes: 1_200_000_000, blobs: 1, manifests: 0 };
    expect(gcResultOf(job({ result }))).toBeNull();
    expect(gcResultOf(job({ state: 'succeeded', result }))).toEqual(result);
    expect(gcWords(result)).toBe('1.2 GB in 1 blob');
    expect(gcWords({ ...result, manifests: 2 })).toBe('1.2 GB in 1 blob, with 2 untagged manifests');
  });
});

describe('limits', () => {
  it('are written in gigabytes; an empty field is none', () => {
    expect([toBytes(1.5), toBytes('2'), toBytes(''), toBytes('x')]).toEqual([1.5e9, 2e9, null, null]);
    expect([toGigabytes(5e8), toGigabytes(null)]).toEqual([0.5, '']);
  });
});
