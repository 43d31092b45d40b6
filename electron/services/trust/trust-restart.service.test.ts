import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pushOptions } from '#shared/model/trust.ts';
import { openBench, type Bench } from './bench.fixture.ts';

const selection = { all: true } as const;
let bench: Bench;

const addProgram = (name: string, ...lines: string[]) =>
  fs.writeFile(path.join(bench.device.bin, name), `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });

/** What systemd makes of a restart of Docker. */
const restartsWith = (status: number) =>
  addProgram(
    'systemctl',
    `case $1 in try-restart | restart) echo 'Job for docker.service failed.' >&2; exit ${status} ;; *) exit 3 ;; esac`,
  );

beforeEach(async () => {
  bench = await openBench();
  await fs.mkdir(path.join(bench.device.root, 'usr/local/share/ca-certificates'), { recursive: true });
  await fs.mkdir(path.join(bench.device.root, 'run'));
  await addProgram('update-ca-certificates', ':');
  await restartsWith(0);
});
afterEach(() => bench.close());

const push = (restart: boolean, isDryRun = false) => {
  const options = pushOptions.parse({ system: true, acceptUnconstrained: true, restart });
  return bench.only(bench.trust.push({ selection, isDryRun, options }));
};
const undo = (restart: boolean, isDryRun = false) =>
  bench.only(bench.trust.undo({ selection, isDryRun, options: { restart } }));
const restartsInJournal = () =>
  bench.trust
    .journal({})
    .filter(({ kind }) => kind === 'unit')
    .map(({ run, action, path: unit }) => [run, action, unit]);

test('a restart that fails is a failure of a device whose files are written, and the journal has both', async () => {
  await restartsWith(1);
  const run = await push(true);
  expect(run).toMatchObject({
    outcome: 'failed',
    code: 'RESTART_FAILED',
    message: 'docker on gate-1 did not restart',
    next: 'The files are written. Look at the log of docker on the device, then restart it there, or push again with restart.',
    written: true,
    proven: true,
  });
  expect(run.targets).toContainEqual(expect.objectContaining({ kind: 'anchor', needsRestart: 'docker' }));
  expect(run.changes.at(-1)).toMatchObject({ action: 'restart-failed', kind: 'unit', path: 'docker' });
  expect(bench.known.trust).toMatchObject({ state: 'failed', canUndo: true });
  expect(restartsInJournal()).toEqual([['push', 'restart-failed', 'docker']]);
  await restartsWith(0);
  expect(await push(true)).toMatchObject({
    outcome: 'changed',
    code: null,
    message: expect.stringMatching(/^docker restarted; pulls by /),
  });
  expect(await push(true)).toMatchObject({ outcome: 'unchanged', code: null });
  expect(restartsInJournal()[0]).toEqual(['push', 'restart', 'docker']);
});

test('what must restart is named until it has, and a dry run says that it would', async () => {
  expect(await push(true, true)).toMatchObject({
    outcome: 'planned',
    code: null,
    message: expect.stringMatching(/ changes to be made, docker to be restarted$/),
  });
  expect(await push(false)).toMatchObject({
    outcome: 'changed',
    code: 'RESTART_NEEDED',
    next: 'When its containers may stop, restart it there, or push again with restart.',
  });
  const verified = await bench.only(bench.trust.verify(selection));
  expect(verified).toMatchObject({ outcome: 'verified', code: 'RESTART_NEEDED' });
  expect(restartsInJournal()).toEqual([]);
});

test('undo names what trusts as before until it restarts', async () => {
  await push(true);
  const dry = await undo(false, true);
  expect(dry).toMatchObject({ outcome: 'planned', code: 'RESTART_NEEDED' });
  expect(dry.next).toContain('undo with restart');
  const run = await undo(false);
  expect(run).toMatchObject({ outcome: 'changed', code: 'RESTART_NEEDED' });
  expect(run.next).toContain('until then it trusts as before');
  expect(bench.known.trust).toMatchObject({ state: 'none', warnings: [{ code: 'RESTART_NEEDED' }] });
});

test('undo restarts it where that was asked for; one that fails can be undone again', async () => {
  await push(true);
  await restartsWith(1);
  const failed = await undo(true);
  expect(failed).toMatchObject({ outcome: 'failed', code: 'RESTART_FAILED', written: false });
  expect(failed.next).toMatch(/^The files are as they were before\. .* or undo again with restart\.$/);
  expect(bench.known.trust).toMatchObject({ state: 'failed', proofs: [], canUndo: true });
  await restartsWith(0);
  expect(await undo(true)).toMatchObject({ outcome: 'changed', message: 'docker restarted' });
  expect(bench.known.trust).toMatchObject({ state: 'none', canUndo: false });
  expect(restartsInJournal().slice(0, 2)).toEqual([
    ['undo', 'restart', 'docker'],
    ['undo', 'restart-failed', 'docker'],
  ]);
});

test('a trust store that cannot be rebuilt is a failure of a device whose files are written', async () => {
  await addProgram('update-ca-certificates', 'echo broken >&2', 'exit 1');
  expect(await push(false)).toMatchObject({
    outcome: 'failed',
    code: 'ANCHOR_FAILED',
    written: true,
    next: 'The files are written. Look at what update-ca-certificates says on the device, then push again.',
  });
});

test('an undo asks for a restart only where engines read the store of the system', async () => {
  const needs = (of: Parameters<Bench['trust']['undoNeeds']>[0] = { selection }) =>
    bench.trust.undoNeeds(of).restart;
  expect(needs()).toBe(false);
  const { jobId: plain } = await bench.trust.push({ selection });
  await bench.jobs.finished(plain);
  expect(needs()).toBe(false);
  const { jobId } = await bench.trust.push({
    selection,
    options: { system: true, acceptUnconstrained: true },
  });
  await bench.jobs.finished(jobId);
  expect([needs(), needs({ jobId }), needs({ jobId: plain })]).toEqual([true, true, true]);

  const { jobId: unchanged } = await bench.trust.push({ selection });
  await bench.jobs.finished(unchanged);
  const left = [plain, jobId, unchanged].map((run) => bench.trust.undoNeeds({ jobId: run }).devices);
  expect(left).toEqual([1, 1, 0]);

  const { facts } = bench.known;
  if (facts) {
    const podman = { kind: 'podman', version: '4', isRunning: true, folder: '', user: null } as const;
    bench.known = { ...bench.known, facts: { ...facts, engines: [podman] } };
    expect(needs()).toBe(false);
    bench.known = { ...bench.known, facts };
  }
  await undo(true);
  expect(needs()).toBe(false);
});

test('after a push that nobody heard the end of a restart may be needed', () => {
  bench.store.sql.run(
    `INSERT INTO trustHistory (deviceId, jobId, at, action, outcome, document, isStanding)
     VALUES ('d1', 'j', '', 'push', 'failed', '{"message":"","changes":[]}', 1)`,
  );
  expect(bench.trust.undoNeeds({ selection }).restart).toBe(true);
});
