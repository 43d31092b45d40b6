import { describe, expect, it } from 'vitest';
import { deviceInput } from '#shared/model/devices.ts';
import { aDevice } from './device.fixture.ts';
import {
  changeChecks,
  changedCredential,
  deviceChecks,
  emptyDevice,
  loginOf,
  toCredential,
  toDeviceInput,
  toGroupLogin,
} from './device-form.ts';

describe('device form', () => {
  it('sends only the secret of the chosen method', () => {
    const filled = { ...emptyDevice, keyFile: ' /k ', keyPem: 'pem', passphrase: 'p', password: 's' };
    expect(toCredential({ ...filled, method: 'file' })).toEqual({
      kind: 'key',
      file: '/k',
      pem: '',
      passphrase: 'p',
    });
    expect(toCredential({ ...filled, method: 'pasted' })).toEqual({
      kind: 'key',
      file: '',
      pem: 'pem',
      passphrase: 'p',
    });
    expect(toCredential({ ...filled, method: 'password' })).toEqual({ kind: 'password', password: 's' });
    expect(toCredential({ ...filled, method: 'agent' })).toEqual({ kind: 'agent' });
  });

  it('makes what the contract takes', () => {
    const form = { ...emptyDevice, address: ' 10.0.0.4 ', name: ' gate ' };
    const input = toDeviceInput(form, { kind: 'offline' }, 22222);
    expect(input).toMatchObject({ address: '10.0.0.4', name: 'gate', port: 22222, user: 'root' });
    expect(deviceInput.safeParse(input).success).toBe(true);
  });

  it('asks only for what the method needs', () => {
    const password = { ...emptyDevice, method: 'password' as const };
    expect(deviceChecks.password('', password)).toBe('Give the password');
    expect(deviceChecks.password('', emptyDevice)).toBeNull();
    expect(deviceChecks.keyFile(' ', emptyDevice)).toMatch(/path/);
    expect(deviceChecks.keyFile(' ', password)).toBeNull();
    expect(deviceChecks.keyPem('nonsense', { ...emptyDevice, method: 'pasted' })).toMatch(/BEGIN/);
  });

  it('checks address, user and port by the shared rules', () => {
    expect(deviceChecks.address('gate 2')).toMatch(/letters, digits/);
    expect(deviceChecks.user('ro ot')).not.toBeNull();
    expect([deviceChecks.port(''), deviceChecks.port(22)]).toEqual([null, null]);
    expect(deviceChecks.port(0)).not.toBeNull();
  });

  it('leaves the credential alone while nothing new is typed', () => {
    const password = aDevice({ credential: { kind: 'password', file: null, hasSudoPassword: false } });
    const form = { ...emptyDevice, ...loginOf(password), address: '10.0.0.4' };
    expect(changedCredential(password, form)).toBeUndefined();
    expect(changeChecks(password).password('', form)).toBeNull();
    expect(changedCredential(password, { ...form, password: 'new' })).toEqual({
      kind: 'password',
      password: 'new',
    });
    const pasted = { ...form, method: 'pasted' as const };
    expect(changeChecks(password).keyPem('', pasted)).toMatch(/BEGIN/);
    const key = aDevice();
    expect(changedCredential(key, { ...form, ...loginOf(key), keyFile: '/other' })).toMatchObject({
      file: '/other',
    });
  });

  it('keeps the secrets of a group while none is typed anew', () => {
    const credential = { kind: 'password' as const, file: null, hasSudoPassword: true };
    const group = { name: 'Gates', count: 2, credential, user: 'pi', port: null };
    const form = { ...loginOf(group), port: 2222 };
    expect(changeChecks(group).password('', form)).toBeNull();
    expect(toGroupLogin(group, form)).toEqual({ group: 'Gates', user: 'pi', port: 2222 });
    const typed = { ...form, password: 'new', sudoPassword: 'other' };
    expect(toGroupLogin(group, typed)).toMatchObject({
      credential: { kind: 'password', password: 'new' },
      sudoPassword: 'other',
    });
    const none = { ...group, credential: null, user: null };
    expect(toGroupLogin(none, { ...loginOf(none), port: '' })).toMatchObject({
      ...{ user: null, port: null },
      credential: { kind: 'key', file: '~/.ssh/id_ed25519' },
    });
  });

  it('begins a change with how the device logs in now, without secrets', () => {
    expect(loginOf(aDevice({ user: 'pi' }))).toMatchObject({
      user: 'pi',
      method: 'file',
      keyFile: '/keys/id',
    });
    const kept = aDevice({ credential: { kind: 'key', file: null, hasSudoPassword: false } });
    expect(loginOf(kept)).toMatchObject({ method: 'pasted', keyPem: '', password: '' });
  });
});
