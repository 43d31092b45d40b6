import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeImage } from './image.ts';
import { createLab, type Device, type Lab } from './index.ts';
import { startPlainRegistry } from './plain-registry.ts';
import { isAlive, labHome, listRuns, markOf, reapDeadRuns } from './runs.ts';

const reference = 'registry.local:5000/demo/hello:latest';

describe('a lab', () => {
  let lab: Lab;
  let gate: Device;
  let box: Device;

  beforeAll(async () => {
    lab = await createLab({ label: 'lab.lab.test' });
    [gate, box] = await Promise.all([
      lab.addDevice({ profile: 'balena', name: 'gate' }),
      lab.addDevice({ profile: 'debian', name: 'box' }),
    ]);
  });
  afterAll(() => lab.destroy());

  const ssh = (device: Device, command: string, input = '') =>
    lab.run(
      [
        'ssh',
        ...['-i', device.keyFile, '-p', String(device.port)],
        ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
        `${device.user}@${device.address}`,
        command,
      ],
      { input },
    );

  it('has a balena device as in production', async () => {
    const { stdout } = await ssh(
      gate,
      'mount | grep " on / "; readlink -f /bin/sh; . /etc/os-release; echo $ID',
    );
    expect(stdout).toMatch(/^overlay on \/ type overlay \(ro,/);
    expect(stdout).toMatch(/\/usr\/bin\/busybox\nbalena-os\n$/);
    const absent = ['python3', 'python', 'sudo', 'bash', 'docker', 'dockerd', 'podman', 'perl', 'sftp'];
    const found = await ssh(gate, `for name in ${absent.join(' ')}; do command -v $name; done; true`);
    expect(found.stdout).toBe('');
    const writes = await ssh(
      gate,
      'touch /etc/x; touch /home/root/x; echo ok >/etc/balena-engine/x && cat /etc/docker/x',
    );
    expect(writes.stdout).toBe('ok\n');
    expect(writes.stderr.match(/Read-only file system/g)).toHaveLength(2);
  });

  it('has no SFTP on balena, and has it on debian', async () => {
    const sftp = (device: Device) =>
      lab.run(
        [
          'sftp',
          '-b',
          '-',
          '-i',
          device.keyFile,
          '-P',
          String(device.port),
          '-o',
          'StrictHostKeyChecking=no',
        ].concat('-o', 'UserKnownHostsFile=/dev/null', `${device.user}@${device.address}`),
        { input: 'ls /etc/hostname\n' },
      );
    expect((await sftp(box)).stdout).toContain('/etc/hostname');
    const refused = await sftp(gate);
    expect(refused.status).not.toBe(0);
    expect(refused.stdout).not.toContain('/etc/hostname');
  });

  it('opens balena by key only and debian by password, sudo too', async () => {
    const methods = async (device: Device) =>
      (
        await lab.run(
          ['ssh', '-v', '-p', String(device.port), '-o', 'BatchMode=yes', '-o', 'IdentityFile=none'].concat(
            '-o',
            'StrictHostKeyChecking=no',
            '-o',
            'UserKnownHostsFile=/dev/null',
            `${device.user}@${device.address}`,
            'true',
          ),
        )
      ).stderr;
    expect(await methods(gate)).toContain('Authentications that can continue: publickey\r\n');
    expect(await methods(box)).toContain('Authentications that can continue: publickey,password\r\n');
    const sudo = (password: string) => ssh(box, 'sudo -k; sudo -S -p "" id -u', `${password}\n`);
    expect((await sudo(box.password)).stdout).toBe('0\n');
    expect((await sudo('wrong')).stdout).toBe('');
  });

  it('has the engine of each device inside it, with images of its own', async () => {
    const pids = [gate, box].map((device) => device.enginePid());
    for (const [index, device] of [gate, box].entries()) {
      const space = fs.readlinkSync(`/proc/${pids[index]}/ns/pid`);
      expect(space).toBe(fs.readlinkSync(`/proc/${device.machine.pid}/ns/pid`));
      expect(space).not.toBe(fs.readlinkSync('/proc/self/ns/pid'));
    }
    expect(pids[0]).not.toBe(pids[1]);
    writeImage(path.join(lab.folder, 'loaded'), 'loaded');
    const archive = path.join(lab.folder, 'loaded.tar');
    execFileSync('skopeo', [
      'copy',
      '-q',
      `oci:${lab.folder}/loaded:latest`,
      `docker-archive:${archive}:only/here:1`,
    ]);
    const loaded = await gate.exec(['balena', 'load'], { input: fs.readFileSync(archive) });
    expect(loaded.stdout).toContain('only/here:1');
    expect((await ssh(gate, 'balena images')).stdout).toMatch(/^only\/here +1 /m);
    expect((await box.engine('images')).stdout).not.toContain('only/here');
    expect((await gate.exec('ls /run/docker.sock')).status).not.toBe(0);
  });

  it('lets devices pull by a name of the network, and only with the CA in place', async () => {
    const registry = await startPlainRegistry(lab);
    const digest = writeImage(path.join(lab.folder, 'pulled'), 'pulled');
    const pushed = await lab.run([
      'skopeo',
      'copy',
      '-q',
      '--dest-tls-verify=false',
      `oci:${lab.folder}/pulled:latest`,
      `docker://${lab.network.hostAddress}:5000/demo/hello:latest`,
    ]);
    expect(pushed).toMatchObject({ status: 0 });
    for (const device of [gate, box]) {
      const before = await device.engine('pull', reference);
      expect(before.stderr).toContain('x509: certificate signed by unknown authority');
      await device.exec(
        'mkdir -p /etc/docker/certs.d/registry.local:5000 && cat >/etc/docker/certs.d/registry.local:5000/lab.crt',
        {
          input: fs.readFileSync(registry.caFile),
        },
      );
      expect(await device.engine('pull', '-q', reference)).toMatchObject({
        status: 0,
        stdout: `${reference}\n`,
      });
      const digests = await device.engine(
        'images',
        '--digests',
        '--format',
        '{{.Digest}}',
        'registry.local:5000/demo/hello',
      );
      expect(digests.stdout).toBe(`${digest}\n`);
    }
    await registry.stop();
  });

  it('announces each device by avahi', async () => {
    const resolved = await box.exec(['getent', 'hosts', gate.hostName]);
    expect(resolved.stdout).toContain(gate.address);
    const back = await gate.exec(['/usr/libexec/lab/getent', 'hosts', box.hostName]);
    expect(back.stdout).toContain(box.address);
    const seen = await box.exec(['avahi-browse', '-rptf', '_resin-device._sub._ssh._tcp']);
    expect(seen.stdout).toContain(`${gate.hostName};${gate.address};22222`);
  });
});

describe('a device in trouble', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({ label: 'lab.lab.test' });
  });
  afterAll(() => lab.destroy());

  const profiles = ['balena', 'debian'] as const;

  it.each(profiles)('%s: full, read-only, without an engine, with a wrong clock', async (profile) => {
    const [full, readOnly, bare, late] = await Promise.all([
      lab.addDevice({ profile, dockerFolder: 'full' }),
      lab.addDevice({ profile, dockerFolder: 'read-only' }),
      lab.addDevice({ profile, engine: false }),
      lab.addDevice({ profile, clockOffsetSeconds: -41 * 86_400 }),
    ]);
    expect((await full.exec('cat /etc/passwd >/etc/docker/file')).stderr).toContain(
      'No space left on device',
    );
    expect((await readOnly.exec('echo text >/etc/docker/file')).stderr).toContain('Read-only file system');
    expect(bare.enginePid()).toBeNull();
    expect((await bare.exec('command -v balena balena-engine docker podman')).stdout).toBe('');
    const clock = Number((await late.exec('date +%s')).stdout);
    expect(Math.abs(clock + 41 * 86_400 - Date.now() / 1000)).toBeLessThan(60);
    expect((await late.exec('date -u +%Y')).stdout).toMatch(/^20\d\d\n$/);
  });

  it('changes its host keys, and goes silent', async () => {
    const device = await lab.addDevice({ profile: 'balena' });
    const scan = async () =>
      (await lab.run(['ssh-keyscan', '-T', '5', '-p', String(device.port), '-t', 'ed25519', device.address]))
        .stdout;
    const [before, shown] = [device.hostKeys(), await scan()];
    await device.changeHostKeys();
    expect(device.hostKeys()).not.toEqual(before);
    expect(await scan()).not.toBe(shown);
    await device.powerOff();
    expect(await scan()).toBe('');
    expect(fs.existsSync(`/proc/${device.machine.pid}`)).toBe(false);
  });
});

