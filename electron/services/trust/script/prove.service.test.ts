import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { shells } from '#electron/services/devices/script/shells.fixture.ts';
import { createFakeDevice, desired, digest, imageId, type FakeDevice } from '../device.fixture.ts';
import { readReport, scriptRecord } from '../report.ts';
import type { Desired } from './desired.ts';

let device: FakeDevice;
afterEach(() => device.remove());

const run = async (patch: Partial<Desired> = {}, shell?: string[]) => {
  const reading = await device.run(desired(patch), shell && { shell });
  expect(reading).toMatchObject({ isComplete: true, isInvalid: false });
  return readReport(reading.records.map((record) => scriptRecord.parse(record)));
};

const answer = (reference: string, text: string) =>
  fs.writeFile(path.join(device.state, 'answers', reference), `${text}\n`);
const images = () => fs.readFile(path.join(device.state, 'images'), 'utf8');
const had = (...lines: string[]) =>
  fs.writeFile(path.join(device.state, 'images'), lines.map((line) => `${line}\n`).join(''));
const one = { references: [{ reference: 'registry.local:5000', tags: ['one', 'two'] }] };
const two = { references: [...one.references, { reference: '192.168.1.20:5000', tags: ['three', 'four'] }] };
const image = 'registry.local:5000/mooring/probe';

describe.each(shells)('proof in $name', ({ command }) => {
  test('every name is pulled at the same time, with no login, and nothing is left', async () => {
    device = await createFakeDevice();
    await answer('192.168.1.20:5000', 'lookup failed');
    const { pulls, engines } = await run({}, command);
    expect(engines).toMatchObject([{ engine: 'docker', isRunning: true }]);
    expect(pulls).toMatchObject([
      { reference: 'registry.local:5000', status: 0, digest, text: '' },
      { reference: '192.168.1.20:5000', status: 1, digest: '', text: 'lookup failed' },
      { reference: '[fd00::1]:5000', status: 0, digest },
    ]);
    expect(await images()).toBe('');
    const calls = await fs.readFile(path.join(device.state, 'calls'), 'utf8');
    const folders = new Set(calls.split('\n').map((line) => line.split(' ')[0]));
    const [config] = [...folders].filter((it) => it?.endsWith('/config'));
    expect(folders.size).toBe(2);
    await expect(fs.access(String(config))).rejects.toThrow();
  });

  test('a pull that hangs is ended by its own limit, the others count', async () => {
    device = await createFakeDevice();
    await answer('192.168.1.20:5000', 'sleep 63');
    const { pulls } = await run({ pullSeconds: 3 }, command);
    expect(pulls.map(({ status }) => status)).toEqual([0, 143, 0]);
  });
});

test.each(shells)('what an engine calls its images is no command of root, in $name', async ({ command }) => {
  device = await createFakeDevice();
  await device.addUser('mallory', ['.config/docker']);
  const told = path.join(device.state, 'told');
  const lie = `';echo\${IFS}ran>'${told}';'`;
  await had(
    `${imageId} ${image}:once-${lie} ${digest}`,
    `${imageId} ${image}:<none> ${lie}`,
    `${imageId} ${image}:once-cutoff ${digest}`,
  );
  const { pulls } = await run(one, command);
  expect(pulls).toMatchObject([{ status: 0 }, { user: 'mallory', status: 0 }]);
  await expect(fs.access(told)).rejects.toThrow();
  // What a proof has left goes all the same.
  expect(await images()).not.toContain('cutoff');
});

test('a pause file that is a pipe of its user holds up no proof, and what ends it says nothing for root', async () => {
  device = await createFakeDevice({ engines: ['podman'] });
  await device.addUser('mallory', ['.config/containers']);
  const pause = path.join(device.root, 'run/user/1000/libpod/tmp');
  await fs.mkdir(pause, { recursive: true });
  const runuser = `#!/bin/sh
shift 3
case $* in
  *'kill -9'*) printf '\\036test{"kind":"undone"}\\n' ;;
  *podman*pull*) /usr/bin/mkfifo '${pause}/pause.pid' ;;
esac
exec "$@"
`;
  await fs.writeFile(path.join(device.bin, 'runuser'), runuser, { mode: 0o755 });
  const { pulls, isUndone } = await run(one);
  expect(pulls).toMatchObject([
    { engine: 'podman', user: null, status: 0 },
    { engine: 'podman-rootless', user: 'mallory', status: 0 },
  ]);
  expect(isUndone).toBe(false);
});

