import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScene, type Scene } from './faults/scene.ts';
import type { Device } from './lab/index.ts';

const probe = 'registry.local:5000/mooring/probe:latest';
const unknown = 'x509: certificate signed by unknown authority';
const store = '/usr/local/share/ca-certificates';

let scene: Scene;
let device: Device;

beforeAll(async () => {
  scene = await createScene('alpine.lab.test');
  [device] = (await scene.add([{ name: 'edge', profile: 'alpine' }])) as [Device];
  scene.remember(device);
});
afterAll(() => scene.close());

const trust = async (what: 'plan' | 'verify', ...more: string[]) => {
  const { value } = await scene.computer.json<{ devices: unknown[] }>(['trust', what, device.name, ...more]);
  return value.devices[0];
};
const push = async (...more: string[]) => (await scene.push(device.name, '--system', ...more)).of(device);
const undo = async (...more: string[]) => (await scene.undo(device.name, ...more)).of(device);

/** What a pull says where nothing but the trust store of the system can vouch for the registry. */
const pullBySystem = async (): Promise<string> => {
  await device.exec('mv /etc/docker/certs.d /etc/docker/aside');
  const { stdout, stderr } = await device.engine('pull', probe);
  await device.exec(`docker rmi ${probe}; mv /etc/docker/aside /etc/docker/certs.d`);
  return stdout + stderr;
};

test('it is Alpine as far as a script can tell: BusyBox alone, no systemd, no bash, no sudo', async () => {
  const found = await device.exec(
    'for name in bash systemctl sudo openssl curl runuser ctr; do command -v $name; done; readlink /bin/sh; readlink /bin/ls; cat /run/log/certificates.log',
  );
  expect(found.stdout).toMatch(
    /^busybox\nbusybox\n.*ca-certificates\.crt.* does not contain exactly one certificate/,
  );
});

test('detection, plan, write, verify, a pull by the trust store of the system, and undo', async () => {
  expect((await device.engine('pull', probe)).stderr).toContain(unknown);
  const plan = await trust('plan', '--system');
  expect(plan).toMatchObject({
    outcome: 'planned',
    targets: [
      { folder: '/etc/docker/certs.d', state: 'create' },
      { folder: store, kind: 'anchor', state: 'create' },
    ],
  });
  scene.expectUntouched(device);
  expect(await push()).toMatchObject({ outcome: 'changed', code: 'RESTART_NEEDED', proven: true });
  const files = await device.exec(
    `cmp ${store}/mooring-ca.crt /etc/ssl/certs/ca-cert-mooring-ca.pem; 
     for link in /etc/ssl/certs/*.0; do readlink "$link"; done | grep mooring;
     grep -c BEGIN /etc/ssl/certs/ca-certificates.crt; tail -n 1 /etc/ssl/certs/ca-certificates.crt`,
  );
  expect(files.stdout).toBe('ca-cert-mooring-ca.pem\n4\n-----END CERTIFICATE-----\n');
  expect(await pullBySystem()).toContain(unknown);
  const engine = device.enginePid();
  expect(await push('--restart')).toMatchObject({ outcome: 'changed', code: null, proven: true });
  expect(device.enginePid()).not.toBe(engine);
  expect(await pullBySystem()).toContain('Downloaded newer image');
  expect(await trust('verify')).toMatchObject({ outcome: 'verified', proven: true });
  await device.exec(`echo x >>${store}/mooring-ca.crt`);
  expect(await trust('verify')).toMatchObject({ outcome: 'drifted' });
  expect(await push('--restart')).toMatchObject({ outcome: 'changed', code: null, proven: true });
  expect(await undo('--restart')).toMatchObject({ outcome: 'changed', code: null });
  scene.expectUntouched(device);
  const refused = async () => (await device.engine('pull', probe)).stderr;
  await expect.poll(refused, { timeout: 30_000 }).toContain(unknown);
});
