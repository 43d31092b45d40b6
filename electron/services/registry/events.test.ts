import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { openStore } from '#electron/store/index.ts';
import { createEvents } from './events.ts';

it('keeps the newest 5,000 events', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mooring-events-'));
  const store = await openStore({ dataDir, log: createLogBook({}).log });
  const events = createEvents(store, createLogBook({}).log);
  for (let number = 0; number < 5200; number += 1) {
    events.add({
      ...{ at: '2026-11-21T00:00:00.000Z', action: 'pull', repository: 'a', reference: `t${number}` },
      ...{ digest: null, remote: '10.0.0.1', host: 'h', user: null, agent: 'x' },
    });
    if (number % 500 === 0) events.flush();
  }
  events.flush();
  const all = events.list(10_000);
  expect(all).toHaveLength(5000);
  expect([all[0]?.reference, all.at(-1)?.reference]).toEqual(['t5199', 't200']);
  expect(all[0]).not.toHaveProperty('host');
  store.close();
  await rm(dataDir, { recursive: true });
});

it('goes on while the database refuses, and writes what waited once it takes it again', () => {
  let isFull = true;
  const kept: unknown[] = [];
  const refuse = () => {
    if (isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
  };
  const sql = {
    run: (_text: string, ...params: unknown[]) => {
      if (params.length === 2) kept.push(params[1]);
      return { changes: 1, lastId: 1 };
    },
    get: () => undefined,
    all: () => [],
    transaction: <T>(work: () => T): T => {
      refuse();
      return work();
    },
  };
  const book = createLogBook({});
  const events = createEvents({ sql }, book.log);
  const event = (reference: string) => ({
    ...{ at: '2026-11-21T00:00:00.000Z', action: 'push' as const, repository: 'a', reference },
    ...{ digest: null, remote: '10.0.0.1', host: 'h', user: null, agent: 'x' },
  });
  vi.useFakeTimers();
  for (const reference of ['one', 'two']) {
    events.add(event(reference));
    vi.advanceTimersByTime(1000);
  }
  expect(book.lines().filter(({ level }) => level === 'error')).toHaveLength(1);
  isFull = false;
  events.add(event('three'));
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  expect(kept.map((text) => (JSON.parse(String(text)) as { reference: string }).reference)).toEqual([
    ...['one', 'two', 'three'],
  ]);
});
