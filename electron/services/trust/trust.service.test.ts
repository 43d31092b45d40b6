import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherPem } from './device.fixture.ts';
import { openBench, type Bench } from './bench.fixture.ts';

const all = { all: true } as const;
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

describe('the main way', () => {
  test('plan, push, push again, verify, undo', async () => {
    const before = await bench.device.snapshot();
    expect(await bench.only(bench.trust.plan(all))).toMatchObject({
      outcome: 'planned',
      written: false,
      code: null,
    });
    expect(await bench.device.snapshot()).toEqual(before);

    const pushed = await bench.finish(bench.push());
    expect(pushed.summary).toEqual({
      total: 1,
      changed: 1,
      unchanged: 0,
      failed: 0,
      cancelled: 0,
      notStarted: 0,
    });
    expect(pushed.devices[0]).toMatchObject({
      id: 'd1',
      name: 'gate-1',
      address: '10.0.0.7',
      outcome: 'changed',
      code: null,
      message: '5 changes; pulls by registry.local:5000, 192.168.1.20:5000',
      written: true,
      proven: true,
      warnings: [],
    });
    expect(pushed.devices[0]?.proofs).toMatchObject([
      { name: 'registry.local:5000', runtime: 'docker', level: 'engine', isProven: true, code: null },
      { name: '192.168.1.20:5000', isProven: true },
    ]);
    expect(bench.known.trust).toMatchObject({ state: 'proven', canUndo: true, error: null });
    expect(bench.known.facts).toMatchObject({ engines: [{ kind: 'docker', isRunning: true }] });
    expect(bench.withdrawn).toHaveLength(8);

    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'unchanged',
      changes: [],
      written: true,
      proven: true,
    });
    expect(await bench.only(bench.trust.verify(all))).toMatchObject({
      outcome: 'verified',
      written: true,
      proven: true,
    });
    expect(await bench.only(bench.trust.plan(all))).toMatchObject({ outcome: 'unchanged', written: true });

    expect(await bench.only(bench.undo(true))).toMatchObject({ outcome: 'planned' });
    expect(await bench.only(bench.undo())).toMatchObject({
      outcome: 'changed',
      written: false,
      proven: false,
    });
    expect(await bench.device.snapshot()).toEqual(before);
    expect(bench.known.trust).toMatchObject({ state: 'none', canUndo: false, proofs: [] });
    expect(await bench.only(bench.undo())).toMatchObject({ outcome: 'unchanged', code: 'NOTHING_TO_UNDO' });
    expect(
      bench.trust
        .history({ device: 'd1' })
        .map(({ action, outcome, isStanding }) => [action, outcome, isStanding]),
    ).toEqual([
      ['undo', 'unchanged', false],
      ['undo', 'changed', false],
      ['verify', 'verified', false],
      ['push', 'unchanged', false],
      ['push', 'changed', false],
    ]);
  });

  test('the progress goes through titled phases', async () => {
    const { jobId } = await bench.push();
    await bench.jobs.finished(jobId);
    expect(bench.jobs.items(jobId, {}, { offset: 0, limit: 1 }).items[0]?.phase).toBe('Record');
    expect(bench.jobs.get(jobId)).toMatchObject({
      state: 'succeeded',
      done: 1,
      title: 'Push trust to gate-1',
    });
  });

  test('undo goes back over several CAs to what was there first', async () => {
    await fs.mkdir(path.dirname(bench.ours()), { recursive: true });
    await fs.writeFile(bench.ours(), 'somebody was here', { mode: 0o600 });
    const before = await bench.device.snapshot();
    expect(await bench.only(bench.push())).toMatchObject({ outcome: 'changed' });
    bench.ca = otherPem;
    bench.references = ['registry.local:5000'];
    expect(await bench.only(bench.push())).toMatchObject({ outcome: 'changed' });
    expect(await fs.readdir(bench.device.certs)).toEqual(['registry.local:5000']);
    expect(await fs.readdir(path.dirname(bench.ours()))).toEqual(['mooring-ca.crt']);
    const standing = bench.trust.history({ device: 'd1' }).map(({ isStanding }) => isStanding);
    expect(standing).toEqual([true, false]);
    expect(await bench.only(bench.undo())).toMatchObject({ outcome: 'changed', warnings: [] });
    expect(await bench.device.snapshot()).toEqual(before);
  });

  test('what is kept for undo is sealed', async () => {
    await fs.mkdir(path.dirname(bench.ours()), { recursive: true });
    const key = path.join(path.dirname(bench.ours()), 'client.key');
    await fs.writeFile(key, 'PRIVATE');
    await bench.push({ replace: [key] }).then(({ jobId }) => bench.jobs.finished(jobId));
    const rows = bench.store.sql.all<{ undo: string; document: string }>(
      'SELECT undo, document FROM trustHistory',
    );
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('PRIVATE').toString('base64'));
    await expect(fs.access(key)).rejects.toThrow();
    await bench.only(bench.undo());
    expect(await fs.readFile(key, 'utf8')).toBe('PRIVATE');
  });
});
