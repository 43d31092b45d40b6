import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { shells } from '#electron/services/devices/script/shells.fixture.ts';
import { caPem, createFakeDevice, desired, otherPem, type FakeDevice } from '../device.fixture.ts';
import { placeKey, readReport, scriptRecord } from '../report.ts';
import { undoOf, type UndoData } from '../undo-data.ts';
import type { Desired } from './desired.ts';
import { hostsToml } from './hosts-toml.ts';
import { sha256 } from './pem.ts';

let device: FakeDevice;
afterEach(() => device.remove());

const one: Partial<Desired> = { folders: ['r:1'], references: [] };

const run = async (patch: Partial<Desired> = {}, shell?: string[]) => {
  const reading = await device.run(desired({ ...one, ...patch }), shell && { shell });
  expect(reading).toMatchObject({ isComplete: true, isInvalid: false, output: '' });
  return readReport(reading.records.map((record) => scriptRecord.parse(record)));
};

const push = async (patch: Partial<Desired> = {}, shell?: string[]): Promise<UndoData> => {
  const report = await run(patch, shell);
  expect(report.problem).toBeNull();
  return undoOf(report, { caSha256: desired().caSha256, isComplete: true });
};

const undo = (data: UndoData, shell?: string[]) => run({ mode: 'undo', restore: data.entries }, shell);

const everything = async () => {
  const root: Record<string, string> = {};
  for (const entry of await fs.readdir(device.root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const { mode } = await fs.lstat(file);
    root[path.relative(device.root, file)] =
      `${(mode & 0o7777).toString(8)} ${entry.isFile() ? sha256(await fs.readFile(file)) : ''}`;
  }
  return root;
};

const put = async (name: string, content: string, mode = 0o644): Promise<string> => {
  const file = path.join(device.root, name);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, content, { mode });
  return file;
};

const ca = `644 ${sha256(caPem)}`;

