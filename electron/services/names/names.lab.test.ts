import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NamesState } from '#shared/model/names.ts';
import { createLabNetwork, lab } from './lab/network.ts';
import type { Call, LabNetwork, Space } from './lab/network.ts';
import type { SeenService } from './seen.ts';

let network: LabNetwork;
let names: Call;

beforeAll(async () => {
  network = await createLabNetwork();
  await Promise.all([network.startAvahi('device', 'edge'), network.startAvahi('office', 'desk')]);
  names = await network.startNames('laptop', 'laptop');
});
afterAll(() => network?.close());

const wanted = (name: string) => ({
  names: [name],
  addresses: [lab.lan.laptop, lab.office.laptop],
  port: 5000,
});

/** What avahi says a name is, one address a line; empty when nobody answers. */
const resolveBy = async (space: Space, name: string): Promise<string[]> => {
  const output = await network.run(space, 'avahi-resolve', ['-4', '-n', name]).catch(() => '');
  return output
    .split('\n')
    .filter((line) => line.startsWith(name))
    .map((line) => line.split(/\s+/)[1] ?? '');
};

test('recommends the bridge that carries the LAN address', async () => {
  const candidates = (await names('candidates')) as { address: string; isRecommended: boolean }[];
  const recommended = candidates.filter((one) => one.isRecommended).map((one) => one.address);
  expect(recommended.toSorted()).toEqual([lab.lan.laptop, lab.office.laptop]);
});

test('each network sees the name with the address it can reach, and no other', async () => {
  const state = (await names('advertise', wanted('registry.local'))) as NamesState;
  expect(state.names).toEqual([{ name: 'registry.local', state: 'announced', holder: null, error: null }]);
  expect(await resolveBy('device', 'registry.local')).toEqual([lab.lan.laptop]);
  expect(await resolveBy('office', 'registry.local')).toEqual([lab.office.laptop]);
});

test('avahi-browse sees the service entry with host, port and text', async () => {
  let output = '';
  const browse = async () =>
    (output = await network.run('device', 'avahi-browse', ['-rtp', '_mooring._tcp']));
  await expect.poll(browse).toContain(`;registry.local;${lab.lan.laptop};5000;`);
  expect(output).toContain('"port=5000"');
  expect(output).not.toContain(lab.office.laptop);
});

test('another computer that publishes the name afterwards is refused by avahi', async () => {
  const late = network.start('device', 'avahi-publish', ['-a', '-R', 'registry.local', lab.lan.device]);
  await new Promise((resolve) => late.once('exit', resolve));
  expect(await resolveBy('device', 'registry.local')).toEqual([lab.lan.laptop]);
  expect(((await names('state')) as NamesState).names[0]?.state).toBe('announced');
});

test('goodbye on withdrawal removes the name at once, long before it would expire', async () => {
  await names('withdraw');
  await expect.poll(() => resolveBy('device', 'registry.local')).toEqual([]);
  expect(await network.run('device', 'avahi-browse', ['-tp', '_mooring._tcp'])).toBe('');
});

test('a name somebody has is a conflict that names the holder, and stays theirs', async () => {
  const owner = network.start('device', 'avahi-publish', ['-a', '-R', 'taken.local', lab.lan.device]);
  await expect.poll(() => resolveBy('device', 'taken.local')).toEqual([lab.lan.device]);
  expect(await names('probe', 'taken.local')).toEqual({ isFree: false, holder: lab.lan.device });
  expect(await names('probe', 'free.local')).toEqual({ isFree: true, holder: null });
  const state = (await names('advertise', wanted('taken.local'))) as NamesState;
  expect(state.names[0]).toMatchObject({ state: 'conflict', holder: lab.lan.device });
  expect(state.names[0]?.error).toMatchObject({ code: 'NAME_TAKEN' });
  expect(state.references).not.toContain('taken.local:5000');
  expect(await resolveBy('device', 'taken.local')).toEqual([lab.lan.device]);
  expect(await resolveBy('office', 'taken.local')).toEqual([]);
  owner.kill();
});

test('resolves a device and lists what it announces, subtype and workstation included', async () => {
  const args = ['-s', '7b23988 ssh', '_ssh._tcp', '22222', 'os=balena'];
  const subtype = '--subtype=_resin-device._sub._ssh._tcp';
  network.start('device', 'avahi-publish', [subtype, ...args]);
  expect(await names('resolve', 'edge.local')).toEqual([lab.lan.device]);
  expect(await names('resolve', 'desk.local')).toEqual([lab.office.office]);
  expect(await names('resolve', 'nobody.local')).toEqual([]);
  const types = ['_ssh._tcp', '_resin-device._sub._ssh._tcp', '_workstation._tcp'];
  const seen = (await names('browse', types, 4)) as SeenService[];
  expect(seen).toContainEqual({
    name: '7b23988 ssh',
    type: '_ssh._tcp',
    subtypes: ['_resin-device'],
    hostName: 'edge.local',
    addresses: [lab.lan.device],
    port: 22222,
    txt: { os: 'balena' },
  });
  const stations = seen.filter(({ type }) => type === '_workstation._tcp').map(({ hostName }) => hostName);
  expect(stations.toSorted()).toEqual(['desk.local', 'edge.local']);
});

test('an address that comes while names are announced is announced too', async () => {
  const late = '192.168.88.7';
  await names('advertise', { names: ['late.local'], addresses: [lab.lan.laptop, late], port: 5000 });
  expect(await resolveBy('office', 'late.local')).toEqual([]);
  await network.run('laptop', 'ip', ['addr', 'add', `${late}/24`, 'dev', 'eth1']);
  await expect.poll(() => resolveBy('office', 'late.local'), { timeout: 20_000 }).toEqual([late]);
  expect(await resolveBy('device', 'late.local')).toEqual([lab.lan.laptop]);
});

test('a network without IPv4 is spoken to over IPv6', async () => {
  const desk = await network.startNames('office', 'desk');
  await names('advertise', { names: ['six.local'], addresses: [lab.six.laptop], port: 5000 });
  expect(await desk('resolve', 'six.local')).toEqual([lab.six.laptop]);
  await names('withdraw');
  expect(await desk('resolve', 'six.local')).toEqual([]);
});

test('lives beside an avahi-daemon on the same computer and leaves that its host name', async () => {
  await network.startAvahi('laptop', 'laptop');
  const both = { ...wanted('beside.local'), names: ['beside.local', 'laptop.local'] };
  const state = (await names('advertise', both)) as NamesState;
  expect(state.names.map((one) => one.state)).toEqual(['announced', 'announced']);
  expect(await resolveBy('laptop', 'beside.local')).not.toEqual([]);
  expect(await resolveBy('device', 'laptop.local')).toEqual([lab.lan.laptop]);
  expect(await resolveBy('laptop', 'laptop.local')).not.toEqual([]);
});
