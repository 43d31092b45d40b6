import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDoubleRouter } from '../conformance.fixture.ts';
import { createLoopback, type Loopback } from '../serve/loopback.ts';
import { writeEndpoint } from '../store/endpoint.ts';
import { commands } from './commands/index.ts';
import { failureOf } from './failure.ts';
import { run } from './run.ts';

let dataDir = '';
let loopback: Loopback;
const { router } = createDoubleRouter();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mooring-cli-'));
  loopback = await createLoopback({
    router,
    instance: 'cli',
    rendererDir: dataDir,
    endpointToken: 'secret-token',
  });
  await writeEndpoint(dataDir, {
    port: loopback.port,
    token: 'secret-token',
    pid: 42,
    version: '1.2.3',
    host: 'serve',
    startedAt: '2026-11-21T00:00:00.000Z',
  });
});
afterAll(async () => {
  await loopback.close();
  await rm(dataDir, { recursive: true, force: true });
});

const mooring = async (
  args: string[],
  extra: { env?: Record<string, string>; stdin?: string; stopSignal?: AbortSignal } = {},
) => {
  const written = { stdout: '', stderr: '' };
  const code = await run(commands, args, {
    env: { MOORING_DATA: dataDir, ...extra.env },
    platform: 'linux',
    cwd: dataDir,
    stdin: Readable.from([extra.stdin ?? '']),
    stopSignal: extra.stopSignal ?? new AbortController().signal,
    streams: {
      stdout: { write: (text: string) => (written.stdout += text) },
      stderr: { write: (text: string) => (written.stderr += text) },
    },
  });
  return { code, ...written };
};

const json = async (args: string[], extra?: Parameters<typeof mooring>[1]) => {
  const { code, stdout } = await mooring([...args, '--json'], extra);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return { code, answer: JSON.parse(stdout) as { error?: { code: string; title: string; next: string } } };
};

test('--help lists every command, and each command has its own', async () => {
  const { code, stdout } = await mooring(['--help']);
  expect(code).toBe(0);
  for (const { name, flags } of commands) {
    expect(stdout).toContain(name);
    const own = await mooring([...name.split(' '), '--help']);
    expect(own.code).toBe(0);
    for (const flag of [...Object.keys(flags), 'data', 'json']) expect(own.stdout).toContain(`--${flag}`);
  }
});

test.each([
  [[]],
  [['bogus']],
  [['devices', 'bogus']],
  [['status', '--frob']],
  [['status', 'extra']],
  [['status', '--data', '']],
  [['up', '--port', 'x']],
  [['up', '--port', '70000']],
  [['up', '--name', 'not a name']],
  [['up', '--address', 'registry.local']],
  [['up', '--listen', 'nowhere']],
  [['ca', 'export']],
  [['trust', 'push']],
  [['trust', 'push', 'gate', '--all']],
  [['devices', 'add']],
  [['devices', 'add', 'a', '--agent', '--password-stdin']],
  [['devices', 'add', 'a', '--agent', '--offline', '--accept-new-host-key']],
  [['devices', 'add', 'a', '--agent', '--host-key', 'MD5:00']],
  [['devices', 'add', 'a', '--passphrase-file', 'x']],
  [['devices', 'add', 'a', '--key', 'k', '--passphrase-file', '/nowhere/at/all']],
  [['devices', 'add', 'a', '--password-stdin']],
  [['call']],
  [['call', 'app.nothing']],
  [['call', 'toString.call']],
  [['call', '__proto__.x']],
  [['call', 'app.info', '{not json']],
  [['call', 'registry.checkPort', '{"port":70000}']],
])('wrong usage %j ends with 2 and says the way out', async (args) => {
  const { code, answer } = await json(args);
  expect(code).toBe(2);
  expect(answer.error?.title).toBeTruthy();
  expect(answer.error?.next).toBeTruthy();
  const plain = await mooring(args);
  expect(plain).toMatchObject({ code: 2, stdout: '' });
  expect(plain.stderr).toContain(answer.error?.next);
});

