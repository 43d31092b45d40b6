import { describe, expect, it } from 'vitest';
import { describeError } from '#shared/errors.ts';
import type { AppStatus } from '#shared/model/app.ts';
import { aStatus } from '../status.fixture.ts';
import { certificateLine, mainReference, registryLine } from './status-line.ts';

const status = (registry: Partial<AppStatus['registry']> = {}, names: Partial<AppStatus['names']> = {}) =>
  aStatus({ registry, names });

describe('status bar', () => {
  it('says that it serves, and on how many addresses', () => {
    expect(registryLine(status())).toEqual({ tone: 'ok', label: 'registry.local:5000 serving · 1 address' });
    expect(registryLine(status({}, { addresses: ['a', 'b'] })).label).toMatch(/2 addresses/);
  });

  it('is not green while something is in the way', () => {
    const taken = { name: 'registry.local', state: 'conflict', holder: '10.0.0.9', error: null } as const;
    expect(registryLine(status({}, { names: [taken] }))).toEqual({
      tone: 'warn',
      label: 'registry.local is also used by 10.0.0.9',
    });
    expect(registryLine(status({}, { addresses: [] })).tone).toBe('warn');
    expect(registryLine(status({ state: 'stopped' })).tone).toBe('idle');
    const error = describeError('PORT_IN_USE', { port: 5000, holder: 'nginx', proposal: 5443 });
    expect(registryLine(status({ state: 'failed', error }))).toEqual({
      tone: 'bad',
      label: 'Port 5000 is taken by nginx',
    });
  });

  it('has a reference even before names are known', () => {
    expect(mainReference(status({}, { references: [] }))).toBe('registry.local:5000');
    expect(mainReference(status({ port: 5443 }, { references: [], names: [] }))).toBe('localhost:5443');
  });

  it('tells of the certificate', () => {
    expect(certificateLine({ state: 'valid', daysLeft: 391 })).toEqual({
      tone: 'ok',
      label: 'certificate 391 days',
    });
    expect(certificateLine({ state: 'expiring', daysLeft: 9 }).tone).toBe('warn');
    expect(certificateLine({ state: 'expired', daysLeft: -1 }).tone).toBe('bad');
    expect(certificateLine({ state: 'missing', daysLeft: null }).tone).toBe('bad');
  });
});
