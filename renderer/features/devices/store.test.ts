import { describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../client.ts';
import { aDevice, aRow } from './device.fixture.ts';
import { createDevicesStore, tidyFilter } from './store.ts';

const counts = { proven: 0, unproven: 0, drifted: 0, failed: 0, none: 2 };
const settle = () => new Promise((resolve) => setTimeout(resolve));

const aStore = () => {
  const page = vi.fn((_: { filter: object }) =>
    Promise.resolve({
      rows: [aRow({ id: 'a' }), aRow({ id: 'b' })],
      total: 2,
      counts,
      groups: [],
      tags: [],
      engines: [],
      hostKeys: [],
      codes: [],
    }),
  );
  const get = vi.fn(({ device }: { device: string }) => Promise.resolve(aDevice({ id: device })));
  const removeMany = vi.fn(() => Promise.resolve({ removed: 1 }));
  const matrix = vi.fn((input: { filter: object }) => page(input));
  const client = { devices: { page, matrix, get, removeMany } } as unknown as Connection['client'];
  const connection = { client, whileOpen: () => () => undefined } as unknown as Connection;
  return { store: createDevicesStore(connection), page, matrix, get, removeMany };
};

describe('devices store', () => {
  it('asks for what the filter says, without parts that say nothing', async () => {
    const { store, page } = aStore();
    store.openTable();
    store.setFilter({ search: 'gate', states: [], groups: [''] });
    await settle();
    expect(page.mock.lastCall?.[0]).toMatchObject({ filter: { search: 'gate', groups: [''] } });
    expect(tidyFilter({ search: '', states: [] })).toEqual({});
  });

  it('shows the same filter and ticks as a matrix', async () => {
    const { store, matrix } = aStore();
    store.openTable();
    store.setFilter({ search: 'gate' });
    store.pick([aRow({ id: 'a' })], true);
    store.setView('matrix');
    await settle();
    expect(matrix.mock.lastCall?.[0]).toMatchObject({ filter: { search: 'gate' }, offset: 0 });
    expect(store.getState().picked).toMatchObject({ rows: new Map([['a', aRow({ id: 'a' })]]) });
  });

  it('asks for nothing while nobody looks', async () => {
    const { store, page, get } = aStore();
    store.openTable()();
    store.openDevice('a')();
    await settle();
    page.mockClear();
    get.mockClear();
    await store.refreshNow();
    expect(page).not.toHaveBeenCalled();
    expect(get).not.toHaveBeenCalled();
  });

  it('keeps single ticks under another filter, and forgets "all"', async () => {
    const { store } = aStore();
    store.openTable();
    await settle();
    store.pick([aRow({ id: 'a' })], true);
    store.setFilter({ search: 'x' });
    expect(store.getState().picked).toMatchObject({ kind: 'some' });
    store.pickAll();
    expect(store.getState().picked).toMatchObject({ kind: 'all', total: 2, filter: { search: 'x' } });
    store.setFilter({});
    expect(store.getState().picked).toMatchObject({ kind: 'some', rows: new Map() });
  });

  it('forgets ticks of devices that were removed', async () => {
    const { store, removeMany } = aStore();
    store.pick([aRow({ id: 'a' })], true);
    await store.remove({ devices: ['a'] });
    expect(removeMany).toHaveBeenCalledWith({ selection: { devices: ['a'] } });
    expect(store.getState().picked).toMatchObject({ rows: new Map() });
  });

  it('says why a device cannot be shown, until it can', async () => {
    const { store, get } = aStore();
    get.mockRejectedValueOnce(new Error('there is none'));
    store.openDevice('a');
    await settle();
    expect(store.getState().errors['a']?.title).toBe('there is none');
    await store.refreshNow();
    expect(store.getState()).toMatchObject({ errors: {}, details: { a: { id: 'a' } } });
  });
});
