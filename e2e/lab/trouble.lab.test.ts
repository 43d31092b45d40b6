import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type Device, type Lab } from './index.ts';

describe('a device that is made with trouble', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({ label: 'trouble.lab.test' });
  });
  afterAll(() => lab.destroy());

  const ssh = (device: Device, command: string, ...options: string[]) =>
    lab.run([
      'ssh',
      ...['-i', device.keyFile, '-p', String(device.port), '-o', 'StrictHostKeyChecking=no'],
      ...['-o', 'UserKnownHostsFile=/dev/null', ...options, `${device.user}@${device.address}`, command],
    ]);

  it('greets, prints and has another shell', async () => {
    const [noisy, csh] = await Promise.all([
      lab.addDevice({
        profile: 'debian',
        engine: false,
        banner: 'Authorised use only\n',
        bashrc: ['echo Welcome'],
      }),
      lab.addDevice({ profile: 'debian', engine: false, shell: '/usr/bin/tcsh' }),
    ]);
    const said = await ssh(noisy, 'echo ok');
    expect(said.stdout).toBe('Welcome\nok\n');
    expect(said.stderr).toContain('Authorised use only');
    expect((await ssh(csh, 'echo $version')).stdout).toMatch(/^tcsh /);
  });

  it('hangs, and takes its time', async () => {
    const [hung, slow] = await Promise.all([
      lab.addDevice({ profile: 'debian', engine: false, bashrc: ['while :; do sleep 1000; done'] }),
      lab.addDevice({ profile: 'light', slowLoginSeconds: 1 }),
    ]);
    expect((await lab.run(['timeout', '2', 'ssh', ...sshLine(hung)])).status).toBe(124);
    const begun = Date.now();
    expect((await ssh(slow, 'echo ok')).stdout).toBe('ok\n');
    expect(Date.now() - begun).toBeGreaterThan(1000);
  });

  it('asks for a password by questions alone', async () => {
    const asking = await lab.addDevice({
      profile: 'debian',
      engine: false,
      passwordBy: 'keyboard-interactive',
    });
    const methods = await ssh(asking, 'true', '-v', '-o', 'BatchMode=yes', '-o', 'PubkeyAuthentication=no');
    expect(methods.stderr).toContain('Authentications that can continue: publickey,keyboard-interactive\r\n');
  });

  it('misses programs, has a locked /etc, a proxy, or two engines', async () => {
    const [bare, small, locked, proxied, both] = await Promise.all([
      lab.addDevice({ profile: 'debian', engine: false, without: ['sha256sum'] }),
      lab.addDevice({ profile: 'balena', engine: false, without: ['sha256sum'] }),
      lab.addDevice({ profile: 'debian', engine: false, readOnly: ['/etc'] }),
      lab.addDevice({ profile: 'debian', engineProxy: 'http://proxy.example:3128' }),
      lab.addDevice({ profile: 'debian', podmanToo: true }),
    ]);
    for (const device of [bare, small])
      expect((await ssh(device, 'sha256sum /etc/hostname')).stderr).toContain('not found');
    expect((await locked.exec('touch /etc/x')).stderr).toContain('Read-only file system');
    const proxy = await proxied.engine('info', '--format', '{{.HTTPSProxy}}');
    expect(proxy.stdout).toBe('http://proxy.example:3128\n');
    expect((await both.exec('for name in docker podman; do command -v $name; done')).stdout).toBe(
      '/usr/bin/docker\n/usr/bin/podman\n',
    );
  });

  it('comes back from a reboot with its disk', async () => {
    const device = await lab.addDevice({ profile: 'light', canReboot: true });
    await device.exec('echo kept >/etc/kept; echo gone >/run/gone');
    const before = device.machine.pid;
    await device.reboot();
    expect(device.machine.pid).not.toBe(before);
    expect((await ssh(device, 'cat /etc/kept; ls /run/gone')).stdout).toBe('kept\n');
  });
});

const sshLine = (device: Device): string[] => [
  ...['-i', device.keyFile, '-p', String(device.port), '-o', 'StrictHostKeyChecking=no'],
  ...['-o', 'UserKnownHostsFile=/dev/null', `${device.user}@${device.address}`, 'echo ok'],
];
