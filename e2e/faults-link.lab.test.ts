import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrustRun } from '#shared/model/trust.ts';
import { type Computer, lineOf, useComputer } from './computer.ts';
import { atLogin, type Hold, holdAt, untilIdle } from './faults/hold.ts';
import { createScene, each, type PushEnd, type Scene, type WantedDevice } from './faults/scene.ts';
import type { Device } from './lab/index.ts';

interface Place extends Omit<WantedDevice, 'name'> {
  /** Before anything is remembered. */
  prepare?: (device: Device) => Promise<unknown>;
  hold: (device: Device) => Hold | Promise<Hold>;
}

const wired = { hasWire: true, engine: false };
const older = `mkdir -p /etc/docker/certs.d/registry.local:5000 && cd /etc/docker/certs.d/registry.local:5000 &&
  printf 'older\\n' >mooring-ca.crt && chmod 600 mooring-ca.crt`;

/** Where the script stands in each phase. */
const places: Record<string, Place> = {
  'log-in': { profile: 'light', options: { hasWire: true, slowLoginSeconds: 3 }, hold: atLogin },
  look: { profile: 'debian', options: wired, hold: (device) => holdAt(device, 'date') },
  // Between two renames.
  write: { profile: 'debian', options: wired, hold: (device) => holdAt(device, 'mv', 2) },
  flush: { profile: 'debian', options: wired, hold: (device) => holdAt(device, 'sync') },
  prove: {
    profile: 'debian',
    options: { hasWire: true },
    hold: (device) => holdAt(device, 'docker', 1, '*" pull "*'),
  },
  // What was there before was replaced, recorded, and is about to be let go.
  record: {
    profile: 'debian',
    options: wired,
    prepare: (device) => device.exec(older),
    hold: (device) => holdAt(device, 'rm'),
  },
};
const phases = Object.keys(places);

/** Devices whose scripts will stand still, each in a phase of its own. */
const makeHeld = async (scene: Scene) => {
  const devices = await scene.add(phases.map((name) => ({ name, ...(places[name] as Place) })));
  const held = await each(devices, async (device) => {
    const place = places[phases[devices.indexOf(device)] ?? ''] as Place;
    await place.prepare?.(device);
    scene.remember(device);
    return place.hold(device);
  });
  return { devices, held };
};

/** Each loses other frames. */
const farOnes = process.env.MOORING_LONG ? 6 : 1;

describe('the link is cut in each phase, beside a bad link and a device that restarts', () => {
  let scene: Scene;
  let devices: Device[];
  let well: Device;
  let restarting: Device;
  let far: Device[];
  let end: PushEnd;

  beforeAll(async () => {
    scene = await createScene('faults-link.lab.test');
    const rebooting = { engine: false, canReboot: true, hasWire: true };
    [well, restarting, ...far] = (await scene.add([
      { name: 'well', profile: 'light' },
      { name: 'restarting', profile: 'debian', options: rebooting },
      ...Array.from({ length: farOnes }, () => ({
        ...({ name: 'far', profile: 'light' } as const),
        options: { hasWire: true },
      })),
    ])) as [Device, Device, ...Device[]];
    for (const device of [well, restarting, ...far]) scene.remember(device);
    for (const device of far) device.wire.set({ delayMs: 150, loss: 0.3 });
    const midway = await holdAt(restarting, 'mv', 2);
    const made = await makeHeld(scene);
    devices = made.devices;
    const pushing = scene.push('--all');
    await Promise.all([
      midway.reached().then(() => restarting.reboot()),
      ...made.held.map(async (hold, index) => {
        await hold.reached();
        devices[index]?.wire.set({ isCut: true });
      }),
    ]);
    end = await pushing;
    for (const device of far) device.wire.set({ delayMs: 0, loss: 0 });
    for (const hold of made.held) hold.letGo();
    for (const device of devices) await untilIdle(device);
  });
  afterAll(() => scene.close());

  it('says so, device by device, and the others go on', () => {
    for (const device of devices) {
      const run = end.of(device);
      expect(run).toMatchObject({ outcome: 'failed', attempts: 3 });
      expect(run.code).toMatch(/^DEVICE_(LINK_LOST|TIMEOUT)$/);
      expect(run.message).toContain(device.name);
      expect(run.next).toMatch(
        /^Try again; (what was already written is found and kept|if it stays, restart)/,
      );
    }
    expect(end.of(well)).toMatchObject({ outcome: 'changed' });
    scene.expectWhole(well);
  });

  it('pushes over round trips of 300 ms and a loss of 30 %', () => {
    for (const device of far) {
      // Where the end of the writing was lost, the next attempt finds everything right.
      const outcome = expect.stringMatching(/^(un)?changed$/) as string;
      expect(end.of(device)).toMatchObject({ outcome, written: true });
      scene.expectWhole(device);
    }
  });

  it('goes on with a device that restarted between two renames', () => {
    expect(end.of(restarting)).toMatchObject({ outcome: 'changed', written: true, attempts: 2 });
    scene.expectWhole(restarting);
  });

  it('leaves nothing half-written', () => {
    for (const device of devices) scene.expectNothingHalf(device);
  });

  it('is made good by the next push, and undo goes back to before the first', async () => {
    for (const device of devices) device.wire.set({ isCut: false });
    const again = await scene.push('--all');
    for (const device of devices) {
      const { outcome, message, written } = again.of(device);
      expect(`${device.name} ${outcome}`, message).toMatch(/ (un)?changed$/);
      expect(written, device.name).toBe(true);
    }
    const undone = await scene.undo('--all');
    expect(undone.run.summary.failed).toBe(0);
    for (const device of [well, ...far, ...devices]) scene.expectUntouched(device);
    scene.expectUndoneAfterRestart(restarting);
  });
});

