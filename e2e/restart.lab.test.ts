import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScene, type Scene } from './faults/scene.ts';
import type { Device } from './lab/index.ts';

let scene: Scene;
let box: Device;

beforeAll(async () => {
  scene = await createScene('restart.lab.test');
  [box] = (await scene.add([{ name: 'box', profile: 'debian', options: { hasSystemd: true } }])) as [Device];
  // The lab's bundle is that of this computer: as the device's own tool makes it, it can be compared.
  await box.exec('update-ca-certificates --fresh');
  scene.remember(box);
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
