import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLab, type Device, type Lab } from './index.ts';

let lab: Lab;
let device: Device;

beforeAll(async () => {
  lab = await createLab({ label: 'wire.lab.test' });
  device = await lab.addDevice({ profile: 'light', hasWire: true, canReboot: true });
});
afterAll(() => lab.destroy());

const ssh = (command: string, input = '') =>
  lab.run(
    [
      'ssh',
      ...['-i', device.keyFile, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
      ...['-o', 'ConnectTimeout=2', '-o', 'LogLevel=ERROR', `${device.user}@${device.address}`, command],
    ],
    { input },
  );

it('carries what is sent both ways, and counts it', async () => {
  const size = 3_000_000;
  const before = device.wire.seen.toDevice;
  expect((await ssh('wc -c', 'x'.repeat(size))).stdout).toBe(`${size}\n`);
  expect(device.wire.seen.toDevice - before).toBeGreaterThan(size);
});

it('delays', async () => {
  device.wire.set({ delayMs: 100 });
  const begun = Date.now();
  expect((await ssh('echo ok')).stdout).toBe('ok\n');
  expect(Date.now() - begun).toBeGreaterThan(1000);
  device.wire.set({ delayMs: 0 });
});

it('loses, and TCP makes it good', async () => {
  let passed = 0;
  const stop = device.wire.onFrame(() => (passed += 1));
  device.wire.set({ loss: 0.1 });
  expect((await ssh('wc -c', 'x'.repeat(20_000))).stdout).toBe('20000\n');
  device.wire.set({ loss: 0 });
  stop();
  expect(passed).toBeGreaterThan(20);
});

it('is cut in the middle of a session, and goes on', async () => {
  const session = ssh('while read -r line; do echo "$line"; done; echo end', 'one\ntwo\n');
  device.wire.set({ isCut: true });
  expect((await ssh('true')).status).not.toBe(0);
  device.wire.set({ isCut: false });
  expect((await session).stdout).toMatch(/end\n$|^$/);
  expect((await ssh('echo ok')).stdout).toBe('ok\n');
});

it('is filtered: the device is known on the link and answers nothing', async () => {
  await lab.run(['ip', 'neigh', 'flush', 'all']);
  device.wire.set({ isFiltered: true });
  const refused = await ssh('true');
  expect(refused.stderr).toContain('timed out');
  const neighbours = await lab.run(['ip', 'neigh', 'show', device.address]);
  expect(neighbours.stdout).toContain('lladdr');
  device.wire.set({ isFiltered: false });
});

it('reaches a device that was rebooted', async () => {
  await device.reboot();
  expect((await ssh('echo ok')).stdout).toBe('ok\n');
});
