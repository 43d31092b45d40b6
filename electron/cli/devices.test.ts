import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFake } from '#electron/services/devices/ssh/fake-server.fixture.ts';
import { describeError } from '#shared/errors.ts';
import { commands } from './commands/index.ts';
import { run } from './run.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mooring-cli-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const mooring = async (args: string[], stdin = '', stopSignal = new AbortController().signal) => {
  const written = { stdout: '', stderr: '' };
  const code = await run(commands, args, {
    env: { MOORING_DATA: join(dataDir, 'data') },
    platform: 'linux',
    cwd: dataDir,
    stdin: Readable.from([stdin]),
    stopSignal,
    streams: {
      stdout: { write: (text: string) => (written.stdout += text) },
      stderr: { write: (text: string) => (written.stderr += text) },
    },
  });
  return { code, ...written };
};

const json = async (args: string[], stdin?: string) => {
  const { code, stdout } = await mooring([...args, '--json'], stdin);
  return { code, answer: JSON.parse(stdout) };
};

const fleet =
  'address;name;password;group;tags\n10.0.0.1;gate-1;horse;Gates;prod\n10.0.0.2;gate-2;horse;Gates;\n';

test('import looks first, then writes, and export gives it back without secrets', async () => {
  await writeFile(join(dataDir, 'fleet.csv'), fleet);
  const dry = await json(['devices', 'import', 'fleet.csv', '--dry-run']);
  expect(dry).toMatchObject({ code: 0, answer: { format: 'csv', counts: { add: 2, problems: 0 } } });
  expect((await json(['devices', 'list'])).answer.devices).toEqual([]);
  expect(await json(['devices', 'import', 'fleet.csv'])).toMatchObject({ code: 0, answer: { added: 2 } });
  expect(await json(['devices', 'import', 'fleet.csv'])).toMatchObject({ answer: { added: 0, skipped: 2 } });
  const exported = await mooring(['devices', 'export', '--tag', 'prod']);
  expect(exported.stdout).toBe(
    'address,name,user,port,keyFile,group,tags\r\n10.0.0.1,gate-1,root,,,Gates,prod\r\n',
  );
  expect(JSON.stringify([dry, exported])).not.toContain('horse');
});

test('an import that is ended by Ctrl-C leaves nothing', async () => {
  const ended = await mooring(['devices', 'import', '-'], fleet, AbortSignal.abort());
  expect(ended).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(describeError('CANCELLED').title),
  });
  expect((await json(['devices', 'list'])).answer.devices).toEqual([]);
});

test('all problems of an import are told, however many', async () => {
  const bad = `address,port\n10.0.0.1,22\n${'10.0.0.2,x\n'.repeat(650)}`;
  const { answer } = await json(['devices', 'import', '-', '--skip-problems'], bad);
  expect(answer).toMatchObject({ added: 1, problems: { length: 650 } });
  expect(new Set(answer.problems.map(({ line }: { line: number }) => line)).size).toBe(650);
});

test('each word of each --filter must occur', async () => {
  await mooring(['devices', 'import', '-'], fleet);
  const exported = await mooring(['devices', 'export', '--filter', 'gate-1', '--filter', 'Gates']);
  expect(exported.stdout).toContain('gate-1');
  expect(exported.stdout).not.toContain('gate-2');
});

test('a bad line is named, and nothing is imported unless it is to be skipped', async () => {
  const bad = 'address,port\n10.0.0.1,22\n10.0.0.2,x\n';
  const dry = await mooring(['devices', 'import', '-', '--dry-run'], bad);
  expect(dry).toMatchObject({ code: 1, stdout: expect.stringContaining('! line 3, port: ') });
  const refused = await json(['devices', 'import', '-'], bad);
  expect(refused).toMatchObject({ code: 1, answer: { error: { code: 'IMPORT_PROBLEMS' } } });
  expect((await json(['devices', 'import', '-', '--skip-problems'], bad)).answer).toMatchObject({ added: 1 });
});

