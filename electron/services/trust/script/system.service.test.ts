import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shells } from '#electron/services/devices/script/shells.fixture.ts';
import { caPem, createFakeDevice, desired, otherPem, type FakeDevice } from '../device.fixture.ts';
import { readReport, scriptRecord } from '../report.ts';
import { undoOf } from '../undo-data.ts';
import type { Desired } from './desired.ts';
import { sha256 } from './pem.ts';

let device: FakeDevice;
let place: (name: string) => string;
const start = async (options: Parameters<typeof createFakeDevice>[0] = {}) => {
  device = await createFakeDevice(options);
  place = (name) => path.join(device.root, name);
};
beforeEach(() => start());
afterEach(() => device.remove());

const run = async (patch: Partial<Desired>, shell?: string[]) => {
  const reading = await device.run(
    desired({ folders: ['r:1'], references: [], ...patch }),
    shell && { shell },
  );
  expect(reading).toMatchObject({ isComplete: true, isInvalid: false, output: '' });
  const report = readReport(reading.records.map((record) => scriptRecord.parse(record)));
  return { report, data: undoOf(report, { caSha256: desired().caSha256, isComplete: true }) };
};

/** A bundle that holds what the anchors hold. */
const addTool = async (name: string, anchors: string) => {
  await fs.mkdir(place(anchors), { recursive: true });
  await fs.mkdir(place('etc/ssl'), { recursive: true });
  const bundle = place('etc/ssl/bundle');
  const text = `#!/bin/sh\n[ ! -e '${place('broken')}' ] || { echo 'it broke' >&2; exit 1; }\n: >'${bundle}'\nfor f in '${place(anchors)}'/*.crt; do [ -f "$f" ] && cat "$f" >>'${bundle}'; done\nexit 0\n`;
  await fs.writeFile(path.join(device.bin, name), text, { mode: 0o755 });
  await fs.writeFile(bundle, '');
  return bundle;
};

/** A systemd whose one unit has another invocation after each restart, of which it takes note. */
const addSystemctl = (status = 0) =>
  fs.writeFile(
    path.join(device.bin, 'systemctl'),
    `#!/bin/sh
case $1 in
  show) cat '${device.state}/units' 2>/dev/null | sha256sum ;;
  --quiet) exit 3 ;;
  *)
    echo "$*" >>'${device.state}/units'
    echo 'Job for docker.service failed.' >&2
    exit ${status} ;;
esac
`,
    { mode: 0o755 },
  );
const units = () => fs.readFile(path.join(device.state, 'units'), 'utf8').catch(() => '');
const restarts = ({ report }: Awaited<ReturnType<typeof run>>) =>
  report.restarts.map(({ unit, isDone }) => [unit, isDone]);

describe.each(shells)('beside the folders, in $name', ({ command }) => {
  test.each([
    ['update-ca-certificates', 'usr/local/share/ca-certificates'],
    ['update-ca-trust', 'etc/pki/ca-trust/source/anchors'],
  ])('%s: the CA becomes an anchor of the system, and undo takes it out again', async (tool, anchors) => {
    const bundle = await addTool(tool, anchors);
    await addSystemctl();
    const before = await device.snapshot();
    const { report, data } = await run({ system: true }, command);
    expect(report.stores.find(({ target }) => target === 'anchor')).toMatchObject({
      folder: place(anchors),
      state: 'create',
    });
    expect(report.restarts).toMatchObject([{ unit: 'docker', isDone: false }]);
    expect(await fs.readFile(bundle, 'utf8')).toBe(caPem);
    expect(await units()).toBe('');
    const again = await run({ system: true }, command);
    expect(again.report.changes).toEqual([]);
    await run({ mode: 'undo', restore: data.entries }, command);
    expect(await device.snapshot()).toEqual(before);
    await expect(fs.access(place(`${anchors}/mooring-ca.crt`))).rejects.toThrow();
  });

  test('one line of ours in the file of hosts, whose other bytes, mode and owner stay', async () => {
    const hosts = place('etc/hosts');
    await fs.writeFile(hosts, '127.0.0.1 localhost\n10.0.0.1 x # mooring bay\n10.9.9.9 old');
    await fs.chmod(hosts, 0o640);
    const before = await device.snapshot();
    const pin = { names: ['registry.local', 'my.local'], addresses: ['192.168.1.20', 'fd00::1'] };
    const plan = await run({ mode: 'plan', pin }, command);
    expect(await device.snapshot()).toEqual(before);
    const { report, data } = await run({ pin }, command);
    const line = '192.168.1.20 registry.local my.local # mooring';
    const whole = `127.0.0.1 localhost\n10.0.0.1 x # mooring bay\n10.9.9.9 old\n${line}\n`;
    expect(await fs.readFile(hosts, 'utf8')).toBe(whole);
    expect((await fs.stat(hosts)).mode & 0o777).toBe(0o640);
    expect(plan.report.changes.at(-1)).toMatchObject({ path: hosts, after: sha256(whole) });
    expect(report.stores.at(-1)).toMatchObject({ target: 'hosts-line', note: line });
    expect((await run({ pin }, command)).report.changes).toEqual([]);
    await run({ mode: 'release' }, command);
    const moved = await run({ pin: { ...pin, addresses: ['192.168.1.21'] } }, command);
    expect(await fs.readFile(hosts, 'utf8')).toBe(whole.replace('1.20', '1.21'));
    expect(moved.report.before).toHaveLength(1);
    await fs.writeFile(hosts, whole);
    await run({ mode: 'release' }, command);
    await run({ mode: 'undo', restore: data.entries }, command);
    expect(await device.snapshot()).toEqual(before);
  });

  test('what others wrote since stays, our line goes', async () => {
    const hosts = place('etc/hosts');
    await fs.writeFile(hosts, '127.0.0.1 localhost\n');
    const { data } = await run({ pin: { names: ['registry.local'], addresses: ['192.168.1.20'] } }, command);
    await fs.appendFile(hosts, '10.0.0.2 theirs\n');
    await run({ mode: 'undo', restore: data.entries }, command);
    expect(await fs.readFile(hosts, 'utf8')).toBe('127.0.0.1 localhost\n10.0.0.2 theirs\n');
  });
});

