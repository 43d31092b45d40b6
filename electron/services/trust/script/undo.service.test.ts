import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { shells } from '#electron/services/devices/script/shells.fixture.ts';
import { caPem, createFakeDevice, desired, otherPem, type FakeDevice } from '../device.fixture.ts';
import { readReport, scriptRecord } from '../report.ts';
import { mergeUndo, undoOf, type UndoData } from '../undo-data.ts';
import type { Desired } from './desired.ts';
import { sha256 } from './pem.ts';

let device: FakeDevice;
afterEach(() => device.remove());

const run = async (wanted: Desired, shell?: string[]) => {
  const reading = await device.run(wanted, shell && { shell });
  const report = readReport(reading.records.map((record) => scriptRecord.parse(record)));
  return { report, isComplete: reading.isComplete };
};

const push = async (patch: Partial<Desired> = {}, shell?: string[]): Promise<UndoData> => {
  const wanted = desired({ references: [], ...patch });
  const { report, isComplete } = await run(wanted, shell);
  expect(report.problem).toBeNull();
  return undoOf(report, { caSha256: wanted.caSha256, isComplete });
};

const undo = (runs: UndoData[], patch: Partial<Desired> = {}, shell?: string[]) =>
  run(desired({ mode: 'undo', restore: mergeUndo(runs), ...patch }), shell);

const put = async (name: string, content: string | Uint8Array, mode = 0o644): Promise<string> => {
  const file = path.join(device.certs, name);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, content);
  await fs.chmod(file, mode);
  return file;
};

const everyByte = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);

describe.each(shells)('undo in $name', ({ command }) => {
  test('a first push leaves nothing behind', async () => {
    device = await createFakeDevice();
    const before = await device.snapshot();
    const data = await push({}, command);
    const { report } = await undo([data], {}, command);
    expect(report).toMatchObject({ isUndone: true, problem: null, warnings: [] });
    expect(await device.snapshot()).toEqual(before);
    const again = await undo([data], {}, command);
    expect(again.report.changes).toEqual([]);
  });

  test('what was there comes back byte for byte, with its mode, over several pushes', async () => {
    device = await createFakeDevice();
    await put('registry.local:5000/mooring-ca.crt', everyByte, 0o600);
    const foreign = await put('registry.local:5000/--ca.crt', `%s'\\n${'x'.repeat(500)}`, 0o2750);
    const before = await device.snapshot();
    const first = await push({ confirmed: [foreign] }, command);
    const second = await push({ caPem: otherPem, caSha256: sha256(otherPem) }, command);
    const third = await push({ folders: ['new.local:5000'], known: [sha256(otherPem)] }, command);
    expect(await fs.readdir(device.certs)).not.toContain('192.168.1.20:5000');
    const dry = await undo([first, second, third], { isDry: true }, command);
    const { report } = await undo([first, second, third], {}, command);
    expect(report.warnings).toEqual([]);
    expect(dry.report.changes.length).toBeGreaterThan(0);
    expect(await device.snapshot()).toEqual(before);
  });

  test('a file changed since stays, and so does its folder', async () => {
    device = await createFakeDevice();
    const data = await push({}, command);
    const changed = path.join(device.certs, 'registry.local:5000/mooring-ca.crt');
    await fs.writeFile(changed, 'mine now');
    const { report } = await undo([data], {}, command);
    expect(report.warnings).toMatchObject([{ code: 'CHANGED_SINCE', path: changed }]);
    expect(report.isUndone).toBe(true);
    expect(await fs.readFile(changed, 'utf8')).toBe('mine now');
    expect(await fs.readdir(device.certs)).toEqual(['registry.local:5000']);
  });

  test('what a run left that nobody heard of goes too, when asked for', async () => {
    device = await createFakeDevice();
    await put('registry.local:5000/mooring-ca.crt', otherPem, 0o600);
    await put('registry.local:5000/ca.crt', 'foreign', 0o640);
    await put('stale.local:5000/mooring-ca.crt', caPem);
    const before = await device.snapshot();
    await push({ confirmed: [path.join(device.certs, 'registry.local:5000/ca.crt')] }, command);
    await undo([], { sweep: true }, command);
    expect(await device.snapshot()).toEqual(before);
  });

  test('folders that a run made which nobody heard of go when they are empty, others stay', async () => {
    device = await createFakeDevice();
    await fs.mkdir(path.join(device.root, 'run'));
    const before = await device.snapshot();
    await push({}, command);
    const dry = await undo([], { sweep: true, isDry: true }, command);
    const folders = dry.report.changes.filter(({ what }) => what === 'folder').map(({ path: at }) => at);
    expect(new Set(folders).size).toBe(folders.length);
    expect(folders.at(-1)).toBe(device.certs);
    await undo([], { sweep: true }, command);
    expect(await device.snapshot()).toEqual(before);
    // Made anew by somebody else.
    await fs.mkdir(device.certs);
    await undo([], { sweep: true }, command);
    expect(await fs.readdir(device.certs)).toEqual([]);
    await push({}, command);
    await put('theirs.local/ca.crt', 'theirs');
    await undo([], { sweep: true }, command);
    expect(await fs.readdir(device.certs)).toEqual(['theirs.local']);
  });

  test('without a record, what equals our CA is left to whoever put it there', async () => {
    device = await createFakeDevice();
    await push({}, command);
    const before = await device.snapshot();
    await undo([], {}, command);
    expect(await device.snapshot()).toEqual(before);
  });
});