test('the template is there to be filled in', async () => {
  const { stdout } = await mooring(['devices', 'import', '--template']);
  expect(await json(['devices', 'import', '-', '--dry-run'], stdout)).toMatchObject({
    answer: { counts: { add: 3 } },
  });
});

test('what is removed by name is removed whole, or not at all', async () => {
  await mooring(['devices', 'import', '-'], fleet);
  expect(await json(['devices', 'remove', 'gate-1', 'misspelt'])).toMatchObject({ code: 1 });
  const { devices } = (await json(['devices', 'list'])).answer;
  expect(devices).toHaveLength(2);
  expect(await json(['devices', 'remove', 'gate-1', '10.0.0.1'])).toEqual({
    code: 0,
    answer: { removed: [devices[0].id] },
  });
});

test('groups, their login, and tags', async () => {
  await mooring(['devices', 'import', '-'], fleet);
  const moved = await json(
    ['devices', 'group', 'Line 3', 'gate-2', '--user', 'pi', '--password-stdin'],
    'horse\n',
  );
  expect(moved.answer).toEqual({
    changed: 1,
    groups: [
      {
        ...{ name: 'Line 3', count: 1, user: 'pi', port: null },
        credential: { kind: 'password', file: null, hasSudoPassword: false },
      },
    ],
  });
  expect((await json(['devices', 'login', '--group', 'Line 3', '--as-group'])).answer).toEqual({
    changed: 1,
  });
  expect(await json(['devices', 'group', 'Line 3', '--remove'])).toMatchObject({
    code: 1,
    answer: { error: { code: 'GROUP_IN_USE' } },
  });
  expect((await json(['devices', 'tag', '--all', '--add', 'new', '--remove', 'prod'])).answer).toEqual({
    changed: 2,
  });
  const { answer } = await json(['devices', 'list']);
  expect(answer.devices).toMatchObject([
    { name: 'gate-1', user: 'root', tags: ['new'] },
    { name: 'gate-2', user: 'pi', tags: ['new'], credential: { kind: 'group' } },
  ]);
  expect((await json(['devices', 'remove', '--filter', 'gate-1'])).answer).toEqual({ count: 1 });
});

test('a group that is not there is not shown as if there were none at all', async () => {
  await mooring(['devices', 'import', '-'], fleet);
  expect(await json(['devices', 'group', 'Gate'])).toMatchObject({
    code: 1,
    answer: { error: { code: 'NOT_FOUND' } },
  });
  expect((await json(['devices', 'group', 'Gates'])).answer.groups).toHaveLength(1);
});

test('host keys are looked at, then confirmed by what was shown; a pinned one is not replaced', async () => {
  const [server, other] = await Promise.all([startFake(), startFake()]);
  try {
    const line = (name: string, port: number) => `127.0.0.1,${name},${port},horse\n`;
    const text = `address,name,port,password\n${line('gate', server.port)}${line('line', other.port)}`;
    await mooring(['devices', 'import', '-'], text);
    const shown = await json(['devices', 'host-keys', '--unconfirmed']);
    expect(shown).toMatchObject({
      code: 0,
      answer: {
        devices: [
          { name: 'gate', verdict: 'new' },
          { name: 'line', verdict: 'new' },
        ],
      },
    });
    const keys = await json(['devices', 'host-keys', '--confirm', '-'], JSON.stringify(shown.answer));
    expect(keys).toEqual({ code: 0, answer: { accepted: 2, same: 0, refused: [] } });
    expect((await json(['devices', 'host-keys', '--unconfirmed'])).answer).toEqual({ devices: [] });
    const [gate, belt] = shown.answer.devices;
    const swapped = { devices: [{ ...gate, hostKey: belt.hostKey }] };
    expect(await json(['devices', 'host-keys', '--confirm', '-'], JSON.stringify(swapped))).toMatchObject({
      code: 1,
      answer: { accepted: 0, refused: [{ name: 'gate', expected: gate.hostKey.fingerprint }] },
    });
    const { stdout } = await mooring(['devices', 'host-keys', 'gate']);
    expect(stdout).toContain(gate.hostKey.fingerprint);
    expect(stdout).toContain('0 to be confirmed, 1 as confirmed');
  } finally {
    await Promise.all([server.stop(), other.stop()]);
  }
});