describe('the trust store of the system', () => {
  beforeEach(async () => {
    await addTool('update-ca-certificates', 'usr/local/share/ca-certificates');
    await fs.mkdir(place('run'));
  });

  test('restarts what must restart only when that was allowed', async () => {
    await addSystemctl();
    expect(restarts(await run({ system: true, restart: true }))).toEqual([['docker', true]]);
    expect(await units()).toBe('try-restart docker\n');
    expect(restarts(await run({ system: true, restart: true }))).toEqual([]);
    expect(await units()).toBe('try-restart docker\n');
  });

  test('what was not restarted is named by every run, until it was: by a later one or by hand', async () => {
    await addSystemctl();
    expect(restarts(await run({ mode: 'plan', system: true }))).toEqual([['docker', false]]);
    for (const mode of ['push', 'push', 'verify'] as const)
      expect(restarts(await run({ mode, system: true }))).toEqual([['docker', false]]);
    expect(restarts(await run({ system: true, restart: true }))).toEqual([['docker', true]]);
    expect(restarts(await run({ mode: 'verify', system: true }))).toEqual([]);
    const other = { caPem: otherPem, caSha256: sha256(otherPem), known: [sha256(caPem)] };
    await run({ system: true, ...other });
    expect(restarts(await run({ mode: 'verify', system: true, ...other }))).toEqual([['docker', false]]);
    await fs.appendFile(path.join(device.state, 'units'), 'by hand\n');
    expect(restarts(await run({ mode: 'verify', system: true, ...other }))).toEqual([]);
  });

  test('a restart that fails is said, what was written stands, and the next push tries it again', async () => {
    await addSystemctl(1);
    const failed = await run({ system: true, restart: true });
    expect(failed.report).toMatchObject({ problem: null, isVerified: true });
    expect(failed.report.flaws).toMatchObject([
      { code: 'RESTART_FAILED', path: 'docker', text: expect.stringContaining('Job for docker.service') },
    ]);
    expect(failed.data.entries).not.toEqual([]);
    expect(restarts(await run({ mode: 'verify', system: true }))).toEqual([['docker', false]]);
    await addSystemctl();
    const again = await run({ system: true, restart: true });
    expect(again.report).toMatchObject({ changes: [], flaws: [] });
    expect(restarts(again)).toEqual([['docker', true]]);
    // It does not run, so it would not be restarted otherwise.
    expect(await units()).toBe('try-restart docker\nrestart docker\n');
    expect(restarts(await run({ mode: 'verify', system: true }))).toEqual([]);
  });

  test('a store that could not be rebuilt is by the next push, and nothing restarts before', async () => {
    await addSystemctl();
    await fs.writeFile(place('broken'), '');
    const { report } = await run({ system: true, restart: true });
    expect(report).toMatchObject({ problem: null, isVerified: true });
    expect(report.flaws).toMatchObject([
      { code: 'ANCHOR_FAILED', text: expect.stringContaining('it broke') },
    ]);
    expect(await units()).toBe('');
    await fs.rm(place('broken'));
    const again = await run({ system: true, restart: true });
    expect(again.report.changes).toEqual([]);
    expect(restarts(again)).toEqual([['docker', true]]);
    expect(await fs.readFile(place('etc/ssl/bundle'), 'utf8')).toBe(caPem);
  });

  test('undo names what must restart to forget the CA, and restarts it when that was allowed', async () => {
    await addSystemctl();
    const { data } = await run({ system: true, restart: true });
    const undo = { mode: 'undo', restore: data.entries } as const;
    expect(restarts(await run({ ...undo, isDry: true }))).toEqual([['docker', false]]);
    expect(await fs.readFile(place('etc/ssl/bundle'), 'utf8')).toBe(caPem);
    await addSystemctl(1);
    expect((await run({ ...undo, system: true, restart: true })).report).toMatchObject({
      isUndone: true,
      flaws: [{ code: 'RESTART_FAILED' }],
    });
    expect(await fs.readFile(place('etc/ssl/bundle'), 'utf8')).toBe('');
    await addSystemctl();
    expect(restarts(await run({ ...undo, system: true, restart: true }))).toEqual([['docker', true]]);
  });

  test.each([
    ['balena-os', 'not-on-balena'],
    ['debian', 'no-anchor-tool'],
  ])('is not offered on %s without a place that lasts', async (os, note) => {
    await device.remove();
    await start({ os, engines: os === 'balena-os' ? ['balena-engine'] : ['docker'] });
    await fs.writeFile(place('etc/hosts'), '');
    const pin = { names: ['registry.local'], addresses: ['192.168.1.20'] };
    const { report } = await run({ mode: 'plan', system: true, pin });
    const said = report.stores.filter(({ state }) => state === 'unavailable');
    expect(said[0]).toMatchObject({ target: 'anchor', note });
    expect(said).toHaveLength(os === 'balena-os' ? 2 : 1);
  });
});
