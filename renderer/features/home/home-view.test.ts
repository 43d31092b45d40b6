import { describe, expect, it } from 'vitest';
import type { RegistryEvent } from '#shared/model/registry.ts';
import { fingerprintGroups } from '../../ui/fingerprint.tsx';
import type { JobSummary } from '#shared/model/jobs.ts';
import { activityOf } from './activity.ts';
import { eventWords } from './event-words.ts';
import { mergeEvents } from './store.ts';

const event = (patch: Partial<RegistryEvent>): RegistryEvent => ({
  id: 1,
  at: '2026-11-21T10:00:00Z',
  action: 'pull',
  repository: 'app',
  reference: '1.0',
  digest: null,
  remote: '10.0.0.4',
  user: null,
  agent: 'docker',
  ...patch,
});

describe('registry events', () => {
  it('say what and who', () => {
    expect(eventWords(event({}))).toEqual({ what: 'Pulled app:1.0', who: '10.0.0.4' });
    expect(eventWords(event({ action: 'push', user: 'admin' }))).toEqual({
      what: 'Pushed app:1.0',
      who: 'admin from 10.0.0.4',
    });
    expect(eventWords(event({ action: 'login', repository: '', reference: '', user: 'admin' })).what).toBe(
      'Logged in',
    );
    expect(eventWords(event({ repository: 'mooring/probe', reference: 'once-1' })).what).toBe(
      'Pulled the probe image',
    );
    expect(eventWords(event({}), new Map([['10.0.0.4', 'gate-1']])).who).toBe('gate-1');
    expect(eventWords(event({ reference: `sha256:${'ab'.repeat(32)}` })).what).toBe(
      'Pulled app@sha256:abababababab',
    );
  });

  it('are merged newest first, each once', () => {
    const merged = mergeEvents(
      [event({ id: 2 }), event({ id: 1 })],
      [event({ id: 3 }), event({ id: 2, user: 'x' })],
    );
    expect(merged.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(merged[1]?.user).toBe('x');
  });
});

describe('activity', () => {
  it('mixes events and runs, newest first, and leads to the run', () => {
    const run: JobSummary = {
      id: '9',
      kind: 'trust.push',
      title: 'Push trust',
      state: 'failed',
      startedAt: '2026-11-21T11:00:00Z',
      endedAt: '2026-11-21T11:00:09Z',
      done: 3,
      total: 3,
      failed: 1,
    };
    const [first, second] = activityOf([event({})], [run], new Map());
    expect(first).toMatchObject({ what: 'Push trust', who: 'Done with failures: 1 of 3', link: '#/runs/9' });
    expect(second).toMatchObject({ what: 'Pulled app:1.0', link: null });
  });
});

describe('fingerprints', () => {
  it('are set in groups of eight pairs', () => {
    const value = Array.from({ length: 32 }, () => 'AB').join(':');
    expect(fingerprintGroups(value)).toHaveLength(4);
    expect(fingerprintGroups(value).join('')).toBe(value);
    expect(fingerprintGroups('SHA256:abc')).toEqual(['SHA256:abc']);
  });
});
