import { expect, test } from 'vitest';
import type { Device } from '#shared/model/devices.ts';
import { discover, discovered, type SeenHost } from './discovery.ts';

const seen = (more: Partial<SeenHost>): SeenHost => ({
  name: 'gate',
  type: '_ssh._tcp',
  subtypes: [],
  hostName: 'gate.local',
  addresses: ['192.0.2.7'],
  port: 22,
  ...more,
});
const known = (more: Partial<Device>) => ({ id: 'd1', address: '192.0.2.7', port: 22, ...more }) as Device;

test('a balena device is told by its subtype or its port, and listed once', () => {
  const list = discovered(
    [
      seen({ name: 'b', port: 22222, hostName: '0123456.local', addresses: ['192.0.2.8'] }),
      seen({ name: 'a' }),
      seen({ name: 'a', subtypes: ['_resin-device'] }),
      seen({ name: 'c', addresses: [], hostName: 'c.local' }),
      seen({ name: 'd', port: 0 }),
    ],
    [],
  );
  expect(list.map(({ name, isBalena, address }) => [name, isBalena, address])).toEqual([
    ['a', true, '192.0.2.7'],
    ['b', true, '192.0.2.8'],
    ['c', false, 'c.local'],
  ]);
});

test('a device of the list is recognised by address or name, on its port', () => {
  const as = (device: Partial<Device>, host: Partial<SeenHost> = {}) =>
    discovered([seen(host)], [known(device)])[0]?.knownAs;
  expect(as({})).toBe('d1');
  expect(as({ address: 'Gate.local', port: null })).toBe('d1');
  expect(as({ port: 2222 })).toBeNull();
  expect(as({ address: '192.0.2.9' })).toBeNull();
});

test('each list of what is seen becomes a list of devices', async () => {
  const asked: string[][] = [];
  const lists = discover(
    {
      known: () => [],
      async *browse(types) {
        asked.push(types);
        yield [];
        yield [seen({})];
      },
    },
    { seconds: 1 },
  );
  const lengths: number[] = [];
  for await (const list of lists) lengths.push(list.length);
  expect(lengths).toEqual([0, 1]);
  expect(asked).toEqual([
    ['_ssh._tcp', '_resin-device._sub._ssh._tcp', '_balena-device._sub._ssh._tcp', '_workstation._tcp'],
  ]);
});

test('a computer that announces itself is listed without a port, unless its SSH server is listed', () => {
  const workstation = { type: '_workstation._tcp', port: 9 };
  const list = discovered(
    [
      seen({ ...workstation, name: 'gate [02:00:00:00:00:07]' }),
      seen({}),
      seen({
        ...workstation,
        name: 'desk [02:00:00:00:00:08]',
        hostName: 'desk.local',
        addresses: ['fe80::8%eth0'],
      }),
    ],
    [known({ address: 'FE80:0::8%eth0', port: 2222 })],
  );
  expect(list.map(({ name, address, port, knownAs }) => [name, address, port, knownAs])).toEqual([
    ['desk', 'fe80::8%eth0', null, 'd1'],
    ['gate', '192.0.2.7', 22, null],
  ]);
});
