import { describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../client.ts';
import { createRunsStore } from './store.ts';

const setUp = () => {
  const off = vi.fn();
  const whileOpen = vi.fn((work: (signal: AbortSignal) => void) => {
    work(new AbortController().signal);
    return off;
  });
  const job = { id: '7', state: 'succeeded' };
  const watch = vi.fn(() =>
    Promise.resolve(
      (async function* () {
        yield job;
      })(),
    ),
  );
  const connection = { client: { jobs: { watch } }, whileOpen } as unknown as Connection;
  return { store: createRunsStore(connection), off, watch };
};

describe('runs store', () => {
  it('shares one subscription among watchers and ends it with the last', () => {
    const { store, off, watch } = setUp();
    const first = store.watch('7');
    const second = store.watch('7');
    expect(watch).toHaveBeenCalledTimes(1);
    first();
    expect(off).not.toHaveBeenCalled();
    second();
    expect(off).toHaveBeenCalledTimes(1);
  });

  it('forgets why a job could not be followed once it is followed again', async () => {
    const { store, watch } = setUp();
    watch.mockRejectedValueOnce(new Error('it was too slow'));
    const off = store.watch('7');
    await expect.poll(() => store.getState().errors['7']?.title).toBe('it was too slow');
    off();
    store.watch('7');
    await expect.poll(() => store.getState().jobs['7']).toBeDefined();
    expect(store.getState().errors).toEqual({});
  });

  it('does not ask again for a job that has ended', async () => {
    const { store, watch } = setUp();
    const off = store.watch('7');
    await expect.poll(() => store.getState().jobs['7']).toBeDefined();
    off();
    store.watch('7');
    expect(watch).toHaveBeenCalledTimes(1);
  });
});