describe.each(shells)('places of trust in $name', ({ command }) => {
  test('podman has a folder of its own; what an older version gave it moves there', async () => {
    device = await createFakeDevice({ engines: ['podman'] });
    await put('etc/docker/certs.d/r:1/mooring-ca.crt', caPem);
    await put('etc/docker/certs.d/other:1/mooring-ca.crt', 'of somebody else');
    const before = await everything();
    const data = await push({}, command);
    const after = await everything();
    expect(after['etc/containers/certs.d/r:1/mooring-ca.crt']).toBe(ca);
    expect(after['etc/docker/certs.d/r:1/mooring-ca.crt']).toBeUndefined();
    expect(after['etc/docker/certs.d/other:1/mooring-ca.crt']).toBeDefined();
    expect((await run({}, command)).changes).toEqual([]);
    await undo(data, command);
    expect(await everything()).toEqual(before);
  });

  test('a rootless engine gets its CA in the home of its user, written as that user', async () => {
    device = await createFakeDevice({ engines: ['docker', 'podman'] });
    const home = await device.addUser('bob', ['.local/share/containers', '.config/docker']);
    const before = await everything();
    const plan = await run({ mode: 'plan' }, command);
    expect(await everything()).toEqual(before);
    const data = await push({}, command);
    const after = await everything();
    expect(after['home/bob/.config/docker/certs.d/r:1/mooring-ca.crt']).toBe(ca);
    expect(after['home/bob/.config/containers/certs.d/r:1/mooring-ca.crt']).toBe(ca);
    expect(
      plan.stores.map(({ folder, user, state }) => [path.relative(device.root, folder), user, state]),
    ).toEqual([
      ['etc/docker/certs.d', null, 'create'],
      ['etc/containers/certs.d', null, 'create'],
      ['home/bob/.config/docker/certs.d', 'bob', 'create'],
      ['home/bob/.config/containers/certs.d', 'bob', 'create'],
    ]);
    const mine = data.entries
      .filter(({ user }) => user === 'bob')
      .map(({ path: at }) => path.relative(home, at));
    expect(mine).toContain('.config/containers/certs.d/r:1/mooring-ca.crt');
    const asked = (await fs.readFile(path.join(device.state, 'as'), 'utf8')).split('\n');
    expect([...new Set(asked)]).toEqual(['bob', '']);
    expect((await run({}, command)).changes).toEqual([]);
    // The engine is gone, its trust is not: undo still goes there.
    await fs.rm(path.join(device.bin, 'podman'));
    await undo(data, command);
    expect(await everything()).toEqual(before);
  });

  test('a script without the part for users only says where it is needed', async () => {
    device = await createFakeDevice({ engines: ['podman'] });
    const lean = { withUsers: false };
    expect((await run({ ...lean, mode: 'plan' }, command)).isDecided).toBe(true);
    await device.addUser('ada', ['.config/containers']);
    const before = await everything();
    const reading = await device.run(desired({ ...one, ...lean }), { shell: command });
    expect(reading.records.at(-1)).toEqual({ kind: 'needsUsers' });
    expect(await everything()).toEqual(before);
  });

  test('a user of a directory is asked for by name or number, once; nobody is asked for when all are listed', async () => {
    device = await createFakeDevice({ engines: ['docker', 'podman'] });
    const home = await device.addUser('bob', ['.local/share/containers']);
    const calls = path.join(device.state, 'getent');
    const answer = 'ann@corp:x:70001:70001:Ann:/home/ann@corp:/bin/bash';
    await fs.writeFile(
      path.join(device.bin, 'getent'),
      `#!/bin/sh\necho "$*" >>'${calls}'\nprintf '%s\\n' '${answer}' '${answer}'\nexit 2\n`,
      { mode: 0o755 },
    );
    await run({ mode: 'plan' }, command);
    await expect(fs.access(calls)).rejects.toThrow('ENOENT');
    await fs.mkdir(path.join(home, '../ann@corp/.config/docker'), { recursive: true });
    await put('run/user/70001/docker.sock', '');
    const before = await everything();
    const data = await push({}, command);
    expect(await fs.readFile(calls, 'utf8')).toBe('passwd 70001 ann@corp\n');
    expect(data.entries.flatMap(({ user }) => user ?? [])).toContain('ann@corp');
    expect((await everything())['home/ann@corp/.config/docker/certs.d/r:1/mooring-ca.crt']).toBe(ca);
    // The engine is gone, its trust is not: undo still goes there.
    await fs.rm(path.join(device.root, 'run'), { recursive: true });
    await fs.rm(path.join(device.bin, 'docker'));
    await undo(data, command);
    const after = await everything();
    expect(Object.keys(before).filter((name) => !(name in after))).toEqual([
      'run',
      'run/user',
      'run/user/70001',
      'run/user/70001/docker.sock',
    ]);
    expect(Object.keys(after).filter((name) => !(name in before))).toEqual([]);
  });

  test('what a user had comes back byte for byte', async () => {
    device = await createFakeDevice({ engines: ['podman'] });
    await device.addUser('bob', ['.local/share/containers']);
    await put('home/bob/.config/containers/certs.d/r:1/mooring-ca.crt', otherPem, 0o600);
    const key = await put('home/bob/.config/containers/certs.d/r:1/client.key', 'secret', 0o640);
    const before = await everything();
    const data = await push({ confirmed: [key] }, command);
    const kept = (await everything())['home/bob/.config/containers/certs.d/r:1/.client.key.mooring-kept'];
    expect(kept).toBe(`600 ${sha256('secret')}`);
    await run({ mode: 'release' }, command);
    expect(Object.keys(await everything()).filter((name) => name.includes('kept'))).toEqual([]);
    await undo(data, command);
    expect(await everything()).toEqual(before);
  });

  test('containerd gets a hosts.toml and the CA beside it', async () => {
    device = await createFakeDevice({ engines: ['containerd'] });
    await put(
      'etc/containerd/config.toml',
      `version = 2\n[plugins]\n  [plugins."io.containerd.grpc.v1.cri".registry]\n    config_path = "/etc/certs:/etc/more"\n`,
    );
    const before = await everything();
    const data = await push({ folders: ['r:1', '[fd00::1]:5000'] }, command);
    const after = await everything();
    expect(after['etc/certs/r:1/mooring-ca.crt']).toBe(ca);
    expect(after['etc/certs/r:1/hosts.toml']).toBe(`644 ${sha256(hostsToml('r:1'))}`);
    expect(after['etc/certs/[fd00::1]:5000/hosts.toml']).toBe(`644 ${sha256(hostsToml('[fd00::1]:5000'))}`);
    expect((await run({ folders: ['r:1', '[fd00::1]:5000'] }, command)).changes).toEqual([]);
    const moved = await run({ folders: ['r:1'] }, command);
    expect(moved.changes).toHaveLength(3);
    await undo(undoOf(moved, { caSha256: desired().caSha256, isComplete: true }), command);
    await run({ mode: 'release' }, command);
    expect(await everything()).toEqual(after);
    await undo(data, command);
    expect(await everything()).toEqual(before);
  });
});