test('a failure is one document with code, title and next step, and exit code 1', async () => {
  const { code, answer } = await json(['call', 'devices.get', '{"device":"gate-2"}']);
  expect(code).toBe(1);
  expect(answer).toEqual({
    error: { code: 'NOT_FOUND', title: 'There is no device "gate-2"', next: expect.any(String) },
  });
});

test('call reaches the running app and prints its answer', async () => {
  const { code, answer } = await json(['call', 'app.info']);
  expect(code).toBe(0);
  expect(answer).toMatchObject({ pid: 42, version: '1.2.3' });
});

test('a stream is one line a state, and one document under --json', async () => {
  const { stdout } = await mooring(['call', 'jobs.watch', '{"id":"short"}']);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).done),
  ).toEqual([1, 2, 3]);
  const { answer } = await json(['call', 'jobs.watch', '{"id":"short"}']);
  expect(answer).toHaveLength(3);
});

test('--data before or after the command wins over MOORING_DATA', async () => {
  const env = { MOORING_DATA: '/nowhere' };
  expect((await json(['call', 'app.info', '--data', dataDir], { env })).code).toBe(0);
  expect((await json(['--data', dataDir, 'call', 'app.info'], { env })).code).toBe(0);
  expect((await json([`--data=${dataDir}`, 'call', 'app.info'], { env })).code).toBe(0);
});

test('a host that stays does not push away the one that is there', async () => {
  const { code, answer } = await json(['up']);
  expect(code).toBe(1);
  expect(answer.error).toMatchObject({
    code: 'FOLDER_BUSY',
    title: expect.stringContaining('serve, process 42'),
  });
});

test('without a running app there is nothing to stop, open or start, and looking makes no folder', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'mooring-cli-empty-'));
  for (const args of [['stop'], ['open'], ['registry', 'start'], ['registry', 'stop']]) {
    const { code, answer } = await json([...args, '--data', empty]);
    expect(code).toBe(1);
    expect(answer.error?.code).toBe('NOT_RUNNING');
  }
  expect(await json(['status', '--data', empty])).toMatchObject({ code: 0, answer: { isSetUp: false } });
  expect(await readdir(empty)).toEqual([]);
  await rm(empty, { recursive: true });
});

test('what a device said cannot rewrite the screen', async () => {
  const { stderr } = await mooring(['call', 'devices.get', '{"device":"\\u001b[2Jgate"}']);
  expect(stderr).not.toContain('\u001b');
  expect(stderr).toContain('gate');
});

test('a secret file that was edited by hand loses its line break only', async () => {
  await writeFile(join(dataDir, 'pass'), ' secret \n');
  const { readSecretFile } = await import('./secrets.ts');
  expect(await readSecretFile(dataDir, 'passphrase-file', 'pass')).toBe(' secret ');
});

test('a full disk is told as one', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(failureOf(full)).toMatchObject({ code: 'HOME_DISK_FULL', exitCode: 1 });
});

test('a command that was told to end before it began says so and does nothing', async () => {
  for (const command of ['up', 'serve']) {
    const { code, answer } = await json([command], { stopSignal: AbortSignal.abort() });
    expect(code).toBe(1);
    expect(answer.error?.code).toBe('CANCELLED');
  }
});

test('remarks that nobody reads do not change how a command ends', async () => {
  const program = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [program, 'bogus'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.destroy();
  child.stdout.resume();
  expect(await once(child, 'exit')).toEqual([2, null]);
});

test('a result is whole, however long its reader takes: nobody knows how long a page is looked at', async () => {
  const program = join(import.meta.dirname, 'main.ts');
  const longer = 'x'.repeat(120_000);
  const line = '"$0" "$@" | { sleep 5; cat; }';
  const child = spawn('sh', ['-c', line, process.execPath, program, longer, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { error } = JSON.parse(await readAll(child.stdout)) as { error: { title: string } };
  expect(error.title).toContain(longer);
});