test('an engine of a user that says very much of an image or of its proxy does not end the run', async () => {
  device = await createFakeDevice();
  await device.addUser('mallory', ['.config/docker']);
  await had(
    `${imageId} ${image}:one ${'a'.repeat(300_000)}`,
    `${imageId} ${image}:two ${'a'.repeat(300_000)}`,
  );
  await answer('registry.local:5000', 'no such host');
  await fs.appendFile(
    path.join(device.bin, 'docker'),
    `[ "$1" != info ] || printf '%0300000d %0300000d\\n' 1 1\n`,
  );
  const { pulls, isVerified } = await run(one);
  expect(isVerified).toBe(true);
  expect(pulls).toMatchObject([{ status: 1 }, { user: 'mallory', status: 1 }]);
});

test('an engine of a user that lists without end holds up no proof', async () => {
  device = await createFakeDevice({ engines: ['podman'] });
  await device.addUser('mallory', ['.config/containers']);
  const runuser = path.join(device.bin, 'runuser');
  const endless = `case $* in *podman*images*) dd if=/dev/zero bs=1M count=60 2>/dev/null | /usr/bin/tr '\\0' '\\n' ;; esac`;
  await fs.writeFile(runuser, `#!/bin/sh\nshift 3\nPATH=/usr/bin:/bin\n${endless}\nexec "$@"\n`);
  const { pulls } = await run(one);
  expect(pulls).toMatchObject([{ status: 0 }, { user: 'mallory', status: 0 }]);
});