describe('containerd', () => {
  const findings = async (config: string | null) => {
    device = await createFakeDevice({ engines: ['containerd'] });
    if (config !== null) await put('etc/containerd/config.toml', config);
    const { stores, findings: found } = await run({ mode: 'plan' });
    return { folder: path.relative(device.root, stores[0]?.folder ?? ''), found };
  };

  test.each([
    ['no configuration', null],
    ['version 2', 'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = ""\n'],
    ['another section', `version = 3\n[plugins.'x'.registry]\nconfig_path = '/x'\n`],
  ])('that is not told where to look is explained: %s', async (_name, config) => {
    const { folder, found } = await findings(config);
    expect(folder).toBe('etc/containerd/certs.d');
    const section = config?.includes('version = 3')
      ? 'io.containerd.cri.v1.images'
      : 'io.containerd.grpc.v1.cri';
    expect(found).toMatchObject([
      { code: 'CONTAINERD_NO_CONFIG_PATH', detail: expect.stringContaining(section) },
    ]);
  });

  test.each([
    [
      'version 3',
      `version = 3\n  [plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/opt/c' # ours\n`,
    ],
    ['version 2', `[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path="/opt/c"\n`],
  ])('is read in %s', async (_name, config) => {
    expect(await findings(config)).toEqual({ folder: 'opt/c', found: [] });
  });

  test('without its CRI plugin nothing is missing', async () => {
    expect((await findings('disabled_plugins = ["cri"]\n')).found).toEqual([]);
  });

  test('that comes with Docker gets nothing', async () => {
    device = await createFakeDevice({ engines: ['docker', 'containerd'] });
    expect((await run({ mode: 'plan' })).found.map(({ engine }) => engine)).toEqual(['docker']);
    await device.addEngine('nerdctl');
    expect((await run({ mode: 'plan' })).found).toHaveLength(2);
  });

  test('a hosts.toml of others stays and is explained, until its replacement is confirmed', async () => {
    device = await createFakeDevice({ engines: ['containerd'] });
    const file = await put('etc/containerd/certs.d/r:1/hosts.toml', 'server = "https://mirror"\n', 0o640);
    const before = await everything();
    const kept = await run();
    expect(kept.findings.map(({ code }) => code)).toContain('HOSTS_TOML_FOREIGN');
    expect(kept.stores).toMatchObject([{ state: 'foreign' }]);
    expect(await fs.readFile(file, 'utf8')).toContain('mirror');
    const data = await push({ confirmed: [file] });
    expect(await fs.readFile(file, 'utf8')).toBe(hostsToml('r:1'));
    await undo(data);
    await run({ mode: 'undo', sweep: true });
    expect(await everything()).toEqual(before);
  });
});

test('only the engines that were asked for', async () => {
  device = await createFakeDevice({ engines: ['docker', 'podman'] });
  const { stores } = await run({ mode: 'plan', runtimes: ['podman'] });
  expect(stores.map(({ folder }) => path.relative(device.root, folder))).toEqual(['etc/containers/certs.d']);
});

