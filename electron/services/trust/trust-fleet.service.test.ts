import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { openBench, type Bench } from './bench.fixture.ts';
import { otherPem } from './device.fixture.ts';
import { createJournal } from './journal.ts';

const all = { all: true } as const;
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

describe('a run that goes on', () => {
  test('a link that breaks is tried again, and the result says how often', async () => {
    let times = 0;
    bench.connect = async () => {
      times += 1;
      if (times === 1)
        throw new AppError('DEVICE_LINK_LOST', { device: 'gate-1', phase: 'x' }, { retryable: true });
      return bench.openSession();
    };
    expect(await bench.only(bench.push())).toMatchObject({ outcome: 'changed', attempts: 2, wave: 0 });
  });

  test('nobody there is tried once, unless the caller says otherwise', async () => {
    let times = 0;
    bench.connect = async () => {
      times += 1;
      throw new AppError('DEVICE_UNREACHABLE', { device: 'gate-1', address: 'x' }, { retryable: true });
    };
    expect(await bench.only(bench.push())).toMatchObject({ code: 'DEVICE_UNREACHABLE', attempts: 1 });
    const run = { retries: 1 };
    expect(await bench.only(bench.trust.push({ selection: all, run }))).toMatchObject({ attempts: 2 });
    expect(times).toBe(3);
  });

  test('retry and resume need nobody to repeat the order', async () => {
    const key = path.join(path.dirname(bench.ours()), 'client.key');
    await fs.mkdir(path.dirname(key), { recursive: true });
    await fs.writeFile(key, 'PRIVATE');
    const { connect } = bench;
    bench.connect = async () => {
      throw new AppError('AUTH_REFUSED', { device: 'gate-1', user: 'root', method: 'key' });
    };
    const { jobId } = await bench.push({ replace: [key] });
    await bench.jobs.finished(jobId);
    bench.connect = connect;
    const again = await bench.jobs.retry(jobId);
    expect((await bench.jobs.finished(again.id)).state).toBe('succeeded');
    await expect(fs.access(key)).rejects.toThrow();
  });
});

/** Connections and scripts of what follows. */
const count = () => {
  const counts = { connections: 0, runs: 0 };
  const { connect } = bench;
  bench.connect = async (...args) => {
    counts.connections += 1;
    const session = await connect(...args);
    const run: typeof session.run = (...order) => {
      counts.runs += 1;
      return session.run(...order);
    };
    return { ...session, run };
  };
  return counts;
};

test('a push that changes nothing costs one connection and one exec', async () => {
  await bench.finish(bench.push());
  const counts = count();
  expect(await bench.only(bench.push())).toMatchObject({ outcome: 'unchanged', proven: true });
  expect(counts).toEqual({ connections: 1, runs: 1 });
});

test('users with engines of their own are met by a second script, and by the first once they are known', async () => {
  await bench.device.addEngine('podman');
  const home = await bench.device.addUser('ada', ['.config/containers']);
  const counts = count();
  const result = await bench.only(bench.push());
  expect(result.changes.filter(({ user }) => user === 'ada')).not.toEqual([]);
  await fs.access(`${home}/.config/containers/certs.d/registry.local:5000/mooring-ca.crt`);
  expect(counts).toEqual({ connections: 1, runs: 2 });
  expect(await bench.only(bench.push())).toMatchObject({ outcome: 'unchanged' });
  expect(counts).toEqual({ connections: 2, runs: 3 });
});

