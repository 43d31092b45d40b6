import { describe, expect, it } from 'vitest';
import type { AppStatus } from '#shared/model/app.ts';
import { aStatus } from '../../status.fixture.ts';
import { toPush, verdictOf } from './verdict.ts';

const status = (
  devices?: Partial<AppStatus['devices']>,
  registry?: Partial<AppStatus['registry']>,
  certificate?: AppStatus['certificate'],
) =>
  aStatus({
    ...(devices && { devices }),
    ...(registry && { registry }),
    ...(certificate && { certificate }),
  });

describe('the verdict', () => {
  it('is green only when every device can pull', () => {
    expect(verdictOf(status({ total: 5, proven: 5 }))).toEqual({
      tone: 'ok',
      label: 'All is well: 5 devices can pull',
    });
    expect(verdictOf(status({ total: 5, proven: 2, failed: 1, untrusted: 2 }))).toEqual({
      tone: 'bad',
      label: '3 of 5 devices cannot pull',
    });
    expect(verdictOf(status({ total: 5, proven: 4, drifted: 1 })).tone).toBe('warn');
    expect(verdictOf(status({ total: 5, outdated: 5 }))).toEqual({
      tone: 'warn',
      label: 'None of 5 devices can pull',
    });
    expect(verdictOf(status({ total: 40, untrusted: 40 }))).toEqual({
      tone: 'idle',
      label: 'None of 40 devices can pull yet',
    });
    expect(verdictOf(status({ total: 1, untrusted: 1 })).label).toBe('The device cannot pull yet');
    expect(verdictOf(status()).label).toBe('Ready for its first device');
  });

  it('says first what stops every device', () => {
    const failing = { total: 5, proven: 2, failed: 3 };
    expect(verdictOf(status(failing, { state: 'stopped' })).label).toMatch(/registry is stopped/);
    expect(verdictOf(status(failing, { state: 'restarting' })).tone).toBe('warn');
    expect(verdictOf(status(failing, {}, { state: 'expired', daysLeft: -2 })).label).toMatch(/expired/);
    expect(verdictOf(status({ total: 5, proven: 5 }, {}, { state: 'expiring', daysLeft: 9 }))).toEqual({
      tone: 'warn',
      label: 'Every device can pull, but the certificate ends in 9 days',
    });
  });

  it('offers a push for devices that it can help, while the registry serves', () => {
    expect(toPush(status({ total: 6, untrusted: 2, drifted: 1, outdated: 4, failed: 3 }))).toBe(7);
    expect(toPush(status({ total: 3, untrusted: 3 }, { state: 'stopped' }))).toBe(0);
  });
});