test('facts that could not be read are read by a retry, which says so', async () => {
  let isWelcome = false;
  const server = await startFake({ authenticate: () => isWelcome });
  try {
    const text = `address,name,port,password\n127.0.0.1,gate,${server.port},horse\n`;
    await mooring(['devices', 'import', '-', '--accept-new-host-key'], text);
    expect(await json(['devices', 'probe', '--all'])).toMatchObject({ code: 1 });
    const [{ id }] = (await json(['jobs', 'list'])).answer;
    expect(await json(['jobs', 'retry', id])).toMatchObject({
      code: 1,
      answer: { kind: 'devices.probe', items: [{ label: 'gate', state: 'failed', code: 'AUTH_REFUSED' }] },
    });
    isWelcome = true;
    const again = await mooring(['jobs', 'retry', id]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/ gate +succeeded/) });
  } finally {
    await server.stop();
  }
});

test.each([
  [['devices', 'host-keys'], 'No device was given'],
  [['devices', 'host-keys', '--all', '--ask'], '--ask needs a terminal'],
  [['devices', 'host-keys', '--all', '--confirm', '-'], 'takes the devices from its file'],
  [['devices', 'host-keys', '--confirm', '-'], 'these are no host keys'],
  [['devices', 'import'], 'takes one file'],
  [['devices', 'import', 'missing.csv'], 'cannot be read (ENOENT)'],
  [['devices', 'import', '-', '--format', 'xml'], '--format xml is unknown'],
  [['devices', 'import', '-', '--password-stdin'], 'stdin cannot hold the file and the password'],
  [['devices', 'export'], 'No device was given'],
  [['devices', 'export', 'a', '--group', 'b'], 'exclude each other'],
  [['devices', 'export', '--state', 'fine'], '--state: '],
  [['devices', 'remove', '--filter', ''], '--filter holds no word'],
  [['devices', 'remove', '--filter', 'gate', '--filter', ' '], '--filter holds no word'],
  [['devices', 'tag', '--all'], 'No tag was given'],
  [['devices', 'tag', '--all', '--add', 'a b'], 'tag'],
  [['devices', 'group', '--all'], 'No group was given'],
  [['devices', 'group', 'Gates', '--remove', 'gate-1'], '--remove forgets the whole group'],
  [['devices', 'group', 'Gates', '--remove', '--user', 'pi'], '--remove forgets the whole group'],
  [['devices', 'group', '--remove'], 'No group was given'],
  [['devices', 'group', '--user', 'pi'], 'No group was given'],
  [['devices', 'login', '--all'], 'No login was given'],
  [['devices', 'known-hosts'], 'No file was given'],
  [['devices', 'discover', '--seconds', '0'], '--seconds 0'],
  [['devices', 'discover', '--group', 'Gates', '--as-group'], '--group and --as-group need --add'],
  [['devices', 'discover', '--agent'], '--agent needs --add'],
  [['devices', 'import', '-', '--sudo-password-file', 'x'], "Unknown option '--sudo-password-file'"],
  [['trust', 'journal', 'export', '--since', '2026-02-31'], '--since 2026-02-31 is no date'],
  [['trust', 'journal', 'export', '--since', '2026-02-03x'], '--since 2026-02-03x is no date'],
  [['trust', 'journal', 'export', '--format', 'xml', '--json'], '--format xml is not known'],
  [['trust', 'journal', 'gate-1', '--group', 'b'], 'exclude each other'],
])('%s is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await mooring(args);
  expect(code).toBe(2);
  expect(`${stdout}${stderr}`).toContain(message);
});
