import { describe, expect, it } from 'vitest';
import { aDevice, aRow, failedWith } from './device.fixture.ts';
import {
  causeOf,
  clockWords,
  engineWords,
  remedyFor,
  stateWords,
  trustOfDevice,
  trustOfRow,
} from './device-view.ts';

const causeFor = (device: Parameters<typeof aDevice>[0]) => causeOf(trustOfDevice(aDevice(device)));

describe('state and cause', () => {
  it('says it in words', () => {
    expect(stateWords('none').label).toBe('No trust yet');
    expect(causeFor({})).toBe('Trust was not pushed yet');
    expect(causeFor({ trust: { state: 'proven' } })).toBeNull();
    expect(causeFor({ trust: failedWith('DISK_FULL', { folder: '/etc' }) })).toBe(
      'The disk of this device is full',
    );
  });

  it('tells of an error before the first push', () => {
    const { error } = failedWith('HOST_KEY_UNKNOWN', { fingerprint: 'SHA256:x' });
    expect(causeFor({ trust: { state: 'none', error } })).toMatch(/has not been confirmed/);
  });

  it.each([
    ['disk', 'DISK_FULL', 'The disk of disk is full', 'The disk of this device is full'],
    ['e', 'DISK_FULL', 'The disk of e is full', 'The disk of this device is full'],
    ['pi', 'SUDO_DENIED', 'pi may not use sudo on pi', 'pi may not use sudo on this device'],
  ])('leaves alone the words of a sentence that a device is called by: %s', (name, code, title, told) => {
    expect(trustOfRow(aRow({ name, code, title, state: 'failed' })).title).toBe(told);
  });

  it('is the same for a row of the table, whose error is code and title only', () => {
    const { error } = failedWith('DEVICE_UNREACHABLE', { address: '10.0.0.1', device: 'gate-1' });
    const row = aRow({
      name: 'gate-1',
      state: 'failed',
      code: 'DEVICE_UNREACHABLE',
      title: error?.title ?? '',
    });
    expect(causeOf(trustOfRow(row))).toMatch(/^It does not answer/);
    expect(causeOf(trustOfRow({ ...row, code: 'NO_LONGER_KNOWN', title: 'Something else' }))).toBe(
      'Something else',
    );
  });
});

describe('the one button', () => {
  it('fits the cause', () => {
    const remedy = (trust: Parameters<typeof aDevice>[0]) => remedyFor(trustOfDevice(aDevice(trust)));
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
    expect(remedy({ trust: { ...failedWith('CA_REPLACED'), state: 'outdated' } })).toEqual({
      kind: 'push',
      label: 'Push trust',
    });
    expect(remedy({ trust: failedWith('ENGINE_NOT_RUNNING') })).toMatchObject({ kind: 'verify' });
    expect(remedy({ trust: failedWith('CONTAINERD_NO_CONFIG_PATH') })).toMatchObject({ kind: 'verify' });
    expect(remedy({ trust: failedWith('DEVICE_UNREACHABLE') })).toMatchObject({
      kind: 'push',
      label: 'Try again',
    });
  });
});

describe('the engine', () => {
  it('has the name its makers gave it', () => {
    expect(engineWords('balena-engine 20.10')).toEqual({ name: 'balenaEngine', detail: '20.10' });
    expect(engineWords('podman-rootless')).toEqual({ name: 'Podman, rootless', detail: '' });
  });
});

describe('clock', () => {
  it('matters from five seconds on', () => {
    expect([3, -60, 41 * 86_400].map(clockWords)).toEqual([null, '1 min 0 s behind', '41 days ahead']);
  });
});
