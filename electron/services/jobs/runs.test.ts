import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { RunOptions } from '#shared/model/jobs.ts';
import { createLogBook } from '#electron/log.ts';
import { migrations } from '#electron/store/migrations.ts';
import { memorySql } from './sql.fixture.ts';
import { createJobs, HeldBack, type ItemEnd, type ItemTools } from './index.ts';

const ok: ItemEnd = {
  state: 'succeeded',
  message: 'ok',
  error: null,
  outcome: 'changed',
  result: 1,
  retry: 'never',
};
const bad = (
  code: 'DISK_FULL' | 'DEVICE_LINK_LOST' = 'DISK_FULL',
  retry: ItemEnd['retry'] = 'never',
): ItemEnd => {
  const error = new AppError(code, { device: 'x', phase: 'writing' }).data;
  return { state: 'failed', message: error.title, error, outcome: 'failed', result: null, retry };
};

type Work = (id: string, tools: ItemTools) => Promise<ItemEnd>;

/** A fleet whose devices do what `work` says; `begun` lists whom it came to, in turn. */
const setup = (work: Work, sql = memorySql()) => {
  const jobs = createJobs({ store: { sql }, log: createLogBook({}).log });
  const begun: string[] = [];
  jobs.define('trust.push', {
    prepare: async () => (item, tools) => {
      begun.push(item.id);
      return work(item.id, tools);
    },
    title: (_order, items) => `Push to ${items.length}`,
    compose: (items, { outcomes }) => ({ results: items.map(({ result }) => result), outcomes }),
  });
  const run = async (count: number, options: RunOptions = {}) => {
    const items = Array.from({ length: count }, (_, at) => ({
      id: `d${at}`,
      label: `gate-${at}`,
      detail: '',
    }));
    const { id } = await jobs.run({ kind: 'trust.push', order: { what: 'ca' }, items, options });
    return id;
  };
  return { sql, jobs, begun, run };
};

const states = ({ jobs }: ReturnType<typeof setup>, id: string): string[] =>
  jobs.get(id).items.map(({ state }) => state);

test('a run over nothing is refused and leaves no job', async () => {
  const fleet = setup(async () => ok);
  await expect(fleet.run(0)).rejects.toMatchObject({ code: 'NO_DEVICES' });
  expect(fleet.jobs.list()).toEqual([]);
});

