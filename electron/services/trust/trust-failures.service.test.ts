import fs from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { trustRun } from '#shared/model/trust.ts';
import { openBench, type Bench } from './bench.fixture.ts';

const all = { all: true } as const;
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

test('without a name or address a device could use nothing starts, but undo does', async () => {
  bench.references = ['localhost:5000'];
  await expect(bench.push()).rejects.toMatchObject({ code: 'NO_ADDRESS' });
  await expect(bench.trust.verify(all)).rejects.toMatchObject({ code: 'NO_ADDRESS' });
  expect(await bench.only(bench.undo())).toMatchObject({ outcome: 'unchanged' });
});

describe('what goes wrong on the way', () => {
  test('a device that does not answer is a result with its own next step', async () => {
    bench.connect = async () => {
      throw new AppError('DEVICE_UNREACHABLE', { device: 'gate-1', address: '10.0.0.7' });
    };
    const { jobId } = await bench.push();
    const { items } = await bench.jobs.finished(jobId);
    expect(items[0]).toMatchObject({ phase: 'Connect', state: 'failed' });
    const run = await bench.only(bench.push());
    expect(run).toMatchObject({
      outcome: 'failed',
      code: 'DEVICE_UNREACHABLE',
      written: false,
      proven: false,
    });
    expect(run.next).toContain('Check power');
    expect(bench.known.trust).toMatchObject({ state: 'failed', canUndo: false });
    expect(bench.trust.journal({})).toEqual([]);
  });

  test('a registry that is down is found before anything is written', async () => {
    const before = await bench.device.snapshot();
    bench.issue = async () => {
      throw new AppError('REGISTRY_DOWN');
    };
    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'failed',
      code: 'REGISTRY_DOWN',
      written: false,
    });
    expect(await bench.device.snapshot()).toEqual(before);
    expect(bench.trust.journal({})).toEqual([]);
  });

  test('a link that breaks leaves a change that undo finds', async () => {
    const before = await bench.device.snapshot();
    bench.connect = async () => ({
      ...(await bench.openSession()),
      run: async (body, { functions }) => {
        await bench.device.runHere(body, { functions });
        throw new AppError('DEVICE_LINK_LOST', { device: 'gate-1', phase: 'Write' });
      },
    });
    expect(await bench.only(bench.push())).toMatchObject({ outcome: 'failed', code: 'DEVICE_LINK_LOST' });
    bench.connect = bench.openSession;
    await fs.access(bench.ours());
    expect(bench.known.trust.canUndo).toBe(true);
    await bench.only(bench.undo());
    const after = await bench.device.snapshot();
    delete after['docker/certs.d'];
    expect(after).toEqual(before);
  });

  test('output that is not from our script is not believed', async () => {
    bench.connect = async () => ({
      ...(await bench.openSession()),
      run: async (_body, { onRecord }) => {
        onRecord?.({ kind: 'verified' });
        onRecord?.({ kind: 'pull', reference: 'registry.local:5000', engine: 'rm -rf', status: 0 });
        return { isComplete: true, output: '' };
      },
    });
    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'failed',
      code: 'DEVICE_OUTPUT_INVALID',
      proven: false,
    });
  });

  test('a time that is none is not from our script either', async () => {
    bench.connect = async () => ({
      ...(await bench.openSession()),
      run: async (_body, { onRecord }) => {
        onRecord?.({ kind: 'busy', who: 'x', since: 2 ** 45 });
        return { records: [], isComplete: true, output: '' };
      },
    });
    expect(await bench.only(bench.push())).toMatchObject({ code: 'DEVICE_OUTPUT_INVALID' });
  });

  test('an undo that does not say it is done leaves what undo takes', async () => {
    await bench.only(bench.push());
    bench.connect = async () => ({
      ...(await bench.openSession()),
      run: async () => ({ records: [], isComplete: true, output: '' }),
    });
    await bench.only(bench.undo());
    expect(bench.known.trust.canUndo).toBe(true);
    bench.connect = bench.openSession;
    expect(await bench.only(bench.undo())).toMatchObject({ outcome: 'changed' });
  });

  test('without its end record a run is unfinished', async () => {
    bench.connect = async () => ({
      ...(await bench.openSession()),
      run: async (body, options) => {
        await bench.device.runHere(body, options);
        return { isComplete: false, output: '' };
      },
    });
    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'failed',
      code: 'SCRIPT_UNFINISHED',
      written: true,
    });
  });

  test('cancel ends a run as cancelled', async () => {
    const reached = Promise.withResolvers<void>();
    bench.connect = (_id, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AppError('CANCELLED')));
        reached.resolve();
      });
    const { jobId } = await bench.push();
    await reached.promise;
    bench.jobs.cancel(jobId);
    const { state, result } = await bench.jobs.finished(jobId);
    expect(state).toBe('cancelled');
    expect(trustRun.parse(result).devices[0]).toMatchObject({ outcome: 'cancelled', code: 'CANCELLED' });
  });

  test('cancelled in the middle of the script, what was done can be undone', async () => {
    const before = await bench.device.snapshot();
    const reached = Promise.withResolvers<void>();
    bench.connect = async (_id, { signal }) => ({
      ...(await bench.openSession()),
      run: async (body, { functions, onRecord }) => {
        await bench.device.runHere(body, {
          functions,
          onRecord: (record) => {
            onRecord?.(record);
            if (JSON.stringify(record).includes('"made"')) reached.resolve();
          },
        });
        await new Promise((resolve) =>
          signal.aborted ? resolve(null) : signal.addEventListener('abort', resolve),
        );
        throw new AppError('CANCELLED');
      },
    });
    const { jobId } = await bench.push();
    await reached.promise;
    bench.jobs.cancel(jobId);
    const { result } = await bench.jobs.finished(jobId);
    expect(trustRun.parse(result).devices[0]).toMatchObject({ outcome: 'cancelled', proven: false });
    expect(bench.known.trust.canUndo).toBe(true);
    bench.connect = bench.openSession;
    expect(await bench.only(bench.undo())).toMatchObject({ outcome: 'changed' });
    expect(await bench.device.snapshot()).toEqual(before);
  });

  test('a device that was removed meanwhile is a result, too', async () => {
    bench.store.sql.run('DELETE FROM devices');
    expect(await bench.only(bench.push())).toMatchObject({ id: 'd1', outcome: 'failed', code: 'INTERNAL' });
  });

  test('two runs on one device come one after the other', async () => {
    let open = 0;
    let most = 0;
    bench.connect = async () => {
      most = Math.max(most, (open += 1));
      const session = await bench.openSession();
      return { ...session, close: () => (open -= 1) };
    };
    const runs = await Promise.all([
      bench.only(bench.push()),
      bench.only(bench.push()),
      bench.only(bench.trust.verify(all)),
    ]);
    expect(runs.map(({ outcome }) => outcome)).toEqual(['changed', 'unchanged', 'verified']);
    expect(most).toBe(1);
  });

  test('a run that waits for another one on its device is cancelled at once, and the next one waits on', async () => {
    const closed = Promise.withResolvers<void>();
    let open = 0;
    bench.connect = async () => {
      open += 1;
      await closed.promise;
      return bench.openSession();
    };
    const first = bench.push();
    await expect.poll(() => open).toBe(1);
    const { jobId } = await bench.push();
    const third = bench.push();
    bench.jobs.cancel(jobId);
    const second = await bench.jobs.finished(jobId, AbortSignal.timeout(5000)).catch(() => null);
    const openMeanwhile = open;
    closed.resolve();
    expect(second).toMatchObject({ state: 'cancelled' });
    expect(openMeanwhile).toBe(1);
    expect(await bench.only(first)).toMatchObject({ outcome: 'changed' });
    expect(await bench.only(third)).toMatchObject({ outcome: 'unchanged' });
  });

  test('a defect is a result with a reference', async () => {
    bench.connect = async () => {
      throw new TypeError('boom');
    };
    const run = await bench.only(bench.push());
    expect(run).toMatchObject({ outcome: 'failed', code: 'INTERNAL' });
    expect(run.message).not.toContain('boom');
  });
});
