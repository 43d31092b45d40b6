import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeviceRun, TrustRun } from '#shared/model/trust.ts';
import { createLab, type Device, type InsideProcess, type Lab } from './lab/index.ts';
import { addWords } from './lab/login.ts';

const cli = 'electron/cli/mooring.mjs';
const certs = '/etc/docker/certs.d';
const references = ['registry.local:5000', 'nosuch.lan:5000'];

let lab: Lab;
let up: InsideProcess;
let gate: Device;
let box: Device;

const mooring = async (...args: string[]) => {
  const { stdout, stderr, status } = await lab.run([
    cli,
    ...args,
    '--json',
    '--data',
    path.join(lab.folder, 'data'),
  ]);
  expect(stdout, stderr).not.toBe('');
  return { status, answer: JSON.parse(stdout) as unknown };
};

const trust = async (...args: string[]) => {
  const { status, answer } = await mooring('trust', ...args);
  const run = answer as TrustRun;
  return {
    status,
    run,
    of: (device: Device) => run.devices.find(({ name }) => name === device.name) as DeviceRun,
  };
};

const add = (device: Device) => mooring(...addWords(device, lab.folder));

/** Everything below /etc/docker with mode, owner and content. */
const snapshot = async (device: Device): Promise<string> => {
  const list =
    'cd /etc/docker; for f in certs.d certs.d/* certs.d/*/* certs.d/*/.*; do [ -e "$f" ] && stat -c "%n %a %u:%g" "$f"; done';
  const sums = 'cat certs.d/*/* 2>/dev/null | sha256sum';
  return (await device.exec(`${list}; ${sums}`)).stdout;
};

beforeAll(async () => {
  lab = await createLab({ label: 'trust.lab.test' });
  [gate, box] = await Promise.all([
    lab.addDevice({ profile: 'balena', name: 'gate' }),
    lab.addDevice({ profile: 'debian', name: 'box' }),
  ]);
  const names = ['--name', 'registry.local', '--name', 'nosuch.lan'];
  const place = ['--address', lab.network.hostAddress, '--data', path.join(lab.folder, 'data'), '--json'];
  up = lab.spawn([cli, 'up', ...names, ...place]);
  // It says one line, when it is ready.
  await Promise.race([once(up.child.stdout as Readable, 'data'), up.ended]);
});

afterAll(async () => {
  up.signal('TERM');
  await up.ended;
  await lab.destroy();
});

test('what was there comes back: a foreign CA, a stray key, an older file of ours', async () => {
  for (const device of [gate, box]) {
    const folder = `${certs}/registry.local:5000`;
    await device.exec(
      `mkdir -p ${folder} && cd ${folder} && printf 'old\\0bytes' >mooring-ca.crt && chmod 600 mooring-ca.crt &&
       chown 7:8 mooring-ca.crt && echo foreign >ca.crt && echo key >client.key`,
    );
    await add(device);
  }
  const before = [await snapshot(gate), await snapshot(box)];

  const plan = await trust('plan', '--all');
  expect(plan.run.summary).toMatchObject({ total: 2, changed: 2, failed: 0 });
  expect(plan.of(gate).warnings).toMatchObject([{ code: 'FOREIGN_FILE' }]);
  expect(plan.of(gate).changes).toContainEqual(
    expect.objectContaining({ action: 'keep', path: `${certs}/registry.local:5000/ca.crt` }),
  );
  expect([await snapshot(gate), await snapshot(box)]).toEqual(before);

  const replace = [`${certs}/registry.local:5000/client.key`];
  const started = await mooring('call', 'trust.push', JSON.stringify({ selection: { all: true }, replace }));
  const { jobId: id } = started.answer as { jobId: string };
  await expect
    .poll(async () => (await mooring('call', 'jobs.get', JSON.stringify({ id }))).answer, { timeout: 60_000 })
    .toMatchObject({ state: 'succeeded' });
  for (const device of [gate, box]) {
    const listed = await device.exec(`ls -A ${certs}/registry.local:5000`);
    expect(listed.stdout).toBe('ca.crt\nmooring-ca.crt\n');
  }

  const undone = await trust('undo', '--all');
  expect(undone.run.devices.map(({ outcome }) => outcome)).toEqual(['changed', 'changed']);
  expect([await snapshot(gate), await snapshot(box)]).toEqual(before);
  for (const device of [gate, box]) await device.exec(`rm -r ${certs}`);
});