describe('a run over many items', () => {
  test('goes over all, wave after wave, and composes what they yielded', async () => {
    const open = new Map<string, () => void>();
    const fleet = setup(async (id) => {
      await new Promise<void>((resolve) => open.set(id, resolve));
      return ok;
    });
    const id = await fleet.run(10, {
      waves: { waves: [{ count: 1 }, { percent: 20 }], stopAfter: null, pauseAfterWave: false },
    });
    await expect.poll(() => open.size).toBe(1);
    expect(fleet.jobs.view(id).waves).toMatchObject([
      { total: 1, state: 'running' },
      { total: 2, state: 'waiting' },
      { total: 7, state: 'waiting' },
    ]);
    open.get('d0')?.();
    await expect.poll(() => open.size).toBe(3);
    for (const at of [1, 2]) open.get(`d${at}`)?.();
    await expect.poll(() => open.size).toBe(10);
    for (const release of open.values()) release();
    expect(await fleet.jobs.finished(id)).toMatchObject({
      state: 'succeeded',
      done: 10,
      result: { results: Array(10).fill(1), outcomes: { changed: 10 } },
    });
    expect(fleet.jobs.view(id).waves.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  test('stops once more failed than allowed; the rest was never begun and can be retried', async () => {
    let isBroken = true;
    const fleet = setup(async () => (isBroken ? bad() : ok));
    const waves = { waves: [{ count: 1 }, { count: 1 }], stopAfter: 1, pauseAfterWave: false };
    const id = await fleet.run(5, { waves });
    const job = await fleet.jobs.finished(id);
    expect(job).toMatchObject({ state: 'failed', failed: 2, error: null });
    expect(fleet.begun).toEqual(['d0', 'd1']);
    expect(job.items.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['failed', 1],
      ['failed', 1],
      ['cancelled', 0],
      ['cancelled', 0],
      ['cancelled', 0],
    ]);
    const view = fleet.jobs.view(id);
    expect(view.note).toBe('Stopped: 2 failed, and no more than 1 may. 3 were not begun.');
    expect(view.waves.map(({ state }) => state)).toEqual(['done', 'done', 'stopped']);
    expect(view).toMatchObject({
      canRetry: true,
      canResume: false,
      causes: [{ code: 'DISK_FULL', count: 2 }],
    });

    isBroken = false;
    const byCode = await fleet.jobs.retry(id, 'DISK_FULL');
    expect((await fleet.jobs.finished(byCode.id)).items.map((item) => item.id)).toEqual(['d0', 'd1']);
    const whole = await fleet.jobs.retry(id);
    expect(await fleet.jobs.finished(whole.id)).toMatchObject({
      state: 'succeeded',
      total: 5,
      title: 'Push to 5',
    });
    await expect(fleet.jobs.retry(whole.id)).rejects.toMatchObject({ code: 'NOTHING_TO_RETRY' });
  });

  test('tries again what may pass, and only that', async () => {
    const fleet = setup(async (id) => {
      const times = fleet.begun.filter((other) => other === id).length;
      if (id === 'd0') return times === 1 ? bad('DEVICE_LINK_LOST', 'later') : ok;
      return id === 'd1' ? bad('DEVICE_LINK_LOST', 'absent') : bad();
    });
    const job = await fleet.jobs.finished(await fleet.run(3));
    expect(job.items.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['succeeded', 2],
      ['failed', 1],
      ['failed', 1],
    ]);
    expect(job.failed).toBe(2);
  });

  test('a device that is gone after its link broke ends with what broke', async () => {
    const fleet = setup(async () =>
      fleet.begun.length === 1 ? bad('DEVICE_LINK_LOST', 'later') : bad('DISK_FULL', 'absent'),
    );
    const job = await fleet.jobs.finished(await fleet.run(1));
    expect(job.items).toMatchObject([{ state: 'failed', attempts: 3, code: 'DEVICE_LINK_LOST' }]);
  });

  test('work that throws fails its item alone, and says nothing of its inside', async () => {
    const fleet = setup(async (id) => {
      if (id === 'd0') throw new TypeError('secret detail');
      return ok;
    });
    const job = await fleet.jobs.finished(await fleet.run(2));
    expect(job.items.map(({ code }) => code)).toEqual(['INTERNAL', null]);
    expect(JSON.stringify(job)).not.toContain('secret detail');
  });
});

describe('pause and resume', () => {
  test('after a wave: what waits goes on later, also with another app', async () => {
    const first = setup(async () => ok);
    const id = await first.run(3, {
      waves: { waves: [{ count: 1 }], stopAfter: null, pauseAfterWave: true },
    });
    expect((await first.jobs.finished(id)).state).toBe('paused');
    expect(first.jobs.view(id)).toMatchObject({ canResume: true, note: 'Paused after wave 1 of 2.' });
    expect(states(first, id)).toEqual(['succeeded', 'waiting', 'waiting']);
    await first.jobs.close();

    const second = setup(async () => ok, first.sql);
    await second.jobs.resume(id);
    expect(await second.jobs.finished(id)).toMatchObject({ state: 'succeeded', done: 3 });
    expect(second.begun).toEqual(['d1', 'd2']);
    await expect(second.jobs.resume(id)).rejects.toMatchObject({ code: 'JOB_NOT_RESUMABLE' });
  });

  test('now: what was begun is finished, what is held back waits', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const fleet = setup(async (id, { held }) => {
      if (id === 'd0') {
        entered.resolve();
        await release.promise;
        return ok;
      }
      await new Promise((resolve) => held.addEventListener('abort', resolve));
      throw new HeldBack();
    });
    const id = await fleet.run(3);
    await entered.promise;
    expect(fleet.jobs.pause(id).state).toBe('running');
    expect(fleet.jobs.view(id).note).toMatch(/^Nothing new starts/);
    release.resolve();
    expect((await fleet.jobs.finished(id)).state).toBe('paused');
    expect(fleet.jobs.get(id).items.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['succeeded', 1],
      ['waiting', 0],
      ['waiting', 0],
    ]);
    expect(fleet.jobs.cancel(id).state).toBe('cancelled');
    expect(states(fleet, id)).toEqual(['succeeded', 'cancelled', 'cancelled']);
    expect(() => fleet.jobs.pause(id)).toThrow(AppError);
  });
});

