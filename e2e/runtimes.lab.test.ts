import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeviceRun, TrustRun } from '#shared/model/trust.ts';
import { createLab, type Device, type InsideProcess, type Lab } from './lab/index.ts';
import { addWords } from './lab/login.ts';

const cli = 'electron/cli/mooring.mjs';
const name = 'registry.local:5000';

let lab: Lab;
let up: InsideProcess;
let fedora: Device;
let directory: Device;
let node: Device;
let cluster: Device;
let blind: Device;
let box: Device;
let own: Device;

const mooring = async (...args: string[]) => {
  const place = ['--json', '--data', path.join(lab.folder, 'data')];
  const { stdout, stderr, status } = await lab.run([cli, ...args, ...place]);
  expect(stdout, stderr).not.toBe('');
  return { status, answer: JSON.parse(stdout) as unknown };
};

/** Runs a job of the contract, which knows all options, and waits for its result. */
const trust = async (
  what: 'plan' | 'push' | 'verify' | 'undo',
  device: Device,
  options = {},
): Promise<DeviceRun> => {
  const selection = { devices: [device.name] };
  const input = what === 'push' ? { selection, options } : what === 'undo' ? { selection } : selection;
  const started = await mooring('call', `trust.${what}`, JSON.stringify(input));
  const { jobId: id } = started.answer as { jobId: string };
  const job = async () => (await mooring('call', 'jobs.get', JSON.stringify({ id }))).answer;
  await expect
    .poll(job, { timeout: 90_000 })
    .toMatchObject({ state: expect.stringMatching(/succeeded|failed/) });
  const { result } = (await job()) as { result: TrustRun };
  return result.devices[0] as DeviceRun;
};

const add = (device: Device) => mooring(...addWords(device, lab.folder));

/** Every file below these folders with mode, owner and content. */
const manifest = async (device: Device): Promise<string> => {
  const list = `find /etc /home/*/.config /var/home/*/.config /root -xdev ! -name '*.lock' ! -name mtab ! -path '*/cni*' -exec stat -c '%n %A %u:%g' {} + 2>/dev/null | sort`;
  const sums =
    'find /etc /home/*/.config /var/home/*/.config -xdev -type f -exec sha256sum {} + 2>/dev/null | sort | sha256sum';
  return (await device.exec(`${list}; ${sums}`)).stdout;
};

beforeAll(async () => {
  lab = await createLab({ label: 'runtimes.lab.test' });
  [fedora, directory, node, cluster, blind, box, own] = await Promise.all([
    lab.addDevice({ profile: 'podman', name: 'fedora' }),
    lab.addDevice({ profile: 'podman', name: 'directory', isInDirectory: true }),
    lab.addDevice({ profile: 'containerd', name: 'node' }),
    lab.addDevice({ profile: 'containerd', name: 'cluster', hasCrictl: true }),
    lab.addDevice({ profile: 'containerd', name: 'blind', hasCrictl: true, configPath: false }),
    lab.addDevice({ profile: 'debian', name: 'box' }),
    lab.addDevice({ profile: 'debian', name: 'own', isRootless: true }),
  ]);
  const place = ['--address', lab.network.hostAddress, '--data', path.join(lab.folder, 'data'), '--json'];
  up = lab.spawn([cli, 'up', '--name', 'registry.local', ...place]);
  await Promise.race([once(up.child.stdout as Readable, 'data'), up.ended]);
  for (const device of [fedora, directory, node, cluster, blind, box, own]) await add(device);
});

afterAll(async () => {
  up.signal('TERM');
  await up.ended;
  await lab.destroy();
});

const proofsOf = ({ proofs }: DeviceRun) =>
  proofs
    .filter((proof) => proof.name === name)
    .map(({ runtime, user, level, code }) => [runtime, user, level, code]);

test('Podman of root and of a user each pull by themselves, the home is written as its user, undo leaves nothing', async () => {
  await fedora.exec('runuser -u core -- mkdir -p /var/home/core/.local/share/containers');
  // What Podman makes for itself when it first runs is there.
  await fedora.exec(
    'podman images; runuser -u core -- env HOME=/var/home/core XDG_RUNTIME_DIR=/run/user/1000 podman images',
  );
  const before = await manifest(fedora);
  const plan = await trust('plan', fedora);
  expect(await manifest(fedora)).toBe(before);
  expect(plan.targets.map(({ folder, user, state }) => [folder, user, state])).toEqual([
    ['/etc/containers/certs.d', null, 'create'],
    ['/var/home/core/.config/containers/certs.d', 'core', 'create'],
  ]);
  const pushed = await trust('push', fedora);
  expect(pushed.message).toContain('pulls by');
  expect(proofsOf(pushed)).toEqual([
    ['podman', null, 'engine', null],
    ['podman-rootless', 'core', 'engine', null],
  ]);
  const owner = await fedora.exec(
    `stat -c '%U %a' /var/home/core/.config/containers/certs.d/${name}/mooring-ca.crt`,
  );
  expect(owner.stdout).toBe('core 644\n');
  expect((await fedora.exec('podman images -q; runuser -u core -- podman images -q')).stdout).toBe('');
  expect((await trust('push', fedora)).outcome).toBe('unchanged');
  await trust('undo', fedora);
  expect(await manifest(fedora)).toBe(before);
});

