import { describe, expect, it } from 'vitest';
import { aDevice, failedWith, someFacts } from './device.fixture.ts';
import {
  cannotPull,
  causeOf,
  clockWords,
  engineOf,
  filterDevices,
  remedyFor,
  stateOf,
} from './device-view.ts';

const docker = {
  kind: 'docker',
  version: '24.0',
  isRunning: false,
  folder: '/etc/docker',
  user: null,
} as const;
const balena = {
  kind: 'balena-engine',
  version: '20.10',
  isRunning: true,
  folder: '/etc/docker',
  user: null,
} as const;

describe('state and cause', () => {
  it('says it in words', () => {
    expect(stateOf(aDevice()).label).toBe('No trust yet');
    expect(causeOf(aDevice())).toBe('Trust was not pushed yet');
    expect(causeOf(aDevice({ trust: { state: 'proven' } }))).toBeNull();
    expect(causeOf(aDevice({ trust: failedWith('DISK_FULL', { folder: '/etc' }) }))).toBe(
      'The disk of this device is full',
    );
  });

  it('tells of an error before the first push', () => {
    const { error } = failedWith('HOST_KEY_UNKNOWN', { fingerprint: 'SHA256:x' });
    expect(causeOf(aDevice({ trust: { state: 'none', error } }))).toMatch(/has not been confirmed/);
  });
});

describe('the one button', () => {
  it('fits the cause', () => {
    const remedy = (trust: Parameters<typeof aDevice>[0]) => remedyFor(aDevice(trust));
    expect(remedy({ trust: { state: 'proven' } })).toBeNull();
    expect(remedy({})).toEqual({ kind: 'push', label: 'Push trust' });
    expect(remedy({ trust: { state: 'drifted' } })).toMatchObject({ kind: 'push', label: 'Repair' });
    expect(remedy({ trust: { state: 'unproven' } })).toMatchObject({ kind: 'verify' });
    expect(remedy({ trust: failedWith('HOST_KEY_CHANGED') })).toMatchObject({
      tab: 'connection',
      label: 'Check host key',
    });
    expect(remedy({ trust: failedWith('SUDO_PASSWORD_WRONG') })).toMatchObject({
      tab: 'connection',
      label: 'Change login',
    });
    expect(remedy({ trust: failedWith('FOREIGN_FILE') })).toMatchObject({ tab: 'files' });
    expect(remedy({ trust: failedWith('ENGINE_NOT_RUNNING') })).toMatchObject({ kind: 'verify' });
    expect(remedy({ trust: failedWith('DEVICE_UNREACHABLE') })).toMatchObject({
      kind: 'push',
      label: 'Try again',
    });
  });
});

describe('engine', () => {
  it('is the one that runs', () => {
    expect(engineOf(aDevice())).toBeNull();
    expect(engineOf(aDevice({ facts: someFacts() }))?.name).toBe('No engine');
    expect(engineOf(aDevice({ facts: someFacts({ engines: [docker, balena] }) }))).toEqual({
      name: 'balenaEngine',
      detail: '20.10',
    });
    expect(engineOf(aDevice({ facts: someFacts({ engines: [docker] }) }))?.detail).toBe('24.0, not running');
  });
});

describe('lists', () => {
  const devices = [
    aDevice({ id: '1', name: 'line-10', trust: { state: 'proven' } }),
    aDevice({ id: '2', name: 'line-2', facts: someFacts({ engines: [balena] }) }),
    aDevice({ id: '3', name: 'kiosk', trust: failedWith('DISK_FULL', { folder: '/etc' }) }),
  ];
  const ids = (filter: string) => filterDevices(devices, filter).map(({ id }) => id);

  it('are in the order people count and filtered by every word', () => {
    expect(ids('')).toEqual(['3', '2', '1']);
    expect(ids('line')).toEqual(['2', '1']);
    expect(ids('LINE balena')).toEqual(['2']);
    expect(ids('disk full')).toEqual(['3']);
    expect(ids('failing')).toEqual(['3']);
    expect(ids('nothing like it')).toEqual([]);
  });

  it('put the worst first where devices cannot pull', () => {
    expect(cannotPull(devices).map(({ id }) => id)).toEqual(['3', '2']);
  });
});

describe('clock', () => {
  it('matters from five seconds on', () => {
    expect([3, -60, 41 * 86_400].map(clockWords)).toEqual([null, '1 min 0 s behind', '41 days ahead']);
  });
});
