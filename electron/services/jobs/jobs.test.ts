import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { createLogBook } from '#electron/log.ts';
import type { Sql } from '#electron/store/index.ts';
import { createJobs } from './index.ts';
import { memorySql } from './sql.fixture.ts';

const setup = (sql = memorySql()) => {
  const book = createLogBook({});
  return { sql, book, jobs: createJobs({ store: { sql }, log: book.log }) };
};

const about = { kind: 'trust.push', title: 'Push trust', items: [{ id: 'a', label: 'gate-1' }] } as const;

describe('jobs', () => {
  test('start answers at once; the ended job keeps its items and result', async () => {
    const { jobs } = setup();
    const { id, state } = jobs.start(about, async ({ item }) => {
      item('a', { phase: 'Write', state: 'succeeded', message: 'written' });
      return { seconds: 1 };
    });
    expect(state).toBe('running');
    const job = await jobs.finished(id);
    expect(job).toMatchObject({ state: 'succeeded', done: 1, total: 1, failed: 0, result: { seconds: 1 } });
    expect(jobs.get(id)).toEqual(job);
    expect(jobs.list()).toMatchObject([{ id, state: 'succeeded' }]);
  });

  test('a failed item fails the job but not the result', async () => {
    const { jobs } = setup();
    const { id } = jobs.start(about, async ({ item }) => {
      item('a', { state: 'failed', message: 'off', error: new AppError('DEVICE_UNREACHABLE').data });
      return 'kept';
    });
    expect(await jobs.finished(id)).toMatchObject({
      state: 'failed',
      failed: 1,
      result: 'kept',
      error: null,
    });
  });

  test('a job whose end cannot be written down has ended all the same', async () => {
    const sql = memorySql();
    let isFull = false;
    const run: Sql['run'] = (...statement) => {
      if (isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
      return sql.run(...statement);
    };
    const { jobs, book } = setup({ ...sql, run });
    const { id } = jobs.start(about, async () => {
      isFull = true;
      run('INSERT INTO anything');
    });
    expect(await jobs.finished(id)).toMatchObject({ state: 'failed', error: { code: 'HOME_DISK_FULL' } });
    expect(jobs.get(id).state).toBe('failed');
    expect(jobs.list()).toMatchObject([{ id, state: 'failed' }]);
    expect(jobs.running()).toEqual([]);
    expect(book.lines().some(({ level }) => level === 'error')).toBe(true);
    await jobs.close();
  });

  test('cancel reaches the work as an AbortSignal and closes open items', async () => {
    const { jobs } = setup();
    const { id } = jobs.start(
      about,
      ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    jobs.cancel(id);
    const job = await jobs.finished(id);
    expect(job).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
    expect(job.items[0]).toMatchObject({ state: 'cancelled' });
    expect(jobs.cancel(id).state).toBe('cancelled');
  });

  test('an unknown error becomes INTERNAL with a reference that stands in the log, without its text', async () => {
    const { jobs, book } = setup();
    const { id } = jobs.start(about, async () => {
      throw new TypeError('secret detail');
    });
    const job = await jobs.finished(id);
    expect(job.error?.code).toBe('INTERNAL');
    expect(JSON.stringify(job)).not.toContain('secret detail');
    expect(JSON.stringify(book.lines())).toContain(job.error?.reference);
  });

  test('a watcher gets whole states and ends with the job', async () => {
    const { jobs } = setup();
    const { id } = jobs.start(about, async ({ item }) => {
      for (let step = 0; step < 50; step += 1) item('a', { phase: `Step ${step}`, state: 'running' });
      item('a', { state: 'succeeded' });
    });
    const states: string[] = [];
    for await (const job of jobs.watch(id)) states.push(job.state);
    expect(states.at(-1)).toBe('succeeded');
    expect(states.length).toBeLessThan(10);
  });

  test('an aborted watcher ends while the job goes on', async () => {
    const { jobs } = setup();
    let release = (): void => undefined;
    const { id } = jobs.start(about, () => new Promise<void>((resolve) => (release = resolve)));
    const stop = new AbortController();
    for await (const job of jobs.watch(id, stop.signal)) {
      expect(job.state).toBe('running');
      stop.abort();
    }
    expect(jobs.running()).toHaveLength(1);
    release();
    expect((await jobs.finished(id)).state).toBe('succeeded');
  });

  test('what an earlier run left unfinished is interrupted, not lost', async () => {
    const { sql, jobs } = setup();
    const { id } = jobs.start(about, () => new Promise(() => undefined));
    const { jobs: next } = setup(sql);
    expect(next.get(id)).toMatchObject({ state: 'interrupted', error: { code: 'INTERRUPTED' } });
    expect(next.get(id).items[0]?.state).toBe('cancelled');
  });

  test('an unknown id is NOT_FOUND', () => {
    expect(() => setup().jobs.get('nope')).toThrow(AppError);
  });
});
