import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatDays, formatDuration, plural, shortHash } from './format.ts';

describe('formatting', () => {
  it('writes bytes with decimal units', () => {
    expect([0, 999, 1000, 1_234_567, 99_960_000, 5_500_000_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.2 MB',
      '100 MB',
      '5.5 GB',
    ]);
    expect(formatBytes(999_999)).toBe('1.0 MB');
  });

  it('writes durations', () => {
    expect([0.4, 59.6, 125, 12_000].map(formatDuration)).toEqual([
      '0 s',
      '1 min 0 s',
      '2 min 5 s',
      '3 h 20 min',
    ]);
  });

  it('says how long ago something was', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    const ago = (instant: string) => formatAgo(instant, now);
    expect(ago('2026-11-21T11:59:50Z')).toBe('just now');
    expect(ago('2026-11-21T12:00:20Z')).toBe('just now');
    expect(ago('2026-11-21T11:55:00Z')).toBe('5 min ago');
    expect(ago('2026-11-21T09:00:00Z')).toBe('3 h ago');
    expect(ago('2026-11-20T11:00:00Z')).toBe('1 day ago');
    expect(ago('2026-09-01T12:00:00Z')).toBe('1 Sept 2026');
  });

  it('writes days left', () => {
    expect([1, 391, 3652, -2].map(formatDays)).toEqual([
      '1 day',
      '391 days',
      '10 years',
      'expired 2 days ago',
    ]);
  });

  it('counts and shortens', () => {
    expect([plural(1, 'device'), plural(3, 'device')]).toEqual(['1 device', '3 devices']);
    expect([shortHash(null), shortHash('ab'.repeat(32))]).toEqual(['nothing', 'abababababab']);
  });
});
