import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shells } from '#electron/services/devices/script/shells.fixture.ts';
import { createFakeDevice, desired, type FakeDevice } from '../device.fixture.ts';
import { readReport, scriptRecord } from '../report.ts';
import { buildScript } from './build.ts';
import type { Desired } from './desired.ts';

let device: FakeDevice;
let lock: string;
beforeEach(async () => {
  device = await createFakeDevice({ engines: [] });
  await fs.mkdir(path.join(device.root, 'run'));
  lock = path.join(device.root, 'run/mooring.lock');
});
afterEach(() => device.remove());

const run = async (patch: Partial<Desired> = {}, shell?: string[]) => {
  const reading = await device.run(desired({ who: 'anna@desk', ...patch }), shell && { shell });
  expect(reading).toMatchObject({ isComplete: true, isInvalid: false, output: '' });
  return readReport(reading.records.map((record) => scriptRecord.parse(record)));
};

const seconds = () => Math.round(Date.now() / 1000);

describe.each(shells)('the lock in $name', ({ command }) => {
  test('of a run that is under way stops another before it writes, and says whose it is', async () => {
    const before = await device.snapshot();
    const since = seconds() - 7;
    await fs.writeFile(lock, `${process.pid} ${since} bert@bench\n`);
    expect((await run({}, command)).busy).toEqual({ kind: 'busy', who: 'bert@bench', since });
    expect((await run({ mode: 'undo', sweep: true }, command)).busy).toMatchObject({ who: 'bert@bench' });
    expect(await device.snapshot()).toEqual(before);
    expect((await run({ mode: 'plan' }, command)).busy).toBeNull();
    expect(await fs.readFile(lock, 'utf8')).toContain('bert');
  });

  test.each([
    ['whose process is gone', () => `999999999 ${seconds()} bert@bench`],
    ['that is older than any run', () => `${process.pid} ${seconds() - 4000} bert@bench`],
    ['that says nothing', () => ''],
  ])('%s is taken over, and gone afterwards', async (_name, line) => {
    await fs.writeFile(lock, `${line()}\n`);
    expect(await run({}, command)).toMatchObject({ busy: null, isVerified: true });
    expect(await fs.readdir(path.dirname(lock))).toEqual(['mooring.last', 'mooring.made']);
  });

  test('is not taken when there is nothing to do', async () => {
    await run({}, command);
    await fs.rm(path.join(device.root, 'run/mooring.last'));
    expect((await run({}, command)).changes).toEqual([]);
    expect(await fs.readdir(path.dirname(lock))).toEqual(['mooring.made']);
  });
});

test('of two runs at once, one writes and the other finds the device busy or done', async () => {
  const reports = await Promise.all([run({ who: 'a@x' }), run({ who: 'b@x' }), run({ who: 'c@x' })]);
  const writers = reports.filter(({ made }) => made.size > 0);
  expect(writers).toHaveLength(1);
  for (const { busy, changes } of reports.filter((it) => !writers.includes(it))) {
    expect(busy !== null || changes.length === 0).toBe(true);
  }
});

test('a lock that goes just after it was found is taken all the same', async () => {
  const { body, functions } = buildScript(desired({ references: [], ...device.place }));
  const begin = 'make_lock() {\n';
  expect(functions).toContain(begin);
  const late = functions.replace(begin, `${begin}if [ -z "$was_asked" ]; then was_asked=yes; return 1; fi\n`);
  const reading = await device.runBody(body, { functions: late });
  expect(reading).toMatchObject({ isComplete: true, output: '' });
  // Only whoever has the lock leaves word that it wrote.
  expect(await fs.readdir(path.dirname(lock))).toContain('mooring.last');
});
