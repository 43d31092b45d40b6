import { describe, expect, it, vi } from 'vitest';
import type { Device } from '#shared/model/devices.ts';
import type { Connection } from '../../client.ts';
import { aDevice } from './device.fixture.ts';
import { createDevicesStore } from './store.ts';

const storeOn = (list: () => Promise<Device[]>) => {
  const remove = vi.fn(() => Promise.resolve({ id: 'x' }));
  const client = { devices: { list, remove } } as unknown as Connection['client'];
  const connection = { client, whileOpen: () => () => undefined } as unknown as Connection;
  return { store: createDevicesStore(connection), remove };
};

describe('devices store', () => {
  it('forgets the tick of a device that is gone', async () => {
    let devices = [aDevice({ id: 'a' }), aDevice({ id: 'b' })];
    const { store, remove } = storeOn(() => Promise.resolve(devices));
    await store.load();
    store.select(['a', 'b'], true);
    devices = [aDevice({ id: 'b' })];
    await store.remove(['a']);
    expect(remove).toHaveBeenCalledWith({ device: 'a' });
    expect([...store.getState().selected]).toEqual(['b']);
  });

  it('keeps what it knows when reading fails, and says so', async () => {
    const answers = [Promise.resolve([aDevice()]), Promise.reject(new Error('connection closed'))];
    const { store } = storeOn(() => answers.shift() ?? Promise.resolve([]));
    await store.load();
    await store.load();
    expect(store.getState().devices).toHaveLength(1);
    expect(store.getState().error?.title).toBe('connection closed');
  });

  it('puts a changed device in the place of the old one', async () => {
    const { store } = storeOn(() => Promise.resolve([aDevice({ id: 'a', name: 'old' })]));
    await store.load();
    store.put(aDevice({ id: 'a', name: 'new' }));
    expect(store.getState().devices?.map(({ name }) => name)).toEqual(['new']);
  });
});