describe('undo of one run', () => {
  test('takes back what it did and leaves what was pushed before', async () => {
    await bench.finish(bench.push());
    const before = await bench.device.snapshot();
    bench.ca = otherPem;
    const second = await bench.push();
    await bench.jobs.finished(second.jobId);
    expect(await bench.only(bench.trust.undo(second))).toMatchObject({ outcome: 'changed', warnings: [] });
    expect(await bench.device.snapshot()).toEqual(before);
    expect(bench.known.trust).toMatchObject({ state: 'unproven', canUndo: true, proofs: [] });
    await expect(bench.trust.undo(second)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
    expect(await bench.only(bench.undo())).toMatchObject({ outcome: 'changed' });
    expect(bench.known.trust).toMatchObject({ state: 'none', canUndo: false });
  });
});

describe('the journal', () => {
  test('says who changed what, and still does when the device is gone', async () => {
    const { jobId } = await bench.push();
    await bench.jobs.finished(jobId);
    await bench.finish(bench.trust.verify(all));
    await bench.finish(bench.undo());
    const entries = bench.trust.journal({ device: 'gate-1' });
    const of = (run: string) => entries.filter((entry) => entry.run === run);
    expect(of('push')).toHaveLength(5);
    expect(of('undo').length).toBeGreaterThan(0);
    const ours = of('push').find(({ path: at }) => at.endsWith('registry.local:5000/mooring-ca.crt'));
    expect(of('push').every((entry) => entry.jobId === jobId && entry.who === 'ada@workshop')).toBe(true);
    expect(entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).toSorted((a, b) => b - a));
    expect(ours).toMatchObject({
      action: 'create',
      kind: 'file',
      beforeSha256: null,
      afterSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      mode: '0644',
      address: '10.0.0.7',
    });
    bench.store.sql.run('DELETE FROM devices');
    expect(bench.trust.journal({ device: '10.0.0.7', limit: 2 })).toEqual(entries.slice(0, 2));
    expect(bench.trust.journal({ after: entries[1]?.id, limit: 2 })).toEqual(entries.slice(2, 4));
    const { text, count } = bench.trust.journalExport({ format: 'csv' });
    expect(count).toBe(entries.length);
    expect(text.split('\r\n')).toHaveLength(entries.length + 2);
    const [last] = entries;
    const ofLast = bench.trust.journalExport({ format: 'json', jobId: last?.jobId });
    expect(JSON.parse(ofLast.text)).toEqual(entries.filter(({ jobId }) => jobId === last?.jobId).reverse());
    expect(ofLast.count).toBeLessThan(entries.length);
  });

  test('a run that was not heard to its end leaves an entry that says so', async () => {
    bench.connect = async () => ({
      ...(await bench.openSession()),
      run: async () => {
        throw new AppError('DEVICE_LINK_LOST', { device: 'gate-1', phase: 'the script ran' });
      },
    });
    await bench.finish(bench.push());
    expect(bench.trust.journal({})).toMatchObject([{ action: 'unknown', path: '', run: 'push' }]);
  });

  test('an undo in the middle of which the app ended leaves one, too', async () => {
    await bench.finish(bench.push());
    const end = Promise.withResolvers<never>();
    const undone = Promise.withResolvers<void>();
    bench.connect = async () => ({
      ...(await bench.openSession()),
      run: async (body, how) => {
        await bench.device.runHere(body, how);
        undone.resolve();
        return end.promise;
      },
    });
    const undo = bench.undo();
    await undone.promise;
    // What the next app does first.
    createJournal({ sql: bench.store.sql, who: 'ada@workshop', now: () => new Date() }).pickUp();
    const [entry] = bench.trust.journal({});
    const [past] = bench.trust.history({ device: 'd1' });
    end.reject(new AppError('DEVICE_LINK_LOST', { device: 'gate-1', phase: 'the script ran' }));
    await bench.finish(undo);
    expect(entry).toMatchObject({ action: 'unknown', path: '', run: 'undo' });
    expect(past).toMatchObject({ action: 'undo', outcome: 'failed', isStanding: false });
  });
});

describe('what is known of the fleet', () => {
  test('each name a device was tried with, with time and the CA it trusted', async () => {
    await bench.answer('192.168.1.20:5000', 'dial tcp: connect: no route to host');
    await bench.finish(bench.push());
    const status = await bench.trust.status({});
    expect(status).toMatchObject({
      devices: [{ id: 'd1', name: 'gate-1', state: 'proven' }],
      names: ['registry.local:5000', '192.168.1.20:5000'],
      runtimes: ['docker'],
    });
    expect(status.cells).toMatchObject([
      { name: 'registry.local:5000', level: 'engine', isProven: true, fingerprint: 'AB:CD', code: null },
      { name: '192.168.1.20:5000', isProven: false, fingerprint: null, code: 'NAME_UNREACHABLE' },
    ]);
  });

  test('a plan groups devices by what they need', async () => {
    const { jobId } = await bench.trust.plan(all);
    await bench.jobs.finished(jobId);
    const groups = await bench.trust.planGroups({ jobId });
    expect(groups).toMatchObject([
      { title: '5 changes to be made', outcome: 'planned', count: 1, ids: ['d1'] },
    ]);
    expect(groups[0]?.changes).toHaveLength(5);
    const page = bench.trust.result({ jobId, offset: 0, limit: 10, outcomes: ['failed'] });
    expect(page).toMatchObject({ devices: [], total: 0, summary: { total: 1, changed: 1 } });
  });
});
