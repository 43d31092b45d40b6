import { describe, expect, it } from 'vitest';
import { someFacts } from './device.fixture.ts';
import {
  emptyPush,
  enginesOf,
  pushProblems,
  systemWarning,
  toPushOptions,
  toRunOptions,
  waveSizes,
  waveWords,
} from './push-form.ts';

const limits = { dns: ['local'], ip: ['10.0.0.0/8'] };

describe('waves', () => {
  it('are proposed for many devices only', () => {
    expect(toRunOptions(emptyPush(3))).toEqual({});
    expect(toRunOptions(emptyPush(47))).toEqual({
      waves: {
        waves: [{ count: 1 }, { percent: 10 }, 'rest'],
        stopAfter: 3,
        pauseAfterWave: false,
      },
    });
  });

  it('are counted before anything starts', () => {
    const sizes = (count: number, patch = {}) => waveSizes({ ...emptyPush(47), ...patch }, count);
    expect(sizes(47)).toEqual([1, 5, 41]);
    expect(sizes(47, { first: '' })).toEqual([5, 42]);
    expect(sizes(41)).toEqual([1, 5, 35]);
    expect(sizes(2)).toEqual([1, 1]);
    expect(sizes(1)).toEqual([1]);
    expect(sizes(47, { pace: 'at-once' })).toEqual([47]);
    expect(waveWords([1, 5, 41])).toBe('1, then 5, then 41 devices');
    expect(waveWords([10_000])).toBe('10,000 devices');
  });

  it('without a limit go on whatever fails', () => {
    expect(toRunOptions({ ...emptyPush(47), stopAfter: '' }).waves?.stopAfter).toBeNull();
  });
});

describe('where trust goes', () => {
  it('is every engine unless some are chosen', () => {
    expect(toPushOptions(emptyPush(3)).runtimes).toBeNull();
    const some = { ...emptyPush(3), runtimes: 'some' as const };
    expect(pushProblems(some, limits)).toEqual({ chosen: 'Choose at least one' });
    expect(toPushOptions({ ...some, chosen: ['podman'] }).runtimes).toEqual(['podman']);
  });

  it('asks before a CA without limits enters a whole system', () => {
    const form = { ...emptyPush(3), system: true };
    expect(systemWarning(null)).toMatch(/any web site/);
    expect(systemWarning(limits)).toMatch(/limited to local, 10\.0\.0\.0\/8/);
    expect(pushProblems(form, limits)).toEqual({});
    expect(pushProblems(form, null)).toHaveProperty('acceptUnconstrained');
    expect(pushProblems({ ...form, acceptUnconstrained: true }, null)).toEqual({});
  });

  it('forgets what belongs to the trust store when that is not chosen', () => {
    const form = { ...emptyPush(3), restart: true, acceptUnconstrained: true };
    expect(toPushOptions(form)).toMatchObject({ restart: false, acceptUnconstrained: false });
  });
});

it('offers the engines a device has, or all while nobody has looked', () => {
  const engine = { version: '24', isRunning: true, folder: '', user: null };
  const engines = [
    { ...engine, kind: 'podman-rootless' as const, user: 'ada' },
    { ...engine, kind: 'podman-rootless' as const, user: 'op' },
  ];
  expect(enginesOf({ facts: someFacts({ engines }) })).toEqual([{ name: 'podman-rootless' }]);
  expect(enginesOf({ facts: null })).toHaveLength(6);
});