test('push proves by each name on its own, leaves no image, and changes nothing the second time', async () => {
  const images = await gate.engine('images', '-a');
  const first = await trust('push', '--all');
  expect(first.status).toBe(0);
  for (const device of [gate, box]) {
    const run = first.of(device);
    expect(run).toMatchObject({ outcome: 'changed', written: true, proven: true, code: null });
    const codes = Object.fromEntries(run.proofs.map(({ name, code }) => [name, code]));
    expect(codes).toEqual({
      [references[0] ?? '']: null,
      [references[1] ?? '']: 'NAME_NOT_RESOLVED',
      [`${lab.network.hostAddress}:5000`]: null,
    });
  }
  expect((await gate.engine('images', '-a')).stdout).toBe(images.stdout);
  const second = await trust('push', '--all');
  expect(second.run.summary).toMatchObject({ changed: 0, unchanged: 2, failed: 0 });
  expect(second.of(gate).changes).toEqual([]);
  expect((await trust('verify', '--all')).of(box)).toMatchObject({ outcome: 'verified', proven: true });
});

test('the exported script does the same in any shell, and takes it back', async () => {
  await trust('undo', gate.name);
  const script = async (...flags: string[]) => {
    const { answer } = await mooring('trust', 'script', ...flags);
    const ended = await gate.exec(['sh', '-s'], { input: (answer as { script: string }).script });
    return ended.stdout.trimEnd().split('\n').at(-1);
  };
  expect(await script()).toMatch(/^Mooring: \d changes made; the engine pulls by registry\.local:5000/);
  expect((await trust('verify', gate.name)).of(gate)).toMatchObject({ outcome: 'verified', proven: true });
  expect(await script('--undo')).toMatch(/^Mooring: \d changes undone\.$/);
  expect((await gate.exec(`ls -A ${certs}`)).stdout).toBe('');
});

test('devices in trouble each say their own, and the others go on', async () => {
  const [full, locked, bare, late] = await Promise.all([
    lab.addDevice({ profile: 'debian', name: 'full', dockerFolder: 'full' }),
    lab.addDevice({ profile: 'debian', name: 'locked', dockerFolder: 'read-only' }),
    lab.addDevice({ profile: 'balena', name: 'bare', engine: false }),
    lab.addDevice({ profile: 'debian', name: 'late', clockOffsetSeconds: -41 * 86_400 }),
  ]);
  for (const device of [full, locked, bare, late]) await add(device);
  const engine = box.enginePid();
  if (engine !== null) process.kill(engine, 'SIGKILL');
  const { status, of } = await trust('push', '--all');
  expect(status).toBe(1);
  expect(of(gate)).toMatchObject({ outcome: 'changed', proven: true });
  expect(of(full)).toMatchObject({ outcome: 'failed', code: 'DISK_FULL', written: false, changes: [] });
  expect(of(locked)).toMatchObject({ outcome: 'failed', code: 'READ_ONLY', written: false, changes: [] });
  expect(of(bare)).toMatchObject({ outcome: 'changed', code: 'NO_ENGINE', written: true, proven: false });
  expect(of(late)).toMatchObject({ outcome: 'failed', code: 'CLOCK_WRONG', written: true, proven: false });
  expect(of(box)).toMatchObject({
    outcome: 'failed',
    code: 'ENGINE_NOT_RUNNING',
    written: true,
    proven: false,
  });
  const left = await full.exec(`ls -A ${certs}`);
  expect(left.stdout).toBe('');
});