describe('the probe image afterwards', () => {
  test.runIf(process.getuid?.() === 0)(
    'a folder of somebody else that only looks like ours stays',
    async () => {
      device = await createFakeDevice();
      const theirs = path.join(device.temporary, 'mooring.999999999.abcdef');
      await fs.mkdir(theirs);
      await fs.chown(theirs, 1000, 1000);
      const link = path.join(device.temporary, 'mooring.999999999.linked');
      await fs.symlink(device.root, link);
      await run(one);
      expect(await fs.readdir(device.temporary)).toEqual([theirs, link].map((it) => path.basename(it)));
    },
  );

  test('what other engines have is not open to a user who is asked', async () => {
    device = await createFakeDevice();
    await device.addEngine('podman');
    await device.addUser('mallory', ['.config/containers']);
    const seen = path.join(device.state, 'seen');
    const look = `/bin/ls -ld "${device.temporary}"/mooring.*/notes >'${seen}'`;
    await fs.writeFile(path.join(device.bin, 'runuser'), `#!/bin/sh\n${look}\nshift 3\nexec "$@"\n`, {
      mode: 0o755,
    });
    await run(one);
    expect(await fs.readFile(seen, 'utf8')).toMatch(/^drwx------ /);
    expect(await fs.readdir(device.temporary)).toEqual([]);
  });

  test('an image that was there under another name only loses our tag', async () => {
    device = await createFakeDevice();
    await had(`${imageId} elsewhere/probe:1 <none>`);
    await run(one);
    expect(await images()).toBe(`${imageId} elsewhere/probe:1 <none>\n`);
  });

  test('an image that was there by digest alone is there by digest again', async () => {
    device = await createFakeDevice();
    await had(`${imageId} ${image}:<none> ${digest}`);
    await run(one);
    const pulled = await fs.readFile(path.join(device.state, 'pulled'), 'utf8');
    expect(pulled).toBe(`${image}:one\n${image}@${digest}\n`);
  });

  test('images that an engine does not get again take the time of one pull together', async () => {
    device = await createFakeDevice();
    const docker = path.join(device.bin, 'docker');
    const asked = path.join(device.state, 'again');
    const hang = `#!/bin/sh\ncase $* in *@*) echo "$*" >>'${asked}'; exec sleep 50 ;; esac\n`;
    await fs.writeFile(docker, hang + (await fs.readFile(docker, 'utf8')));
    const names = two.references.map(({ reference }) => `${reference}/mooring/probe`);
    await had(...names.map((name) => `${imageId} ${name}:<none> ${digest}`));
    await run({ ...two, pullSeconds: 4 });
    expect((await fs.readFile(asked, 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  test('an image without any name is not deleted with our tag', async () => {
    device = await createFakeDevice();
    await had(`${imageId} <none>:<none> <none>`);
    await run(one);
    expect(await images()).toContain(`${imageId} ${image}:one`);
  });

  test('what a proof left that was cut off goes with the next one', async () => {
    device = await createFakeDevice();
    await had(`sha256:${'e'.repeat(64)} ${image}:once-old ${digest}`, `${imageId} ${image}:mine ${digest}`);
    const dead = path.join(device.temporary, 'mooring.999999999.abcdef');
    const alive = path.join(device.temporary, `mooring.${process.pid}.abcdef`);
    for (const folder of [dead, alive]) await fs.mkdir(folder);
    await run(one);
    expect(await images()).toBe(`${imageId} ${image}:mine ${digest}\n`);
    expect(await fs.readdir(device.temporary)).toEqual([path.basename(alive)]);
  });

  test('the very tag that was there stays', async () => {
    device = await createFakeDevice();
    await had(`${imageId} ${image}:one ${digest}`);
    await run(one);
    expect(await images()).toContain(`${imageId} ${image}:one`);
  });
});

describe('which engine is asked', () => {
  test('one that does not run is said so, with its words', async () => {
    device = await createFakeDevice();
    await fs.writeFile(path.join(device.state, 'down'), '');
    const { engines, pulls, isVerified } = await run();
    expect(engines).toMatchObject([
      { isRunning: false, text: expect.stringContaining('Is the docker daemon') },
    ]);
    expect(pulls).toEqual([]);
    expect(isVerified).toBe(true);
  });

  test('each one that runs, by tags of its own; the docker that is podman is none', async () => {
    device = await createFakeDevice({ engines: ['podman'] });
    expect((await run(one)).pulls).toMatchObject([{ engine: 'podman', status: 0 }]);
    await device.addEngine('docker');
    expect((await run(one)).pulls).toMatchObject([
      { engine: 'docker', slot: 0, status: 0 },
      { engine: 'podman', slot: 1, status: 0 },
    ]);
    const pulled = await fs.readFile(path.join(device.state, 'pulled'), 'utf8');
    expect(pulled.split('\n').filter((line) => line.endsWith(':two'))).toHaveLength(1);
    const shim = '#!/bin/sh\n[ "$1" = --version ] && echo "podman version 4.3.1"\n';
    await fs.writeFile(path.join(device.bin, 'docker'), shim, { mode: 0o755 });
    expect((await run(one)).pulls).toMatchObject([{ engine: 'podman', status: 0 }]);
  });

  test('CRI-O by crictl: containerd beside it, without a CRI of its own, by ctr', async () => {
    device = await createFakeDevice({ engines: ['crio', 'containerd', 'ctr'] });
    const calls = path.join(device.state, 'cri');
    const crictl = `#!/bin/sh
while [ "\${1#--}" != "$1" ]; do options="\${options-} $2"; shift 2; done
echo "$options $*" >>'${calls}'
[ "$1" != images ] || echo '${image} one ${digest} ${imageId} 1kB'
`;
    await fs.writeFile(path.join(device.bin, 'crictl'), crictl, { mode: 0o755 });
    await fs.mkdir(path.join(device.root, 'etc/containerd'));
    const config = path.join(device.root, 'etc/containerd/config.toml');
    await fs.writeFile(config, 'disabled_plugins = ["cri"]\n');
    const { pulls } = await run(one);
    expect(pulls[0]).toMatchObject({ engine: 'podman', status: 0, digest });
    const socket = `unix://${device.root}/run/crio/crio.sock`;
    const asked = (await fs.readFile(calls, 'utf8')).split('\n').filter((line) => line.includes(' pull '));
    expect(asked).toEqual([` ${socket} ${socket} 30s pull ${image}:one`]);
    const others = await fs.readFile(path.join(device.state, 'calls'), 'utf8');
    expect(others).toContain(' -n mooring-probe images ls');
  });

  const other = `sha256:${'1'.repeat(64)}`;
  test.each([
    ['what is new', [], [`${image}:one`, `${image}@${digest}`, imageId]],
    [
      'nothing of an image that was there',
      [`${image}:mine ${other}`, `${image}@${other} ${other}`, `${imageId} ${other}`],
      [`${image}:one`, `${image}@${digest}`],
    ],
    [
      'nothing by which somebody else has it',
      [`elsewhere/x:1 ${digest}`, `elsewhere/x@${digest} ${digest}`, `${imageId} ${digest}`],
      [`${image}:one`, `${image}@${digest}`],
    ],
    [
      'what a proof left that was cut off',
      [`${image}:once-old ${digest}`, `${image}@${digest} ${digest}`, `${imageId} ${digest}`],
      [`${image}:once-old`, `${image}:one`, `${image}@${digest}`, imageId],
    ],
    [
      'what it left beside an image that was there',
      [`${image}:once-old ${digest}`, `${image}:mine ${other}`, `${imageId} ${digest}`],
      [`${image}:once-old`, `${image}:one`, `${image}@${digest}`],
    ],
  ])('CRI of containerd afterwards loses %s', async (_name, before, gone) => {
    device = await createFakeDevice({ engines: ['containerd'] });
    const refs = path.join(device.state, 'refs');
    const lines = (names: string[]) =>
      names.map((line) => `${line.replace(' ', ' application/json ')} 1kB -\n`).join('');
    await fs.writeFile(refs, lines(before));
    const removed = path.join(device.state, 'removed');
    const ctr = `#!/bin/sh\n[ "$4" = ls ] && exec cat '${refs}'\nshift 5\nprintf '%s\\n' "$@" >'${removed}'\n`;
    await fs.writeFile(path.join(device.bin, 'ctr'), ctr, { mode: 0o755 });
    const pulled = [`${image}:one ${digest}`, `${image}@${digest} ${digest}`, `${imageId} ${digest}`];
    const others = before.filter((line) => !pulled.some((name) => name.split(' ')[0] === line.split(' ')[0]));
    const crictl = `#!/bin/sh\ncat >'${refs}' <<END\n${lines([...others, ...pulled])}END\n`;
    await fs.writeFile(path.join(device.bin, 'crictl'), crictl, { mode: 0o755 });
    expect((await run(one)).pulls).toMatchObject([{ engine: 'containerd', status: 0, digest }]);
    expect((await fs.readFile(removed, 'utf8')).trim().split('\n')).toEqual(gone);
  });

  test('those of users, too: Docker by its socket, Podman as the user', async () => {
    device = await createFakeDevice({ engines: ['docker', 'podman'] });
    await device.addUser('bob', ['.config/docker', '.local/share/containers']);
    const four = { references: [{ reference: 'registry.local:5000', tags: ['a', 'b', 'c', 'd'] }] };
    const { pulls, handshakes } = await run({ ...four, mode: 'verify' });
    expect(pulls.map(({ engine, user, slot, status }) => [engine, user, slot, status])).toEqual([
      ['docker', null, 0, 0],
      ['podman', null, 1, 0],
      ['docker-rootless', 'bob', 2, 0],
      ['podman-rootless', 'bob', 3, 0],
    ]);
    expect(handshakes).toEqual([]);
    const calls = await fs.readFile(path.join(device.state, 'calls'), 'utf8');
    expect(calls).toContain(`-H unix://${device.root}/run/user/1000/docker.sock pull`);
    expect(await images()).toBe('');
  });

  test('none: what remains is a handshake with the CA on the device', async () => {
    device = await createFakeDevice({ engines: [] });
    const text = 'curl: (6) Could not resolve host: x';
    expect((await run(two)).handshakes).toMatchObject([
      { reference: 'registry.local:5000', status: 1, text },
      { reference: '192.168.1.20:5000', status: 1, text },
    ]);
    await fs.writeFile(path.join(device.state, 'shakes'), '');
    expect((await run(two)).handshakes).toMatchObject([
      { status: 0, text: '' },
      { status: 0, text: '' },
    ]);
  });
});
