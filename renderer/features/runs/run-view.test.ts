import { describe, expect, it } from 'vitest';
import { aView } from '#shared/model/jobs.fixture.ts';
import {
  barParts,
  elapsedSeconds,
  jobWords,
  leftWords,
  paceWords,
  summaryWords,
  toRetry,
  waveParts,
  waveWords,
} from './run-view.ts';

describe('a job in words', () => {
  it('is done with failures when a device failed', () => {
    expect(jobWords({ state: 'succeeded', failed: 0 })).toEqual({ tone: 'ok', label: 'Done' });
    expect(jobWords({ state: 'succeeded', failed: 2 }).label).toBe('Done with failures');
    expect(jobWords({ state: 'failed', failed: 0 }).label).toBe('Failed');
    expect(jobWords({ state: 'paused', failed: 1 })).toEqual({ tone: 'warn', label: 'Paused' });
  });

  it('counts what was done by its kind', () => {
    const counts = { succeeded: 1200, unchanged: 3, failed: 1, cancelled: 0, running: 0, waiting: 0 };
    expect(summaryWords(aView({ counts }))).toBe('1,200 changed · 3 had nothing to do · 1 failed');
    expect(summaryWords(aView({ kind: 'trust.verify', counts }))).toMatch(/^1,200 right/);
    expect(toRetry(aView({ counts }))).toBe(1);
  });

  it('says how fast it goes and how long it will take', () => {
    const view = aView({ total: 100, done: 40, perSecond: 3.42 });
    expect(paceWords(view)).toBe('3.4 a second');
    expect(leftWords(view)).toBe('about 18 s left');
    expect(paceWords(aView({ perSecond: 0.05 }))).toBe('3 a minute');
    expect(paceWords(aView({ perSecond: 0 }))).toBe('');
    expect(leftWords({ ...view, done: 99 })).toBe('');
    expect(leftWords({ ...view, state: 'paused' }) + paceWords({ ...view, state: 'paused' })).toBe('');
  });

  it('knows how long it ran', () => {
    const startedAt = '2026-11-26T12:00:00Z';
    expect(elapsedSeconds({ startedAt, endedAt: '2026-11-26T12:00:09Z' }, 0)).toBe(9);
    expect(elapsedSeconds({ startedAt, endedAt: null }, Date.parse('2026-11-26T12:01:00Z'))).toBe(60);
    expect(elapsedSeconds({ startedAt, endedAt: null }, Date.parse('2026-11-26T11:59:00Z'))).toBe(0);
  });
});

describe('bars', () => {
  it('have a segment for each state anyone is in', () => {
    const counts = { succeeded: 2, unchanged: 1, failed: 1, cancelled: 0, running: 4, waiting: 9 };
    expect(barParts(counts)).toEqual([
      { tone: 'ok', count: 3 },
      { tone: 'bad', count: 1 },
      { tone: 'busy', count: 4 },
    ]);
  });
});

describe('waves', () => {
  const wave = { index: 0, total: 1, done: 1, failed: 0, state: 'done' as const };
  it('have names a person knows', () => {
    expect(waveWords(wave, 3)).toMatchObject({ title: 'Canary', detail: '1 of 1 device' });
    expect(waveWords({ ...wave, index: 1, total: 5 }, 3).title).toBe('Wave 2');
    expect(waveWords({ ...wave, index: 2, total: 41, done: 3, failed: 2, state: 'running' }, 3)).toEqual({
      title: 'The rest',
      state: { tone: 'busy', label: 'Running' },
      detail: '3 of 41 devices, 2 failed',
    });
  });

  it('are not green when somebody failed', () => {
    expect(waveWords({ ...wave, failed: 1 }, 3).state.tone).toBe('bad');
    expect(waveParts({ ...wave, total: 5, done: 3, failed: 1 })).toEqual([
      { tone: 'ok', count: 2 },
      { tone: 'bad', count: 1 },
    ]);
  });
});
