import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeDevice } from './device.fixture.ts';
import { openBench, type Bench } from './bench.fixture.ts';

const all = { all: true } as const;
const day = 86_400_000;
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

describe('drift', () => {
  test('a lost file is drift, and a push repairs it', async () => {
    await bench.only(bench.push());
    await fs.rm(bench.ours());
    expect(await bench.only(bench.trust.verify(all))).toMatchObject({
      outcome: 'drifted',
      code: 'DRIFTED',
      written: false,
    });
    expect(bench.known.trust.state).toBe('drifted');
    expect(await bench.only(bench.push())).toMatchObject({ outcome: 'changed', proven: true });
  });

  test('where nothing was pushed, nothing is green', async () => {
    const run = await bench.finish(bench.trust.verify(all));
    expect(run.summary.failed).toBe(1);
    expect(run.devices[0]).toMatchObject({ outcome: 'drifted', code: 'DRIFTED' });
    expect(bench.known.trust).toMatchObject({
      state: 'none',
      error: { cause: 'Nothing has been pushed to it yet.' },
    });
  });

  test('undo reports what somebody changed since and leaves it', async () => {
    await bench.only(bench.push());
    await fs.writeFile(bench.ours(), 'mine now');
    const run = await bench.only(bench.undo());
    expect(run).toMatchObject({
      outcome: 'changed',
      code: 'CHANGED_SINCE',
      warnings: [{ code: 'CHANGED_SINCE' }],
    });
    expect(await fs.readFile(bench.ours(), 'utf8')).toBe('mine now');
    expect(bench.known.trust.canUndo).toBe(false);
  });
});

describe('proof', () => {
  test('one name is enough; the other says what stopped it', async () => {
    await bench.answer('registry.local:5000', 'Error: dial tcp: lookup registry.local: no such host');
    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'changed',
      proven: true,
      code: null,
      proofs: [{ isProven: false, code: 'NAME_NOT_RESOLVED' }, { isProven: true }],
    });
  });

  test('no name: written, not proven, failed; what says more than a name not found is the reason', async () => {
    await bench.answer('registry.local:5000', 'Error: dial tcp: lookup registry.local: no such host');
    await bench.answer(
      '192.168.1.20:5000',
      'Get "https://R/v2/": x509: certificate signed by unknown authority',
    );
    const run = await bench.only(bench.push());
    expect(run).toMatchObject({ outcome: 'failed', code: 'CA_UNKNOWN', written: true, proven: false });
    expect(run.message).toContain('192.168.1.20:5000');
    expect(bench.known.trust).toMatchObject({
      state: 'failed',
      error: { code: 'CA_UNKNOWN' },
      canUndo: true,
    });
    await fs.access(bench.ours());
  });

  test('different reasons are told together', async () => {
    await bench.answer('registry.local:5000', 'write /x: no space left on device');
    await bench.answer(
      '192.168.1.20:5000',
      'Get "https://R/v2/": x509: certificate signed by unknown authority',
    );
    expect(await bench.only(bench.push())).toMatchObject({ outcome: 'failed', code: 'PROOF_FAILED' });
  });

  test('a pull the registry never saw proves nothing', async () => {
    bench.isSeen = false;
    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'failed',
      code: 'PROOF_NOT_SEEN',
      written: true,
    });
  });

  test('an engine that does not run: files stay', async () => {
    await fs.writeFile(path.join(bench.device.state, 'down'), '');
    const run = await bench.only(bench.push());
    expect(run).toMatchObject({
      outcome: 'failed',
      code: 'ENGINE_NOT_RUNNING',
      written: true,
      proven: false,
    });
    await fs.access(bench.ours());
  });

  test('no engine: the files of Docker, and a warning', async () => {
    await bench.device.remove();
    bench.device = await createFakeDevice({ engines: [] });
    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'changed',
      code: 'NO_ENGINE',
      written: true,
      proven: false,
      proofs: [{ level: 'files', runtime: 'none', isProven: false }, { level: 'files' }],
      warnings: [{ code: 'NO_ENGINE' }],
    });
    expect(bench.known.trust.state).toBe('unproven');
    // The CA of the files, since it may be replaced later.
    expect(bench.known.trust.proofs.map(({ fingerprint }) => fingerprint)).toEqual(['AB:CD', 'AB:CD']);
  });

  test('a wrong clock: the files are right, the reason is the clock', async () => {
    bench.validUntil = new Date(Date.now() - day / 2);
    expect(await bench.only(bench.push())).toMatchObject({
      outcome: 'failed',
      code: 'CLOCK_WRONG',
      written: true,
      proven: false,
      proofs: [{ code: 'CLOCK_WRONG' }, { code: 'CLOCK_WRONG' }],
    });
    expect(bench.known.trust.proofs.map(({ fingerprint }) => fingerprint)).toEqual([null, null]);
    expect(await bench.only(bench.trust.plan(all))).toMatchObject({
      outcome: 'unchanged',
      code: 'CLOCK_WRONG',
    });
  });
});