describe('the app is killed in each phase', () => {
  let scene: Scene;
  let devices: Device[];

  beforeAll(async () => {
    scene = await createScene('faults-link.lab.test');
    const made = await makeHeld(scene);
    devices = made.devices;
    const pushing = scene.computer.mooring(['trust', 'push', '--all', '--json']);
    await Promise.all(made.held.map((hold) => hold.reached()));
    await scene.kill();
    await pushing;
    for (const hold of made.held) hold.letGo();
    for (const device of devices) await untilIdle(device);
  });
  afterAll(() => scene.close());

  it('leaves nothing half-written', () => {
    for (const device of devices) scene.expectNothingHalf(device);
  });

  it('is made good by the next push, and undo goes back to before the first', async () => {
    await scene.up();
    const again = await scene.push('--all');
    for (const device of devices) {
      const { outcome, message, written } = again.of(device);
      expect(`${device.name} ${outcome}`, message).toMatch(/ (un)?changed$/);
      expect(written, device.name).toBe(true);
    }
    const undone = await scene.undo('--all');
    expect(undone.run.summary.failed).toBe(0);
    for (const device of devices) scene.expectUntouched(device);
  });
});

describe('two operators at once', () => {
  let scene: Scene;
  let other: Computer;
  beforeAll(async () => {
    scene = await createScene('faults-link.lab.test');
    other = await useComputer(scene.lab);
  });
  afterAll(async () => {
    await scene.close();
    other.remove();
  });

  it('the one that comes second waits, is told by whom, and writes nothing in between', async () => {
    const [device] = (await scene.add([
      { name: 'shared', profile: 'debian', options: { engine: false } },
    ])) as [Device];
    const place = ['--name', 'second.local', '--address', scene.lab.network.hostAddress, '--port', '5001'];
    const app = other.start(['up', '--json', ...place]);
    await lineOf(app, /^\{/);
    await scene.register(device, 'key', other);
    scene.remember(device);
    const hold = await holdAt(device, 'mv', 2);
    const first = scene.push(device.name);
    await hold.reached();
    const second = await other.json<TrustRun>(['trust', 'push', device.name]);
    expect(second.value.devices).toMatchObject([
      { outcome: 'failed', code: 'DEVICE_BUSY', written: false, attempts: 3 },
    ]);
    const [told] = second.value.devices;
    expect(told?.message).toMatch(/^shared-\w+ is being changed by \S+@workbench$/);
    expect(told?.next).toMatch(/^Wait until that run has ended/);
    hold.letGo();
    expect((await first).of(device)).toMatchObject({ outcome: 'changed', written: true });
    scene.expectWhole(device);

    const again = await other.json<TrustRun>(['trust', 'push', device.name]);
    expect(again.value.devices).toMatchObject([{ outcome: 'changed', written: true }]);
    await other.json(['trust', 'undo', device.name]);
    scene.expectWhole(device);
    await scene.undo(device.name);
    scene.expectUntouched(device);
    app.signal('TERM');
    await app.ended;
  });
});