test('a shell that does not run as the user ends in a problem, and what a user says is no word of the system', async () => {
  device = await createFakeDevice({ engines: ['podman'] });
  await device.addUser('bob', ['.local/share/containers']);
  const runuser = path.join(device.bin, 'runuser');
  await fs.writeFile(runuser, '#!/bin/sh\necho "no such user"\n');
  const reading = await device.run(desired(one));
  expect(reading.records.at(-1)).toMatchObject({ kind: 'problem', code: 'USER_FAILED', text: 'bob' });

  const lie = (record: object) => `echo '${JSON.stringify(record)}'`;
  const lies = [
    { kind: 'made', path: '/etc/shadow', user: null },
    { kind: 'verified' },
    { kind: 'done', changes: 1 },
  ];
  await fs.writeFile(runuser, `#!/bin/sh\n${lies.map(lie).join('\n')}\n`);
  const report = await run();
  expect([...report.made].filter((path) => path.includes('shadow'))).toEqual([
    placeKey({ path: '/etc/shadow', user: 'bob' }),
  ]);
  await fs.writeFile(runuser, `#!/bin/sh\necho '{"kind":"verified"},"user":"root","x":1'\n`);
  const forged = await device.run(desired(one));
  const users = forged.records.flatMap((it) =>
    (it as { kind: string; user?: string }).kind === 'as' ? [(it as { user?: string }).user] : [],
  );
  expect(users.every((user) => user === 'bob')).toBe(true);
  const unspeakable = { kind: 'made', path: '/home/bob/\0' };
  expect(scriptRecord.safeParse({ kind: 'as', record: unspeakable, user: 'bob' }).success).toBe(false);
  const other = '{"kind":"verified"},"kind":"restart","unit":"docker","isDone":true,"x":{}';
  await fs.writeFile(runuser, `#!/bin/sh\necho '${other}'\n`);
  const { restarts } = await run();
  expect(restarts).toEqual([]);
});

test('a user who has very much to say is named, and the device is believed', async () => {
  device = await createFakeDevice({ engines: ['podman'] });
  await device.addUser('mallory', ['.local/share/containers']);
  const places = 'home/mallory/.config/containers/certs.d';
  for (let index = 0; index < 700; index++) await put(`${places}/gone-${index}:1/mooring-ca.crt`, caPem);
  const report = await run({ mode: 'plan' });
  expect(report.isDecided).toBe(true);
  expect(report.problem).toMatchObject({ code: 'USER_FAILED', text: 'mallory', user: null });
});

test.each(shells)('what a user says to a terminal is not told on, in $name', async ({ command }) => {
  device = await createFakeDevice({ engines: ['podman'] });
  await device.addUser('mallory', ['.local/share/containers']);
  const said = `printf '{"kind":"verified","x":"\\033[2J"}\\n{"kind":"done","changes":0}\\n'`;
  await fs.writeFile(path.join(device.bin, 'runuser'), `#!/bin/sh\n${said}\n`);
  const report = await run({}, command);
  expect(report.isVerified).toBe(true);
  expect(report.problem).toBeNull();
});

test('a home that others may write to, or that is of somebody else, has no engine of its account', async () => {
  device = await createFakeDevice({ engines: ['docker', 'podman'] });
  const home = await device.addUser('service', ['.config/containers', '.config/docker']);
  await fs.chmod(home, 0o1777);
  expect((await run({ mode: 'plan' })).found.map(({ user }) => user)).toEqual([null, null]);
  await fs.chmod(home, 0o755);
  const real = path.join(device.root, 'data');
  await fs.rename(home, real);
  await fs.symlink(real, home);
  expect((await run({ mode: 'plan' })).found.map(({ user }) => user)).toEqual([
    null,
    null,
    'service',
    'service',
  ]);
  if (process.getuid?.() !== 0) return;
  await fs.chown(real, 1001, 1001);
  expect((await run({ mode: 'plan' })).found.map(({ user }) => user)).toEqual([null, null]);
});

test.runIf(process.platform === 'linux')('what a user runs is not on the terminal of root', async () => {
  device = await createFakeDevice({ engines: ['podman'] });
  await device.addUser('mallory', ['.config/containers']);
  await fs.symlink('/usr/bin/setsid', path.join(device.bin, 'setsid'));
  const runuser = path.join(device.bin, 'runuser');
  const seen = path.join(device.state, 'session');
  const look = `read -r _ _ _ _ _ session _ </proc/$$/stat\necho "$$ $session" >>'${seen}'`;
  await fs.writeFile(runuser, `#!/bin/sh\n${look}\nshift 3\nexec "$@"\n`);
  const reading = await device.run(desired({ ...one, references: desired().references }));
  expect(reading).toMatchObject({ isComplete: true, isInvalid: false });
  const sessions = (await fs.readFile(seen, 'utf8')).trim().split('\n');
  expect(sessions.length).toBeGreaterThan(2);
  for (const [own, session] of sessions.map((line) => line.split(' '))) expect(session).toBe(own);
});