test('a dry undo writes nothing', async () => {
  device = await createFakeDevice();
  const data = await push();
  const before = await device.snapshot();
  const { report } = await undo([data], { isDry: true });
  expect(report.changes.length).toBeGreaterThan(0);
  expect(await device.snapshot()).toEqual(before);
});

test('where a folder was taken away since, undo says so and does the rest', async () => {
  device = await createFakeDevice();
  const foreign = await put('registry.local:5000/other.crt', 'of others');
  const first = await push({ folders: ['registry.local:5000', 'old.local:5000'], confirmed: [foreign] });
  const second = await push({ folders: ['registry.local:5000'] });
  await fs.rm(device.certs, { recursive: true });
  const folder = path.join(device.certs, 'old.local:5000');
  const ofSecond = await undo([second]);
  expect(ofSecond.report).toMatchObject({ problem: null, isUndone: true });
  expect(ofSecond.report.warnings.map((one) => one.path)).toContain(folder);
  const { report } = await undo([first]);
  expect(report).toMatchObject({ problem: null, isUndone: true });
  expect(report.warnings).toMatchObject([{ code: 'CHANGED_SINCE', path: foreign }]);
});

test('a key that comes back is never readable for others, not even while it is written', async () => {
  device = await createFakeDevice();
  const key = await put('registry.local:5000/client.key', 'a secret', 0o600);
  const data = await push({ confirmed: [key] });
  const modes = path.join(device.state, 'modes');
  const chmod = `#!/bin/sh\n/bin/ls -ld "$2" >>'${modes}'\nexec /bin/chmod "$@"\n`;
  await fs.rm(path.join(device.bin, 'chmod'));
  await fs.writeFile(path.join(device.bin, 'chmod'), chmod, { mode: 0o755 });
  expect((await undo([data])).report.isUndone).toBe(true);
  expect(await fs.readFile(modes, 'utf8')).toMatch(/^-rw-------/);
  expect(await fs.readFile(key, 'utf8')).toBe('a secret');
});

test('a file that root had put into a home comes back, as its user may not give it away', async () => {
  device = await createFakeDevice();
  const home = await device.addUser('ada', ['.local/share/docker']);
  const file = path.join(home, '.config/docker/certs.d/registry.local:5000/mooring-ca.crt');
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, 'by sudo');
  const data = await push();
  expect(await fs.readFile(file, 'utf8')).toBe(caPem);
  const chown = "#!/bin/sh\necho 'chown: Operation not permitted' >&2\nexit 1\n";
  await fs.rm(path.join(device.bin, 'chown'));
  await fs.writeFile(path.join(device.bin, 'chown'), chown, { mode: 0o755 });
  expect((await undo([data])).report).toMatchObject({ problem: null, isUndone: true });
  expect(await fs.readFile(file, 'utf8')).toBe('by sudo');
});

test('a path that a user has named is no command of root', async () => {
  device = await createFakeDevice();
  await device.addUser('mallory', ['.local/share/docker']);
  const told = path.join(device.state, 'told');
  const lines = ['x', 'MOORING_USER', '}', `: >${told}`, 'user_program() {', 'cat <<\\MOORING_USER', ''];
  const entry = { kind: 'file' as const, user: 'mallory', left: sha256('x'), before: null };
  const data: UndoData = {
    entries: [{ ...entry, path: lines.join('\n') }],
    caSha256: sha256(caPem),
    isComplete: true,
  };
  const { report, isComplete } = await undo([data]);
  await expect(fs.access(told)).rejects.toThrow();
  expect({ isComplete, problem: report.problem }).toEqual({ isComplete: true, problem: null });
});

test('bytes that nobody recorded are sent again by the next push', async () => {
  device = await createFakeDevice();
  await put('registry.local:5000/mooring-ca.crt', otherPem, 0o600);
  const before = await device.snapshot();
  await push();
  const second = await push();
  expect(second.entries).toMatchObject([{ before: { sha256: sha256(otherPem), mode: '0600' } }]);
  await undo([second, { entries: [], caSha256: sha256(caPem), isComplete: false }], { sweep: true });
  expect(await device.snapshot()).toEqual(before);
});