describe('a lab whose process is killed', () => {
  const script = `
    const { createLab } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
    const lab = await createLab({ label: 'to be killed', computer: 'this' });
    await lab.addDevice({ profile: 'balena' });
    console.log(lab.id);
    setInterval(() => {}, 1000);`;

  it('leaves no process, mount, interface or folder', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const id = await new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => {
        resolve(chunk.toString().trim());
      });
    });
    const machines = listRuns().find((run) => run.run === id)?.machines ?? [];
    expect(machines).toHaveLength(2);
    expect(fs.readFileSync('/proc/net/dev', 'utf8')).toContain(`lab-${id}`);
    const spaces = machines.map((machine) => fs.readlinkSync(`/proc/${machine.pid}/ns/net`));
    const mark = markOf(child.pid ?? 0);
    child.kill('SIGKILL');
    while ((mark && isAlive(mark)) || machines.some(isAlive)) await sleep(20);

    // `unshare` ends after the process 1 that it waits for.
    await expect.poll(() => processesIn(spaces)).toEqual([]);
    while (fs.readFileSync('/proc/net/dev', 'utf8').includes(`lab-${id}`)) await sleep(20);
    expect(fs.readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(id);
    expect(reapDeadRuns()).toContain(id);
    expect(fs.existsSync(path.join(labHome, id))).toBe(false);
  });
});

const processesIn = (spaces: string[]): string[] =>
  fs
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return spaces.includes(fs.readlinkSync(`/proc/${entry}/ns/net`));
      } catch {
        return false;
      }
    });
