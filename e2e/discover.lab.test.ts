import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { type Computer, useComputer } from './computer.ts';
import { createLab, type Device, type Lab } from './lab/index.ts';
import { addWords } from './lab/login.ts';

let lab: Lab;
let computer: Computer;
let gate: Device;
let box: Device;
let desk: Device;

beforeAll(async () => {
  lab = await createLab({ label: 'discover.lab.test' });
  computer = await useComputer(lab);
  const workstation = true;
  [gate, box, desk] = await Promise.all([
    lab.addDevice({ profile: 'balena', name: 'gate', workstation, engine: false }),
    lab.addDevice({ profile: 'debian', name: 'box', workstation, engine: false }),
    lab.addDevice({ profile: 'debian', name: 'desk', workstation, announcesSsh: false, engine: false }),
  ]);
});

afterAll(async () => {
  await lab.destroy();
  computer.remove();
});

const discover = async (): Promise<DiscoveredDevice[]> => {
  const { status, value } = await computer.json<{ devices: DiscoveredDevice[] }>(['devices', 'discover']);
  expect(status).toBe(0);
  return value.devices;
};

const row = (device: Device, more: Partial<DiscoveredDevice>) => ({
  ...{ name: device.name, hostName: device.hostName, address: device.address },
  ...{ port: device.port, isBalena: false, knownAs: null, ...more },
});

test('each device that avahi announces is found once, and none is connected to', async () => {
  expect(await discover()).toEqual([row(box, {}), row(desk, { port: null }), row(gate, { isBalena: true })]);
  // sshd notes whoever connects, also who leaves without a login.
  for (const device of [gate, box, desk]) expect(device.log('sshd')).not.toContain(lab.network.hostAddress);
});

test('one of the list is known by its address, also where only the computer is announced', async () => {
  for (const device of [gate, desk])
    expect((await computer.json(addWords(device, lab.folder))).status).toBe(0);
  expect(gate.log('sshd')).toContain(lab.network.hostAddress);
  const found = await discover();
  expect(found.map(({ name, knownAs }) => [name, knownAs !== null])).toEqual([
    [box.name, false],
    [desk.name, true],
    [gate.name, true],
  ]);
});
