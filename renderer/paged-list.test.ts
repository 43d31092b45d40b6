import { describe, expect, it, vi } from 'vitest';
import { createPagedList, PAGE_ROWS } from './paged-list.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** A service that holds the numbers from 0 to `total`, in steps of the query. */
const numbers = (total: number) => {
  const fetchRows = vi.fn((step: number, offset: number, limit: number, _signal: AbortSignal) =>
    Promise.resolve({
      rows: Array.from(
        { length: Math.max(0, Math.min(limit, total - offset)) },
        (_, at) => (offset + at) * step,
      ),
      total,
      step,
    }),
  );
  return { fetchRows, list: createPagedList<number, number, { step: number }>(fetchRows) };
};

describe('a list that is read page by page', () => {
  it('reads only what is shown, each page once', async () => {
    const { fetchRows, list } = numbers(1000);
    list.ask(1);
    await settle();
    expect(list.getState()).toMatchObject({ total: 1000, extra: { step: 1 }, isStale: false });
    list.show(0, 20);
    list.show(650, 660);
    list.show(652, 662);
    await settle();
    list.show(650, 660);
    expect(fetchRows.mock.calls.map(([, offset, limit]) => [offset, limit])).toEqual([
      [0, PAGE_ROWS],
      [600, PAGE_ROWS],
    ]);
    expect(list.getState().rows.get(655)).toBe(655);
    expect(list.getState().rows.has(300)).toBe(false);
  });

  it('reads again what is shown, over the edge of a page too', async () => {
    const { fetchRows, list } = numbers(1000);
    list.ask(1);
    await settle();
    list.show(190, 205);
    await settle();
    await list.refresh();
    expect(fetchRows.mock.lastCall?.slice(1, 3)).toEqual([100, 200]);
    expect(list.getState().rows.has(0)).toBe(false);
    expect(list.getState().rows.get(205)).toBe(205);
  });

  it('shows the former rows until another question is answered, and no answer that is late', async () => {
    const { fetchRows, list } = numbers(5);
    list.ask(1);
    await settle();
    fetchRows.mockImplementationOnce(async () => {
      await settle();
      return { rows: [99], total: 1, step: 9 };
    });
    list.ask(9);
    expect(list.getState()).toMatchObject({ isStale: true, total: 5 });
    list.ask(2);
    await settle();
    await settle();
    expect([...list.getState().rows.values()]).toEqual([0, 2, 4, 6, 8]);
    expect(fetchRows.mock.calls[1]?.[3].aborted).toBe(true);
  });

  it('reads what is in view behind another question too: nobody has scrolled', async () => {
    const { list } = numbers(1000);
    list.ask(1);
    await settle();
    list.show(650, 660);
    await settle();
    list.ask(2);
    await settle();
    await settle();
    expect(list.getState().rows.get(655)).toBe(1310);
  });

  it('keeps a page that is answered before what was shown is read again', async () => {
    const { fetchRows, list } = numbers(1000);
    list.ask(1);
    await settle();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    fetchRows.mockImplementationOnce(async (step, offset, limit) => {
      await late;
      return { rows: Array.from({ length: limit }, (_, at) => offset + at), total: 1000, step };
    });
    const refreshed = list.refresh();
    list.show(650, 660);
    await settle();
    resolve();
    await refreshed;
    expect(list.getState().rows.get(0)).toBe(0);
    expect(list.getState().rows.get(655)).toBe(655);
  });

  it('keeps what it knows when reading fails, and says so', async () => {
    const { fetchRows, list } = numbers(5);
    list.ask(1);
    await settle();
    fetchRows.mockRejectedValueOnce(new Error('connection closed'));
    await list.refresh();
    expect(list.getState()).toMatchObject({ total: 5, error: { title: 'connection closed' } });
    await list.refresh();
    expect(list.getState().error).toBeNull();
  });
});
