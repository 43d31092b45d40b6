import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScene, type Scene } from './faults/scene.ts';
import type { Device } from './lab/index.ts';

let scene: Scene;
let box: Device;
let rc: Device;

beforeAll(async () => {
  scene = await createScene('restart.lab.test');
  [box, rc] = (await scene.add([
    { name: 'box', profile: 'debian', options: { hasSystemd: true } },
    { name: 'rc', profile: 'debian', options: { hasOpenRc: true } },
  ])) as [Device, Device];
  for (const device of [box, rc]) {
    // The lab's bundle is that of this computer: as the device's own tool makes it, it can be compared.
    await device.exec('update-ca-certificates --fresh');
    scene.remember(device);
  }
});
afterAll(() => scene.close());

/** Another one after each start. */
const run = async () => (await box.exec('systemctl show -p InvocationID --value docker')).stdout.trim();
const push = async (...more: string[]) => (await scene.push(box.name, '--system', ...more)).of(box);
const undo = async (...more: string[]) => (await scene.undo(box.name, ...more)).of(box);

test('the engine restarts when that was asked for, or by hand, and is named until then', async () => {
  const before = await run();
  expect(before).toMatch(/^[0-9a-f]{32}$/);
  expect(await push()).toMatchObject({ outcome: 'changed', code: 'RESTART_NEEDED', proven: true });
  expect(await run()).toBe(before);
  expect((await box.exec('systemctl restart docker')).status).toBe(0);
  const byHand = await run();
  expect(await push('--restart')).toMatchObject({ outcome: 'unchanged', code: null, proven: true });
  expect(await run()).toBe(byHand);
  expect(await undo()).toMatchObject({ outcome: 'changed', code: 'RESTART_NEEDED' });
  expect(await push('--restart')).toMatchObject({ outcome: 'changed', code: null, proven: true });
  const byPush = await run();
  expect(byPush).not.toBe(byHand);
  expect(await undo('--restart')).toMatchObject({ outcome: 'changed', code: null });
  expect(await run()).not.toBe(byPush);
  scene.expectUntouched(box);
});

test('an engine that does not come back is said, with what stands; the next push starts it', async () => {
  const spoil =
    'mkdir /run/systemd/system/docker.service.d; cat >/run/systemd/system/docker.service.d/no.conf';
  await box.exec(`${spoil}; systemctl daemon-reload`, { input: '[Service]\nExecStartPre=/bin/false\n' });
  const failed = await push('--restart');
  expect(failed).toMatchObject({ outcome: 'failed', code: 'RESTART_FAILED', written: true, proven: false });
  expect(failed.next).toContain('The files are written.');
  await box.exec('rm -r /run/systemd/system/docker.service.d; systemctl daemon-reload');
  expect(await push('--restart')).toMatchObject({ outcome: 'changed', code: null, proven: true });
  expect(await undo('--restart')).toMatchObject({ outcome: 'changed', code: null });
  scene.expectUntouched(box);
});

const pushRc = async (...more: string[]) => (await scene.push(rc.name, '--system', ...more)).of(rc);
const undoRc = async (...more: string[]) => (await scene.undo(rc.name, ...more)).of(rc);
const service = (command: string) => rc.exec(`rc-service ${command}`);

const probe = 'registry.local:5000/mooring/probe:latest';

/** What a pull says where nothing but the trust store of the system can vouch for the registry. */
const pullBySystem = async (): Promise<string> => {
  const pull = await rc.exec(
    `mv /etc/docker/certs.d /etc/docker/aside; docker pull -q ${probe} 2>&1; docker rmi ${probe}
     mv /etc/docker/aside /etc/docker/certs.d`,
  );
  return pull.stdout;
};
const unknown = 'x509: certificate signed by unknown authority';

test('OpenRC: the restart is offered, rc-service does it, and the engine goes by the new store afterwards', async () => {
  const before = rc.enginePid();
  expect(before).toBeGreaterThan(0);
  // The engine reads the store when it first needs it, and never again.
  expect((await rc.engine('pull', probe)).stderr).toContain(unknown);
  expect(await pushRc()).toMatchObject({ outcome: 'changed', code: 'RESTART_NEEDED', proven: true });
  expect(rc.enginePid()).toBe(before);
  expect(await pullBySystem()).toContain(unknown);
  expect(await pushRc('--restart')).toMatchObject({ outcome: 'changed', code: null, proven: true });
  const byPush = rc.enginePid();
  expect(byPush).not.toBe(before);
  expect(await pullBySystem()).not.toContain(unknown);
  expect((await service('docker status')).stdout).toContain('started');
  expect(await pushRc('--restart')).toMatchObject({ outcome: 'unchanged', code: null, proven: true });
  expect(rc.enginePid()).toBe(byPush);
  expect(await undoRc()).toMatchObject({ outcome: 'changed', code: 'RESTART_NEEDED' });
  scene.expectUntouched(rc);
  expect((await service('docker restart')).status).toBe(0);
  await expect.poll(async () => (await rc.engine('version')).status, { timeout: 30_000 }).toBe(0);
  // By hand counts, too.
  const byHand = rc.enginePid();
  expect(await pushRc()).toMatchObject({ code: 'RESTART_NEEDED', proven: true });
  expect((await service('docker restart')).status).toBe(0);
  await expect.poll(async () => (await rc.engine('version')).status, { timeout: 30_000 }).toBe(0);
  expect(rc.enginePid()).not.toBe(byHand);
  expect(await pushRc('--restart')).toMatchObject({ outcome: 'unchanged', code: null, proven: true });
  expect(await undoRc('--restart')).toMatchObject({ outcome: 'changed', code: null });
  scene.expectUntouched(rc);
});

test('OpenRC: what somebody has stopped stays stopped; a service that does not come back is said', async () => {
  expect((await service('docker stop')).status).toBe(0);
  expect(await pushRc('--restart')).toMatchObject({
    outcome: 'failed',
    code: 'ENGINE_NOT_RUNNING',
    written: true,
  });
  expect((await service('docker status')).status).toBe(3);
  expect((await service('docker start')).status).toBe(0);
  await expect.poll(async () => (await rc.engine('version')).status, { timeout: 30_000 }).toBe(0);
  await undoRc();
  await rc.exec(
    'cp -p /etc/init.d/docker /root/docker; echo "start_pre() { return 1; }" >>/etc/init.d/docker',
  );
  const failed = await pushRc('--restart');
  expect(failed).toMatchObject({ outcome: 'failed', code: 'RESTART_FAILED', written: true, proven: false });
  await rc.exec('mv /root/docker /etc/init.d/docker');
  expect(await pushRc('--restart')).toMatchObject({ outcome: 'changed', code: null, proven: true });
  expect(await undoRc('--restart')).toMatchObject({ outcome: 'changed', code: null });
  scene.expectUntouched(rc);
});
