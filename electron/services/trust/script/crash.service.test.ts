import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { caPem, createFakeDevice, desired, otherPem, type FakeDevice } from '../device.fixture.ts';
import type { UndoEntry } from '../undo-data.ts';
import { sha256 } from './pem.ts';

let device: FakeDevice;
afterEach(() => device.remove());

/** These run beside others, in pipes or as the nap of the watchdog, and would upset the count. */
const besides = new Set(['sh', 'sleep', 'tr', 'tail', 'sed']);

/** Lets every program of the device count its calls and send the whole script a signal at one of them: 9 is a power cut. */
const armed = async (
  signal: 9 | 15,
): Promise<{ killAt(call: number): Promise<void>; calls(): Promise<number> }> => {
  const count = path.join(device.state, 'count');
  for (const name of await fs.readdir(device.bin)) {
    const file = path.join(device.bin, name);
    const real = await fs.readlink(file).catch(() => null);
    if (real === null || besides.has(name)) continue;
    await fs.rm(file);
    const script = `#!/bin/sh
read -r calls at <${count}
echo "$((calls + 1)) $at" >${count}
[ "$calls" != "$at" ] || kill -${signal} 0
exec ${real} "$@"
`;
    await fs.writeFile(file, script, { mode: 0o755 });
  }
  return {
    killAt: (call) => fs.writeFile(count, `0 ${call}\n`),
    calls: async () => Number.parseInt(await fs.readFile(count, 'utf8'), 10),
  };
};

const never = 1_000_000;
const folder = 'docker/certs.d/new.local:5000';

test('cut off at any step, each file is the old or the new one, and undo still finds the way back', async () => {
  device = await createFakeDevice({ engines: [] });
  const foreign = path.join(device.certs, 'registry.local:5000/ca.crt');
  const ours = path.join(device.certs, 'registry.local:5000/mooring-ca.crt');
  const stale = path.join(device.certs, 'stale.local:5000/mooring-ca.crt');
  const { killAt, calls } = await armed(9);
  const wanted = desired({
    folders: ['registry.local:5000', 'new.local:5000'],
    references: [],
    confirmed: [foreign],
  });
  const contents = async (file: string) => fs.readFile(file, 'utf8').catch(() => null);

  await fs.mkdir(path.dirname(ours), { recursive: true });
  await fs.writeFile(ours, otherPem, { mode: 0o600 });
  await fs.writeFile(foreign, 'foreign');
  await fs.mkdir(path.join(device.root, 'run'));
  const before = await device.snapshot();
  // An earlier push, of which there is a record, made this one.
  const restore: UndoEntry[] = [
    { kind: 'file', path: stale, left: sha256(caPem), before: null },
    { kind: 'folder', path: path.dirname(stale), before: null },
  ];

  const isThrough = async (call: number): Promise<boolean> => {
    await fs.mkdir(path.dirname(stale));
    await fs.writeFile(stale, caPem);
    await killAt(call);
    const { isComplete } = await device.run(wanted);
    const where = `killed at call ${call}`;
    expect([otherPem, caPem], where).toContain(await contents(ours));
    expect([null, caPem], where).toContain(await contents(stale));
    expect([null, caPem], where).toContain(
      await contents(path.join(device.certs, 'new.local:5000/mooring-ca.crt')),
    );
    const seen = await device.snapshot();
    const sums = Object.values(seen).map((entry) => entry.split(' ')[1]);
    for (const text of [otherPem, 'foreign']) expect(sums, where).toContain(sha256(text));

    await killAt(never);
    const undone = await device.run({ ...wanted, mode: 'undo', restore, sweep: true });
    expect(undone.isComplete, where).toBe(true);
    expect(await device.snapshot(), where).toEqual(before);
    return isComplete;
  };

  await killAt(never);
  await device.run({ ...wanted, mode: 'plan' });
  let call = await calls();
  while (!(await isThrough(call))) call += 1;
  expect(call).toBeGreaterThan(20);
});

test('told to end at any step, it takes along what it has staged and made', async () => {
  device = await createFakeDevice({ engines: [] });
  await fs.mkdir(path.join(device.root, 'run'));
  const { killAt, calls } = await armed(15);
  const wanted = desired({ folders: ['new.local:5000', 'other.local:5000'], references: [] });
  const before = await device.snapshot();
  await killAt(never);
  await device.run({ ...wanted, mode: 'plan' });
  let call = await calls();
  let isThrough = false;
  let taken = 0;
  while (!isThrough) {
    await killAt(call);
    ({ isComplete: isThrough } = await device.run(wanted));
    const left = Object.keys(await device.snapshot()).filter((name) => !(name in before));
    const where = `ended at call ${call}`;
    for (const name of left) {
      expect(name, where).not.toContain('.new');
      if (/local:5000$/.test(name)) expect(left, where).toContain(`${name}/mooring-ca.crt`);
    }
    if (left.length === 0) {
      taken += 1;
      expect(await fs.readdir(path.join(device.root, 'run')), where).not.toContain('mooring.lock');
    }
    await killAt(never);
    await device.run({ ...wanted, mode: 'undo', restore: [], sweep: true });
    expect(await device.snapshot(), where).toEqual(before);
    call += 1;
  }
  expect(taken).toBeGreaterThanOrEqual(3);
});

test('a folder with nothing but what a killed script staged is made anew, so that undo takes it away', async () => {
  device = await createFakeDevice({ engines: [] });
  await fs.mkdir(device.certs, { recursive: true });
  const before = await device.snapshot();
  await fs.mkdir(path.join(device.root, 'etc', folder));
  // That process lives on: its number may have been given away again.
  await fs.writeFile(path.join(device.root, 'etc', folder, `.mooring-${process.pid}-1.new`), caPem);
  const wanted = desired({ folders: ['new.local:5000'], references: [] });
  const { records } = await device.run(wanted);
  expect(records).toContainEqual(
    expect.objectContaining({ kind: 'made', path: expect.stringMatching(/new\.local:5000$/) as string }),
  );
  const restore: UndoEntry[] = [
    {
      kind: 'file',
      path: path.join(device.root, 'etc', folder, 'mooring-ca.crt'),
      left: sha256(caPem),
      before: null,
    },
    { kind: 'folder', path: path.join(device.root, 'etc', folder), before: null },
  ];
  await device.run({ ...wanted, mode: 'undo', restore });
  expect(await device.snapshot()).toEqual(before);
});