test('Podman of a user who is known to NSS alone pulls as well, and undo leaves nothing', async () => {
  const known = await directory.exec('grep -c ^core: /etc/passwd; getent passwd core | cut -d : -f 1');
  expect(known.stdout).toBe('0\ncore\n');
  await directory.exec('runuser -u core -- mkdir -p /var/home/core/.local/share/containers');
  await directory.exec(
    'podman images; runuser -u core -- env HOME=/var/home/core XDG_RUNTIME_DIR=/run/user/1000 podman images',
  );
  const before = await manifest(directory);
  const pushed = await trust('push', directory);
  expect(pushed).toMatchObject({ outcome: 'changed', proven: true });
  expect(proofsOf(pushed)).toEqual([
    ['podman', null, 'engine', null],
    ['podman-rootless', 'core', 'engine', null],
  ]);
  await trust('undo', directory);
  expect(await manifest(directory)).toBe(before);
});

test('rootless Docker pulls by what was written as its user, and undo leaves nothing', async () => {
  const before = await manifest(own);
  const pushed = await trust('push', own, { runtimes: ['docker-rootless'] });
  expect(pushed.targets.map(({ folder, user }) => [folder, user])).toEqual([
    ['/home/admin/.config/docker/certs.d', 'admin'],
  ]);
  expect(pushed).toMatchObject({ outcome: 'changed', proven: true });
  expect(proofsOf(pushed)).toEqual([['docker-rootless', 'admin', 'engine', null]]);
  const folder = '/home/admin/.config/docker/certs.d';
  const owner = await own.exec(`stat -c '%U %a' ${folder}/${name}/mooring-ca.crt`);
  expect(owner.stdout).toBe('admin 644\n');
  expect((await own.exec('docker -H unix:///run/user/1000/docker.sock images -q')).stdout).toBe('');
  // The system's own does not run here.
  expect(proofsOf(await trust('push', own))).toEqual([
    ['docker', null, 'tls', 'ENGINE_NOT_RUNNING'],
    ['docker-rootless', 'admin', 'engine', null],
  ]);
  expect(await trust('verify', own)).toMatchObject({ outcome: 'verified', proven: true });
  await trust('undo', own);
  expect(await manifest(own)).toBe(before);
});

test('containerd pulls by its hosts.toml, and keeps neither image nor namespace', async () => {
  const before = await manifest(node);
  const pushed = await trust('push', node);
  expect(pushed.proofs).toMatchObject([{ message: 'Pulled; the registry saw it.' }, {}]);
  expect(proofsOf(pushed)).toEqual([['containerd', null, 'engine', null]]);
  expect((await node.exec('ctr namespaces ls -q')).stdout).not.toContain('mooring');
  expect((await trust('verify', node)).outcome).toBe('verified');
  await trust('undo', node);
  expect(await manifest(node)).toBe(before);
});

test('CRI pulls as Kubernetes does; images that were there keep their names, and undo takes the trust away', async () => {
  const image = `${name}/mooring/probe:latest`;
  const pull = () => cluster.exec(['crictl', 'pull', image]);
  const images = async () =>
    (await cluster.exec('crictl images --no-trunc --digests; ctr -n k8s.io images ls | cut -d " " -f 1'))
      .stdout;
  const before = await manifest(cluster);
  const none = await images();
  expect((await pull()).stderr).toContain('x509: certificate signed by unknown authority');
  const pushed = await trust('push', cluster);
  expect(pushed).toMatchObject({ outcome: 'changed', proven: true, findings: [] });
  expect(proofsOf(pushed)).toEqual([['containerd', null, 'engine', null]]);
  await expect.poll(images).toBe(none);
  expect(await pull()).toMatchObject({ status: 0 });
  const one = await images();
  expect(one).toContain('mooring/probe');
  // As a proof leaves it that was cut off.
  await cluster.exec(`ctr -n k8s.io images tag ${image} ${name}/mooring/probe:once-old`);
  expect(await trust('push', cluster)).toMatchObject({ outcome: 'unchanged', proven: true });
  await expect.poll(images).toBe(one);
  await cluster.exec(['crictl', 'rmi', image]);
  await trust('undo', cluster);
  expect(await manifest(cluster)).toBe(before);
  expect((await pull()).stderr).toContain('x509: certificate signed by unknown authority');
  expect((await cluster.exec('ctr namespaces ls -q')).stdout).not.toContain('mooring');
});