describe('an app that ended in the middle', () => {
  const untilAborted: Work = (_id, { signal }) =>
    new Promise((resolve) => {
      const end = { ...ok, state: 'cancelled', outcome: 'cancelled', result: null } as const;
      signal.addEventListener('abort', () => resolve(end));
    });

  test('by a crash: the next one goes on with what is not done', async () => {
    const first = setup(async (id, tools) => (id === 'd0' ? ok : untilAborted(id, tools)));
    const id = await first.run(2);
    await expect
      .poll(() => first.jobs.items(id, { states: ['succeeded'] }, { offset: 0, limit: 9 }).total)
      .toBe(1);
    // Nothing of the first app is ended: its rows are all that the second one finds.
    const second = setup(async () => ok, first.sql);
    expect(second.jobs.get(id)).toMatchObject({ state: 'interrupted', error: { code: 'INTERRUPTED' } });
    expect(second.jobs.view(id)).toMatchObject({ canResume: true, done: 1 });
    await second.jobs.resume(id);
    expect(await second.jobs.finished(id)).toMatchObject({ state: 'succeeded', done: 2, error: null });
    expect(second.begun).toEqual(['d1']);
  });

  test('in order: what was in the middle is looked at again', async () => {
    const first = setup(untilAborted);
    const id = await first.run(2);
    await expect.poll(() => first.begun.length).toBe(2);
    await first.jobs.close();
    const second = setup(async () => ok, first.sql);
    expect(second.jobs.view(id)).toMatchObject({ state: 'interrupted', canResume: true });
    expect(states(second, id)).toEqual(['waiting', 'waiting']);
    await second.jobs.resume(id);
    expect((await second.jobs.finished(id)).items.map(({ attempts }) => attempts)).toEqual([2, 2]);
  });

  test('a run that is paused when all have begun is done once they have ended', async () => {
    const open = Promise.withResolvers<void>();
    const fleet = setup(() => open.promise.then(() => ok));
    const id = await fleet.run(2);
    await expect.poll(() => fleet.begun.length).toBe(2);
    fleet.jobs.pause(id);
    open.resolve();
    expect(await fleet.jobs.finished(id)).toMatchObject({ state: 'succeeded', done: 2 });
  });

  test('what may pass by itself keeps its tries over a pause and an end of the app', async () => {
    const open = Promise.withResolvers<void>();
    let isPassing = true;
    const fleet = setup(() => open.promise.then(() => (isPassing ? bad('DEVICE_LINK_LOST', 'later') : ok)));
    const id = await fleet.run(1);
    await expect.poll(() => fleet.begun.length).toBe(1);
    fleet.jobs.pause(id);
    open.resolve();
    expect(await fleet.jobs.finished(id)).toMatchObject({ state: 'paused', items: [{ state: 'waiting' }] });
    await fleet.jobs.resume(id);
    await expect.poll(() => fleet.jobs.view(id).running[0]?.phase).toBe('Wait for another try');
    await fleet.jobs.close();
    expect(fleet.jobs.get(id)).toMatchObject({ state: 'interrupted', items: [{ state: 'waiting' }] });
    isPassing = false;
    await fleet.jobs.resume(id);
    expect(await fleet.jobs.finished(id)).toMatchObject({ state: 'succeeded', items: [{ attempts: 3 }] });
  });

  test('one that is cancelled while it is made ready to go on stays so', async () => {
    const fleet = setup(async () => ok);
    const waves = { waves: [{ count: 1 }], stopAfter: null, pauseAfterWave: true };
    const id = await fleet.run(2, { waves });
    expect((await fleet.jobs.finished(id)).state).toBe('paused');
    const resumed = fleet.jobs.resume(id);
    fleet.jobs.cancel(id);
    await expect(resumed).rejects.toMatchObject({ code: 'JOB_NOT_RESUMABLE' });
    expect(states(fleet, id)).toEqual(['succeeded', 'cancelled']);
    expect(fleet.jobs.view(id).state).toBe('cancelled');
  });

  test.each(['resume', 'cancel'] as const)(
    'where the disk was full when it paused, %s finds it as it paused',
    async (next) => {
      let isFull = false;
      const sql = memorySql();
      const { run } = sql;
      sql.run = (...args) => {
        if (isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        return run(...args);
      };
      const fleet = setup(async () => ok, sql);
      const waves = { waves: [{ count: 1 }], stopAfter: null, pauseAfterWave: true };
      const id = await fleet.run(2, { waves });
      isFull = true;
      expect((await fleet.jobs.finished(id)).state).toBe('paused');
      isFull = false;
      await fleet.jobs[next](id);
      if (next === 'resume')
        expect(await fleet.jobs.finished(id)).toMatchObject({ state: 'succeeded', done: 2 });
      else
        expect(fleet.jobs.view(id)).toMatchObject({
          state: 'cancelled',
          counts: { succeeded: 1, cancelled: 1 },
        });
    },
  );

  test('cancel is told from that: it is for good', async () => {
    const fleet = setup(untilAborted);
    const id = await fleet.run(2);
    await expect.poll(() => fleet.begun.length).toBe(2);
    fleet.jobs.cancel(id);
    const job = await fleet.jobs.finished(id);
    expect(job).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
    expect(fleet.jobs.view(id)).toMatchObject({ canResume: false, canRetry: true, counts: { cancelled: 2 } });
  });
});

test('items are found by state, code and part of the name, page by page', async () => {
  const fleet = setup(async (id) => (id === 'd3' || id === 'd7' ? bad() : ok));
  const id = await fleet.run(10);
  await fleet.jobs.finished(id);
  const ids = (page: { items: { id: string }[] }) => page.items.map((item) => item.id);
  const page = { offset: 0, limit: 5 };
  expect(fleet.jobs.items(id, {}, page).total).toBe(10);
  expect(ids(fleet.jobs.items(id, { states: ['failed'] }, page))).toEqual(['d3', 'd7']);
  expect(ids(fleet.jobs.items(id, { code: 'DISK_FULL' }, { offset: 1, limit: 5 }))).toEqual(['d7']);
  expect(ids(fleet.jobs.items(id, { search: 'GATE-4' }, page))).toEqual(['d4']);
  expect(fleet.jobs.items(id, { search: '%' }, page).total).toBe(0);
});

test('what an older version stored is read as before', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(migrations[0] ?? '');
  const result = {
    devices: [{ id: 'd1', name: 'gate-1', address: '10.0.0.7', outcome: 'failed', code: 'DISK_FULL' }],
    summary: { total: 1, changed: 0, unchanged: 0, failed: 1 },
    seconds: 2.5,
  };
  const error = new AppError('DISK_FULL', { device: 'gate-1' }).data;
  const item = { id: 'd1', label: 'gate-1', phase: 'Write', state: 'failed', message: 'full', error };
  const kept = {
    startedAt: '2026-11-21T10:00:00.000Z',
    endedAt: '2026-11-21T10:00:03.000Z',
    total: 1,
    done: 1,
  };
  const store = (document: { id: string; state: string } & Record<string, unknown>) =>
    db
      .prepare('INSERT INTO jobs VALUES (?, ?, ?, ?)')
      .run(document.id, kept.startedAt, document.state, JSON.stringify(document));
  const old = { kind: 'trust.push', title: 'Push trust to gate-1', state: 'failed', failed: 1, error: null };
  store({ ...old, ...kept, id: 'old', items: [item], result });
  const scan = { id: 'store', label: 'Store', phase: '', state: 'succeeded', message: '', error: null };
  store({
    ...old,
    ...kept,
    id: 'gc',
    kind: 'registry.gc',
    state: 'succeeded',
    failed: 0,
    items: [scan],
    result: { blobs: 3 },
  });
  for (const step of migrations.slice(1)) db.exec(step);

  const { jobs } = setup(async () => ok, memorySql(db));
  expect(jobs.get('old')).toMatchObject({
    state: 'failed',
    items: [
      { id: 'd1', state: 'failed', code: 'DISK_FULL', error: { title: error.title }, attempts: 1, wave: 0 },
    ],
    result: { results: [result.devices[0]], outcomes: { failed: 1 } },
  });
  expect(jobs.tally('old').seconds).toBe(2.5);
  expect(jobs.view('old')).toMatchObject({
    canRetry: false,
    counts: { failed: 1 },
    causes: [{ code: 'DISK_FULL' }],
  });
  expect(jobs.get('gc')).toMatchObject({
    items: [{ id: 'store', error: null, code: null }],
    result: { blobs: 3 },
  });
});
