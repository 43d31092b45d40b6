import { describe, expect, it } from 'vitest';
import type { LogLine } from '#shared/model/app.ts';
import { formatLine, searchLines } from './log-view.ts';
import { appendLines } from './store.ts';

const line = (sequence: number, patch: Partial<LogLine> = {}): LogLine => ({
  sequence,
  at: '2026-11-21T10:00:00.000Z',
  level: 'info',
  area: 'trust',
  message: `line ${sequence}`,
  details: {},
  ...patch,
});

describe('logs', () => {
  it('append only what is newer', () => {
    const lines = appendLines([line(1), line(2)], [line(2), line(3)]);
    expect(lines.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it('keep a bounded tail', () => {
    const many = Array.from({ length: 2500 }, (_, index) => line(index));
    const lines = appendLines([], many);
    expect(lines).toHaveLength(2000);
    expect(lines.at(-1)?.sequence).toBe(2499);
  });

  it('are copied with full time and details, and searched in that form', () => {
    const failed = line(4, { level: 'error', details: { reference: 'a1b2' } });
    expect(formatLine(failed)).toBe('2026-11-21T10:00:00.000Z ERROR trust: line 4 {"reference":"a1b2"}');
    expect(searchLines([line(1), failed], 'A1B2')).toEqual([failed]);
    expect(searchLines([line(1), failed], ' ')).toHaveLength(2);
  });
});