test('CRI without a config_path is told what is missing; with it the next verify is green', async () => {
  const config = '/etc/containerd/config.toml';
  const failed = await trust('push', blind);
  expect(failed).toMatchObject({ outcome: 'failed', written: true, code: 'CONTAINERD_NO_CONFIG_PATH' });
  expect(failed.next).toContain(
    'Set config_path = "/etc/containerd/certs.d" in the section [plugins."io.containerd.grpc.v1.cri".registry], then restart',
  );
  expect(failed.proofs.map(({ code }) => code)).toEqual(Array(2).fill('CONTAINERD_NO_CONFIG_PATH'));
  const section = `[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/etc/containerd/certs.d"\n`;
  await blind.exec(`cat >>${config}`, { input: section });
  // Until it restarts, the finding is gone and the pull is not.
  expect(await trust('verify', blind)).toMatchObject({ outcome: 'failed', code: 'CA_UNKNOWN', findings: [] });
  const restarted = await blind.exec(
    'pkill -x containerd; setsid sh /usr/libexec/lab/engine </dev/null >/dev/null 2>&1 &',
  );
  expect(restarted.status).toBe(0);
  await expect.poll(async () => (await blind.exec('crictl version')).status, { timeout: 20_000 }).toBe(0);
  expect(await trust('verify', blind)).toMatchObject({ outcome: 'verified', proven: true, code: null });
});

test('the trust stores of Fedora and Debian take the CA and give it back', async () => {
  const system = { system: true, pinName: true };
  const bundles = ['/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/certs/ca-certificates.crt'];
  for (const [index, device] of [fedora, box].entries()) {
    // The lab's bundles are those of this computer: as the device's own tool makes them, they can be compared.
    await device.exec('update-ca-trust || update-ca-certificates --fresh');
    const before = await manifest(device);
    const plan = await trust('push', device, { ...system, runtimes: [] });
    expect(plan.targets.map(({ kind }) => kind)).toEqual(['anchor', 'hosts-line']);
    const url = `--cacert ${bundles[index]} https://${name}/v2/`;
    const asked = await device.exec(`curl -sS -o /dev/null -w '%{http_code}' ${url}`);
    expect(asked, `${device.name}: ${asked.stderr}`).toMatchObject({ status: 0 });
    const pinned = await device.exec('tail -n 1 /etc/hosts');
    expect(pinned.stdout).toBe(`${lab.network.hostAddress} registry.local # mooring\n`);
    await trust('undo', device);
    expect((await device.exec(`curl -sS -o /dev/null ${url}`)).status).toBe(60);
    expect(await manifest(device)).toBe(before);
  }
});

test('what breaks pulls is found, explained and repaired on request; undo brings it back', async () => {
  const folder = `/etc/docker/certs.d/${name}`;
  const pem = (options: string) =>
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /tmp/k -subj /CN=x ${options}`;
  const made = await box.exec(
    `mkdir -p ${folder} /etc/docker/certs.d/registry.local && cd ${folder} && echo k >client.key && : >empty.crt &&
     ${pem('-days 1')} -out good.crt && head -n 3 good.crt >cut.crt && openssl x509 -in good.crt -outform DER -out der.crt &&
     openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /tmp/l -subj /CN=leaf |
       openssl x509 -req -CA good.crt -CAkey /tmp/k -CAcreateserial -CAserial /tmp/s -out leaf.crt &&
     cp good.crt ../registry.local/ca.crt && rm -f /tmp/k /tmp/l /tmp/s`,
  );
  expect(made.status, made.stderr).toBe(0);
  const before = await manifest(box);
  const plan = await trust('plan', box);
  const found = Object.fromEntries(plan.findings.map(({ path: at, code }) => [path.basename(at), code]));
  expect(found).toEqual({
    'client.key': 'KEY_WITHOUT_CERT',
    'empty.crt': 'TRUNCATED_CERTIFICATE',
    'cut.crt': 'TRUNCATED_CERTIFICATE',
    'der.crt': 'DER_CERTIFICATE',
    'leaf.crt': 'LEAF_AS_CA',
    'ca.crt': 'WRONG_HOST_FOLDER',
  });
  expect(proofsOf(await trust('push', box))[0]?.at(-1)).toBe('FOREIGN_FILE');
  const repair = plan.findings.map(({ path: at }) => at);
  const pushed = await trust('push', box, { repair });
  expect(pushed).toMatchObject({ proven: true, findings: [] });
  const listed = await box.exec(`ls -A ${folder}; openssl x509 -in ${folder}/der.crt -noout -subject`);
  expect(listed.stdout).toBe('der.crt\ngood.crt\nmooring-ca.crt\nsubject=CN = x\n');
  await trust('undo', box);
  expect(await manifest(box)).toBe(before);
});
