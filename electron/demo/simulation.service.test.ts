import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { frameScript } from '#electron/services/devices/script/frame.ts';
import { createRecordReader } from '#electron/services/devices/script/records.ts';
import {
  caPem,
  createFakeDevice,
  desired,
  otherPem,
  type FakeDevice,
} from '#electron/services/trust/device.fixture.ts';
import { readReport, scriptRecord } from '#electron/services/trust/report.ts';
import { buildScript } from '#electron/services/trust/script/build.ts';
import type { Desired } from '#electron/services/trust/script/desired.ts';
import { sha256 } from '#electron/services/trust/script/pem.ts';
import { mergeUndo, undoOf, type UndoData } from '#electron/services/trust/undo-data.ts';
import { createFeed, writing } from './shell/streams.ts';
import { createDevice } from './system/device.ts';
import type { Machine } from './system/machine.ts';

/** The real script in a real sh on one side, the same script on a simulated device on the other. */
let real: FakeDevice;
let simulated: Machine;

const noName =
  'Error response from daemon: Get "https://registry.local:5000/v2/": dial tcp: lookup registry.local: no such host';

beforeEach(async () => {
  real = await createFakeDevice();
  simulated = createDevice({ system: 'debian', hostName: 'gate', now: () => new Date(), place: () => null });
  await fs.writeFile(path.join(real.state, 'answers', 'registry.local:5000'), `${noName}\n`);
});
afterEach(() => real.remove());

const runSimulated = async (wanted: Desired): Promise<unknown[]> => {
  const { body, functions } = buildScript(wanted);
  const reader = createRecordReader({ nonce: 'test' });
  const output = writing((text) => reader.push(Buffer.from(text, 'latin1')));
  const input = createFeed();
  const task = simulated.login('sh -s', { input, output, errors: output });
  input.push(frameScript(body, { nonce: 'test', limitSeconds: 60, functions }));
  input.end();
  await task.ended;
  expect(simulated.tasks.all()).toEqual([]);
  expect(reader.reading()).toMatchObject({ isComplete: true, isInvalid: false, output: '' });
  return reader.reading().records;
};

/** What is the same on both: times, owners and the place of the root are not. */
const plain = (records: unknown[], root: string): unknown[] =>
  (JSON.parse(JSON.stringify(records).replaceAll(root, '')) as Record<string, unknown>[]).map((record) => ({
    ...record,
    ...('seconds' in record && { seconds: 0 }),
    ...('uid' in record && { uid: 0, gid: 0 }),
  }));

/** Runs the same on both and compares every record, then every file. */
const runBoth = async (patch: Partial<Desired>): Promise<unknown[]> => {
  const wanted = desired({ references: [], ...patch });
  const onReal = await real.run({ ...wanted, ...moved(wanted) });
  const onSimulated = await runSimulated(wanted);
  expect(plain(onSimulated, '\0')).toEqual(plain(onReal.records, real.root));
  expect(await treeOfSimulated()).toEqual(await treeOfReal());
  return onSimulated;
};

/** Paths that the app has from an earlier run are those of the root there. */
const moved = ({ confirmed = [], restore = [] }: Desired): Partial<Desired> => ({
  confirmed: confirmed.map((file) => real.root + file),
  restore: restore.map((entry) => ({ ...entry, path: real.root + entry.path })),
});

const treeOfReal = async () => {
  const all = Object.entries(await real.snapshot());
  return Object.fromEntries(all.filter(([name]) => name.startsWith('docker')));
};

const treeOfSimulated = async (folder = '/etc/docker'): Promise<Record<string, string>> => {
  const { files } = simulated;
  const tree: Record<string, string> = {};
  const node = files.require(folder);
  const mode = node.mode.toString(8);
  const name = folder.slice('/etc/'.length);
  if (node.kind === 'file') tree[name] = `${mode} ${sha256(Buffer.from(node.data, 'latin1'))}`;
  if (node.kind === 'folder') {
    tree[name] = `${mode} folder`;
    for (const entry of files.names(folder)) Object.assign(tree, await treeOfSimulated(`${folder}/${entry}`));
  }
  return tree;
};

/** Puts a file on both. */
const put = async (name: string, content: string, mode = 0o644): Promise<string> => {
  const file = path.join(real.certs, name);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, Buffer.from(content, 'latin1'));
  await fs.chmod(file, mode);
  const inside = `/etc/docker/certs.d/${name}`;
  await runSimulatedLine(`mkdir -p '${path.posix.dirname(inside)}'`);
  simulated.files.write(inside, content, { appends: false, mode });
  simulated.files.require(inside).mode = mode;
  return inside;
};

const runSimulatedLine = async (command: string): Promise<void> => {
  const nothing = writing(() => undefined);
  expect(await simulated.login(command, { input: nothing, output: nothing, errors: nothing }).ended).toBe(0);
};

const undoDataOf = (records: unknown[], ca = caPem): UndoData =>
  undoOf(readReport(records.map((record) => scriptRecord.parse(record))), {
    caSha256: sha256(ca),
    isComplete: true,
  });

test('plan, push, again, verify, drift, and undo', async () => {
  await runBoth({ mode: 'plan' });
  const data = undoDataOf(await runBoth({}));
  expect(data.entries.length).toBeGreaterThan(3);
  await runBoth({});
  await runBoth({ mode: 'verify' });
  await put('registry.local:5000/mooring-ca.crt', otherPem, 0o600);
  await runBoth({ mode: 'verify' });
  await runBoth({ mode: 'undo', isDry: true, restore: mergeUndo([data]) });
  await runBoth({ mode: 'undo', restore: mergeUndo([data]) });
});

test('what was there comes back byte for byte, over several pushes', async () => {
  const everyByte = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  await put('registry.local:5000/mooring-ca.crt', everyByte, 0o600);
  const foreign = await put('registry.local:5000/--ca.crt', `%s'\\n${'x'.repeat(500)}`, 0o640);
  await put('registry.local:5000/client "1".key', 'k');
  const before = await treeOfSimulated();
  const first = undoDataOf(await runBoth({ confirmed: [foreign] }));
  const second = undoDataOf(await runBoth({ caPem: otherPem, caSha256: sha256(otherPem) }), otherPem);
  const third = undoDataOf(await runBoth({ folders: ['new.local:5000'], known: [sha256(otherPem)] }));
  await runBoth({ mode: 'undo', restore: mergeUndo([first, second, third]) });
  expect(await treeOfSimulated()).toEqual(before);
});

test('what nobody heard of is swept, and what was kept is released', async () => {
  await put('registry.local:5000/mooring-ca.crt', otherPem);
  await put('stale.local:5000/mooring-ca.crt', caPem);
  await runBoth({});
  await runBoth({ mode: 'undo', sweep: true });
  await runBoth({});
  await runBoth({ mode: 'release' });
});

test('a clock that stands before the certificate', async () => {
  const day = 86_400_000;
  const validity = { notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 2 * day) };
  await runBoth({ validity, references: [{ reference: 'registry.local:5000', tags: ['one'] }] });
});

test('a folder in the place of our file stops the run', async () => {
  await put('registry.local:5000/mooring-ca.crt/inside', 'x');
  await runBoth({});
});

test('an engine that cannot find the name', async () => {
  await runBoth({ references: [{ reference: 'registry.local:5000', tags: ['one'] }] });
});
