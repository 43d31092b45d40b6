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

/** Lets every program of the device count its calls and end the whole script, as a power cut would, at one of them. */
const armed = async (): Promise<{ killAt(call: number): Promise<void>; calls(): Promise<number> }> => {
  const count = path.join(device.state, 'count');
  for (const name of await fs.readdir(device.bin)) {
    const file = path.join(device.bin, name);
    const real = await fs.readlink(file).catch(() => null);
    if (real === null || besides.has(name)) continue;
    await fs.rm(file);
    const script = `#!/bin/sh
read -r calls at <${count}
echo "$((calls + 1)) $at" >${count}
[ "$calls" != "$at" ] || kill -9 0
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

test('cut off at any step, each file is the old or the new one, and undo still finds the way back', async () => {
  device = await createFakeDevice({ engines: [] });
  const foreign = path.join(device.certs, 'registry.local:5000/ca.crt');
  const ours = path.join(device.certs, 'registry.local:5000/mooring-ca.crt');
  const stale = path.join(device.certs, 'stale.local:5000/mooring-ca.crt');
  const { killAt, calls } = await armed();
  const wanted = desired({
    folders: ['registry.local:5000', 'new.local:5000'],
    references: [],
    confirmed: [foreign],
  });
  const contents = async (file: string) => fs.readFile(file, 'utf8').catch(() => null);

  await fs.mkdir(path.dirname(ours), { recursive: true });
  await fs.writeFile(ours, otherPem, { mode: 0o600 });
  await fs.writeFile(foreign, 'foreign');
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
    const after = await device.snapshot();
    delete after['docker/certs.d/new.local:5000'];
    expect(after, where).toEqual(before);
    return isComplete;
  };

  await killAt(never);
  await device.run({ ...wanted, mode: 'plan' });
  let call = await calls();
  while (!(await isThrough(call))) call += 1;
  expect(call).toBeGreaterThan(20);
});
