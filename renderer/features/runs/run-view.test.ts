import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { JobItem } from '#shared/model/jobs.ts';
import { elapsedSeconds, groupFailures, jobWords, summaryWords } from './run-view.ts';

const item = (id: string, state: JobItem['state'], error: AppError | null = null): JobItem => ({
  id,
  label: id,
  phase: 'Connect',
  state,
  message: '',
  wave: 0,
  code: error?.code ?? null,
  attempts: 1,
  error: error?.data ?? null,
});
const refused = (device: string, user = 'root') =>
  new AppError('AUTH_REFUSED', { device, user, method: 'key' });
describe('failures of a run', () => {
  const items = [
    item('a', 'failed', refused('a')),
    item('b', 'failed', new AppError('DISK_FULL', { device: 'b', folder: '/etc/docker' })),
    item('c', 'failed', refused('c')),
    item('d', 'succeeded'),
  ];

  it('are grouped by cause, the commonest first', () => {
    const groups = groupFailures(items);
    expect(groups.map(({ code, items: members }) => [code, members.map(({ id }) => id)])).toEqual([
      ['AUTH_REFUSED', ['a', 'c']],
      ['DISK_FULL', ['b']],
    ]);
  });

  it('keep what all members share and speak neutrally of the rest', () => {
    const [first, second] = groupFailures(items);
    expect(first?.title).toBe('The device does not accept this login for root');
    expect(second?.title).toBe('The disk of the device is full');
    const one = groupFailures([item('a', 'failed', refused('gate-2'))]);
    expect(one[0]?.title).toBe('The device does not accept this login for root');
    const mixed = groupFailures([item('a', 'failed', refused('a')), item('c', 'failed', refused('c', 'pi'))]);
    expect(mixed[0]?.title).toBe('The device does not accept this login for the user');
    const changed = (device: string) =>
      new AppError('HOST_KEY_CHANGED', {
        device,
        expected: `SHA256:${device}`,
        fingerprint: `SHA256:new${device}`,
      });
    const keys = groupFailures([item('a', 'failed', changed('a')), item('b', 'failed', changed('b'))]);
    expect(keys[0]?.next).toContain('It shows its present key instead of the confirmed one.');
  });

  it('have a group even without an error', () => {
    expect(groupFailures([item('a', 'failed')])[0]?.code).toBe('INTERNAL');
    expect(groupFailures([item('a', 'running')])).toEqual([]);
  });
});

describe('a run in words', () => {
  it('counts its items', () => {
    const counts = { waiting: 0, running: 0, succeeded: 1, unchanged: 1, failed: 1, cancelled: 1 };
    expect(summaryWords({ kind: 'trust.push', counts })).toBe(
      '1 changed · 1 had nothing to do · 1 failed · 1 cancelled',
    );
  });

  it('is done with failures when a device failed', () => {
    expect(jobWords({ state: 'succeeded', failed: 0 }).label).toBe('Done');
    expect(jobWords({ state: 'succeeded', failed: 2 }).label).toBe('Done with failures');
    expect(jobWords({ state: 'failed', failed: 0 }).label).toBe('Failed');
    expect(jobWords({ state: 'interrupted', failed: 0 }).tone).toBe('warn');
  });

  it('measures until its end or until now', () => {
    const now = Date.parse('2026-11-21T12:01:00Z');
    const startedAt = '2026-11-21T12:00:00Z';
    expect(elapsedSeconds({ startedAt, endedAt: null }, now)).toBe(60);
    expect(elapsedSeconds({ startedAt, endedAt: '2026-11-21T12:00:08Z' }, now)).toBe(8);
  });
});
