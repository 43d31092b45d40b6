import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeImage } from './image.ts';
import { createLab, type Device, type Lab } from './index.ts';
import { type PlainRegistry, startPlainRegistry } from './plain-registry.ts';

const reference = 'registry.local:5000/demo/hello:latest';

let lab: Lab;
let registry: PlainRegistry;
let pulledDigest: string;

beforeAll(async () => {
  lab = await createLab({ label: 'profiles.lab.test' });
  registry = await startPlainRegistry(lab);
  pulledDigest = writeImage(path.join(lab.folder, 'pulled'), 'pulled');
  const target = `docker://${lab.network.hostAddress}:5000/demo/hello:latest`;
  const source = `oci:${lab.folder}/pulled:latest`;
  const pushed = await lab.run(['skopeo', 'copy', '-q', '--dest-tls-verify=false', source, target]);
  expect(pushed).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await registry.stop();
  await lab.destroy();
});

const put = async (device: Device, file: string, content: string | Buffer, owner = 'root'): Promise<void> => {
  const folder = path.posix.dirname(file);
  const steps = `mkdir -p ${folder} && cat >${file} && chown -R ${owner} ${folder}`;
  expect(await device.exec(steps, { input: content })).toMatchObject({ status: 0 });
};

it('podman: /usr is read-only, and a pull is trusted by certs.d of root, of a person, or by the anchors', async () => {
  const device = await lab.addDevice({ profile: 'podman' });
  const ca = fs.readFileSync(registry.caFile);
  expect((await device.exec('touch /usr/x')).stderr).toContain('Read-only file system');
  expect(
    (await device.exec('for name in docker dockerd ctr update-ca-certificates; do command -v $name; done'))
      .stdout,
  ).toBe('');
  const asRoot = () => device.engine('pull', '-q', reference);
  const asPerson = () => device.exec(['su', '-', device.user, '-c', `podman pull -q ${reference}`]);
  for (const pull of [asRoot, asPerson])
    expect((await pull()).stderr).toContain('x509: certificate signed by unknown authority');

  await put(device, '/etc/containers/certs.d/registry.local:5000/ca.crt', ca);
  for (const pull of [asRoot, asPerson])
    expect(await pull()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) });
  await device.exec('rm -r /etc/containers/certs.d');
  expect((await asPerson()).status).not.toBe(0);

  const own = `/var/home/${device.user}/.config/containers/certs.d/registry.local:5000/ca.crt`;
  await put(device, own, ca, `${device.user}:${device.user}`);
  expect((await asPerson()).status).toBe(0);
  expect((await asRoot()).status).not.toBe(0);

  await put(device, '/etc/pki/ca-trust/source/anchors/lab.crt', ca);
  expect((await asRoot()).status).not.toBe(0);
  expect(await device.exec(['update-ca-trust'])).toMatchObject({ status: 0 });
  expect((await asRoot()).status).toBe(0);
  const bundle = await device.exec('grep -c BEGIN /etc/pki/tls/certs/ca-bundle.crt');
  expect(Number(bundle.stdout)).toBeGreaterThan(1);
});

it('containerd: hosts.toml is followed below the folder that config_path names', async () => {
  const [named, bare] = await Promise.all([
    lab.addDevice({ profile: 'containerd' }),
    lab.addDevice({ profile: 'containerd', configPath: false }),
  ]);
  const pull = (...args: string[]) => named.engine('images', 'pull', ...args, reference);
  expect((await pull()).stderr).toContain('x509: certificate signed by unknown authority');
  const folder = '/etc/containerd/certs.d/registry.local:5000';
  const hosts = [
    'server = "https://registry.local:5000"',
    '[host."https://registry.local:5000"]',
    `ca = "${folder}/ca.crt"`,
  ];
  await put(named, `${folder}/ca.crt`, fs.readFileSync(registry.caFile));
  await put(named, `${folder}/hosts.toml`, `${hosts.join('\n')}\n`);
  expect((await pull()).status).not.toBe(0);
  expect(await pull('--hosts-dir', '/etc/containerd/certs.d')).toMatchObject({ status: 0 });
  expect(fs.readlinkSync(`/proc/${named.enginePid()}/exe`)).toBe('/usr/bin/containerd');
  const configOf = async (device: Device) => (await device.exec('containerd config dump')).stdout;
  expect(await configOf(named)).toContain('config_path = "/etc/containerd/certs.d"');
  expect(await configOf(bare)).not.toContain('config_path = "/etc/containerd/certs.d"');
});

it('containerd: CRI trusts what lies below config_path, and nothing without it', async () => {
  const [named, bare] = await Promise.all([
    lab.addDevice({ profile: 'containerd', hasCrictl: true }),
    lab.addDevice({ profile: 'containerd', hasCrictl: true, configPath: false }),
  ]);
  const folder = '/etc/containerd/certs.d/registry.local:5000';
  for (const device of [named, bare]) {
    expect((await device.exec('crictl version')).stdout).toContain('RuntimeName:  containerd\n');
    await put(device, `${folder}/ca.crt`, fs.readFileSync(registry.caFile));
    const hosts = `[host."https://registry.local:5000"]\nca = "${folder}/ca.crt"\n`;
    await put(device, `${folder}/hosts.toml`, hosts);
  }
  const refused = await bare.exec(['crictl', 'pull', reference]);
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /^FATA.* rpc error: code = Unknown desc = failed to pull .*x509: certificate signed by unknown authority\n$/,
  );
  const pulled = await named.exec(['crictl', 'pull', reference]);
  const id = /^Image is up to date for (sha256:[0-9a-f]{64})\n$/.exec(pulled.stdout)?.[1];
  expect(id, pulled.stderr).toBeDefined();
  const listed = await named.exec('crictl images --no-trunc --digests');
  expect(listed.stdout.split('\n')[1]?.split(/ +/).slice(0, 4)).toEqual([
    'registry.local:5000/demo/hello',
    'latest',
    pulledDigest,
    id,
  ]);
  // CRI takes all names of an image away with one.
  expect((await named.exec('ctr -n k8s.io images ls -q')).stdout.split('\n')).toHaveLength(4);
  expect((await named.exec(['crictl', 'rmi', reference])).stdout).toBe(`Deleted: ${reference}\n`);
  expect((await named.exec('ctr -n k8s.io images ls -q')).stdout).toBe('');
  expect(await named.exec(['crictl', 'rmi', reference])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`no such image ${reference}`),
  });
});

it('light: BusyBox, sshd and a disk that takes files', async () => {
  const device = await lab.addDevice({ profile: 'light' });
  const processes = await device.exec('ps -o comm');
  expect(processes.stdout.match(/avahi|dockerd|containerd|dbus/)).toBeNull();
  const seen = await lab.run(
    [
      'ssh',
      ...['-i', device.keyFile, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
      `${device.user}@${device.address}`,
      'mkdir -p /etc/docker/certs.d/x && cat >/etc/docker/certs.d/x/ca.crt && sha256sum </etc/docker/certs.d/x/ca.crt',
    ],
    { input: 'ca' },
  );
  expect(seen.stdout).toMatch(/^[0-9a-f]{64} {2}-\n$/);
});
