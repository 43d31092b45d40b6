import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError, describeError } from '#shared/errors.ts';
import type { DeviceInput } from '#shared/model/devices.ts';
import { startService, type TestService } from './lab/service.fixture.ts';
import { newEd25519 } from './ssh/fake-server.fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const offline = { hostKey: { kind: 'offline' }, credential: { kind: 'password', password: 'x' } };

let service: TestService;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.stop());

const add = (more: object) => service.devices.add(service.input({ ...offline, ...more }));

describe('the list', () => {
  test('finds a device by id, name and address, and names it by its address', async () => {
    const first = await add({ address: '192.0.2.7', port: 22 });
    const second = await add({ address: '192.0.2.7', port: 2222 });
    expect([first.name, second.name]).toEqual(['192.0.2.7', '192.0.2.7 (2)']);
    expect(service.devices.get(second.id).id).toBe(second.id);
    expect(service.devices.get('192.0.2.7 (2)').id).toBe(second.id);
    expect(service.devices.get('192.0.2.7').id).toBe(first.id);
    expect(() => service.devices.get('gate')).toThrow(code('NOT_FOUND'));
  });

  test('holds address and port once, and a name once', async () => {
    const gate = await add({ address: '192.0.2.7', port: 22, name: 'gate' });
    await expect(add({ address: '192.0.2.7', port: 22 })).rejects.toMatchObject({
      code: 'DEVICE_EXISTS',
      details: { device: 'gate' },
    });
    await expect(add({ address: '192.0.2.7', port: null })).rejects.toEqual(code('DEVICE_EXISTS'));
    await expect(add({ address: '192.0.2.8', name: 'gate' })).rejects.toEqual(code('BAD_INPUT'));
    const door = await add({ address: '192.0.2.8', name: 'door' });
    expect(() => service.devices.update({ device: door.id, address: '192.0.2.7' })).toThrow(
      code('DEVICE_EXISTS'),
    );
    expect(() => service.devices.update({ device: door.id, name: 'gate' })).toThrow(code('BAD_INPUT'));
    expect(service.devices.update({ device: gate.id, name: 'gate', port: 2222 }).port).toBe(2222);
  });

  test('changes what is given and keeps the rest, secrets too', async () => {
    const pem = newEd25519();
    const credential = { kind: 'key', pem };
    const { id } = await add({ address: '192.0.2.7', name: 'gate', credential, sudoPassword: 's' });
    const renamed = service.devices.update({ device: 'gate', name: 'door', user: 'pi' });
    expect(renamed).toMatchObject({
      id,
      name: 'door',
      user: 'pi',
      credential: { kind: 'key', file: null, hasSudoPassword: true },
    });
    const changed = service.devices.update({ device: id, credential: { kind: 'agent' }, sudoPassword: '' });
    expect(changed.credential).toEqual({ kind: 'agent', file: null, hasSudoPassword: false });
  });

  test('chooses by any key, each device once, and knows all', async () => {
    const gate = await add({ address: '192.0.2.7', name: 'gate' });
    const door = await add({ address: '192.0.2.8', name: 'door' });
    const ids = (list: { id: string }[]) => list.map(({ id }) => id);
    expect(ids(service.devices.select({ devices: ['gate', gate.id, '192.0.2.8'] }))).toEqual([
      gate.id,
      door.id,
    ]);
    expect(ids(service.devices.select({ all: true }))).toEqual([gate.id, door.id]);
    expect(() => service.devices.select({ devices: ['gate', 'window'] })).toThrow(code('NOT_FOUND'));
  });

  test('forgets a device with its host keys', async () => {
    const { id } = await add({ address: '192.0.2.7' });
    const fingerprint = `SHA256:${'A'.repeat(43)}`;
    const at = new Date().toISOString();
    service.store.sql.run(`INSERT INTO hostKeys VALUES (?, 'ssh-rsa', ?, ?, 'shown')`, id, fingerprint, at);
    expect(service.devices.get(id).hostKeys).toHaveLength(1);
    expect(await service.devices.remove(id)).toEqual({ id });
    expect(service.devices.list()).toEqual([]);
    expect(service.store.sql.all('SELECT * FROM hostKeys')).toEqual([]);
  });

  test('tells watchers, and keeps what a run found', async () => {
    let changes = 0;
    const stop = service.devices.onChange(() => (changes += 1));
    const { id } = await add({ address: '192.0.2.7' });
    const error = describeError('DISK_FULL', { device: 'gate', folder: '/etc' });
    service.devices.saveTrust(id, { state: 'failed', error });
    service.devices.saveTrust(id, { canUndo: true });
    expect(service.devices.get(id).trust).toMatchObject({ state: 'failed', error, canUndo: true });
    expect(changes).toBe(3);
    stop();
    await service.devices.remove(id);
    service.devices.saveTrust(id, { state: 'proven' });
    expect(changes).toBe(3);
  });
});

test('an offline device is not connected to, but its key is looked at', async () => {
  const broken: Partial<DeviceInput> = {
    credential: { kind: 'key', pem: 'nonsense', file: '', passphrase: '' },
  };
  await expect(add({ address: '192.0.2.7', ...broken })).rejects.toEqual(code('AUTH_KEY_UNREADABLE'));
  const added = await add({ address: '192.0.2.7' });
  expect(added).toMatchObject({ hostKeys: [], facts: null, port: null });
});

test('before the first run there is no registry to log in to or pull from', async () => {
  await service.stop();
  service = await startService({
    registry: () => {
      throw new AppError('NOT_FOUND', { kind: 'user', id: '' });
    },
  });
  const { id } = await add({ address: '192.0.2.7' });
  expect(() => service.devices.loginLine(id)).toThrow(code('NOT_SET_UP'));
  await expect(service.devices.pullHello(id)).rejects.toThrow(code('NOT_SET_UP'));
});

test('a registry that listens for this computer alone is named to no device of people', async () => {
  await service.stop();
  service = await startService({
    registry: ({ isHere }) => ({ references: isHere ? ['registry.local:5000'] : [], user: 'mooring' }),
  });
  const { id } = await add({ address: '192.0.2.7' });
  expect(() => service.devices.loginLine(id)).toThrow(code('NO_ADDRESS'));
  await expect(service.devices.pullHello(id)).rejects.toThrow(code('NO_ADDRESS'));
});
