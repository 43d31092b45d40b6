import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStage } from './demo.fixture.ts';

const all = { all: true } as const;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const push = () => stage.results(stage.trust.push({ selection: all, isDryRun: false, replace: [] }));
const unplugged = () => stage.demo.state().devices.find(({ name }) => name === 'demo-unplugged');

test('someone without hardware sees a push, failures explained, repairs, and undo', async () => {
  const { demo, trust } = stage;
  const begun = await demo.start({ devices: 3 });
  expect(begun).toMatchObject({ isRunning: true, count: 3 });
  expect(stage.devices.list().every(({ isSimulated }) => isSimulated)).toBe(true);

  const first = await push();
  // Green only by the registry's own record of the pull.
  expect(first['demo-gateway']).toMatchObject({ outcome: 'changed', proven: true, code: null });
  expect(first['demo-late-clock']).toMatchObject({ outcome: 'failed', code: 'CLOCK_WRONG', written: true });
  expect(first['demo-unplugged']).toMatchObject({ outcome: 'failed', code: 'DEVICE_UNREACHABLE' });

  await expect.poll(() => unplugged()?.isPluggedIn).toBe(true);
  await demo.act({ device: 'demo-late-clock', action: 'fix-clock' });
  const second = await push();
  expect(Object.values(second).map(({ outcome, proven }) => [outcome, proven])).toEqual([
    ['unchanged', true],
    ['unchanged', true],
    ['changed', true],
  ]);

  await demo.act({ device: 'demo-gateway', action: 'drift' });
  const verified = await stage.results(trust.verify(all));
  expect(verified['demo-gateway']).toMatchObject({ outcome: 'drifted', proofs: [{ code: 'CA_UNKNOWN' }] });
  expect(verified['demo-unplugged']).toMatchObject({ outcome: 'verified' });
  expect((await push())['demo-gateway']).toMatchObject({ outcome: 'changed', proven: true });

  const undone = await stage.results(trust.undo({ selection: all, isDryRun: false }));
  expect(Object.values(undone).map(({ outcome }) => outcome)).toEqual(['changed', 'changed', 'changed']);
  await expect(demo.act({ device: 'demo-gateway', action: 'drift' })).rejects.toMatchObject({
    code: 'DEMO_NOTHING_TO_CHANGE',
  });

  expect(await demo.stop()).toEqual({ isRunning: false, count: 0, devices: [] });
  expect(stage.devices.list()).toEqual([]);
});

test('plugging in and out by hand', async () => {
  const { demo } = stage;
  await demo.start({ devices: 3 });
  await demo.act({ device: 'demo-unplugged', action: 'plug-in' });
  await demo.act({ device: 'demo-gateway', action: 'unplug' });
  const results = await push();
  expect(results['demo-unplugged']).toMatchObject({ outcome: 'changed' });
  expect(results['demo-gateway']).toMatchObject({ code: 'DEVICE_UNREACHABLE' });
});

test('a wrong password, and another host key than the one that was made', async () => {
  await stage.demo.start({ devices: 3 });
  stage.devices.update({ device: 'demo-gateway', credential: { kind: 'password', password: 'wrong' } });
  stage.store.sql.run(
    `UPDATE hostKeys SET fingerprint = ? WHERE deviceId = ?`,
    `SHA256:${'A'.repeat(43)}`,
    stage.devices.get('demo-late-clock').id,
  );
  const results = await push();
  expect(results['demo-gateway']).toMatchObject({ code: 'AUTH_REFUSED' });
  expect(results['demo-late-clock']).toMatchObject({ code: 'HOST_KEY_CHANGED' });
});

test('what a crash has left in the list goes at the next start, real devices stay', async () => {
  await stage.demo.start({ devices: 3 });
  await stage.devices.add({
    ...{ name: 'real', address: '192.0.2.7', port: 22, user: 'root', sudoPassword: '', group: '', tags: [] },
    credential: { kind: 'agent' },
    hostKey: { kind: 'offline' },
  });
  const second = stage.openDemo();
  expect(stage.devices.list().map(({ name }) => name)).toEqual(['real']);
  await second.close();
});

test('a simulated device knows the registry of this computer, and pulls from it', async () => {
  const { devices, demo, jobs } = stage;
  await demo.start({ devices: 3 });
  expect(devices.loginLine('demo-gateway').command).toContain('login registry.local:');
  await push();
  const { jobId } = await devices.pullHello('demo-gateway');
  await jobs.finished(jobId);
  expect(jobs.get(jobId)).toMatchObject({ state: 'succeeded' });
});

test('devices of people are not sent to a registry that listens on loopback', async () => {
  await stage.demo.start({ devices: 3 });
  await stage.devices.add({
    ...{ name: 'real', address: '192.0.2.7', port: 22, user: 'root', sudoPassword: '', group: '', tags: [] },
    credential: { kind: 'agent' },
    hostKey: { kind: 'offline' },
  });
  await expect(push()).rejects.toMatchObject({ code: 'NO_ADDRESS' });
});

test('a process that dies ends the demo, and a new one begins', async () => {
  const { demo, children } = stage;
  await demo.start({ devices: 3 });
  children[0]?.kill();
  await expect.poll(() => demo.state().isRunning).toBe(false);
  expect(stage.devices.list()).toEqual([]);
  await expect(demo.act({ device: 'demo-gateway', action: 'unplug' })).rejects.toMatchObject({
    code: 'DEMO_NOT_RUNNING',
  });
  expect(await demo.start({ devices: 5 })).toMatchObject({ count: 5, devices: [{}, {}, {}] });
});
