import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { createNames } from './index.ts';
import type { Names } from './index.ts';
import { createBus, tableOf } from './lab/bus.ts';
import type { Passed } from './lab/bus.ts';
import type { MdnsRecord } from './records.ts';

const name = 'registry.local';
const { log } = createLogBook({});
let bus: ReturnType<typeof createBus>;
const computers: Names[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  bus = createBus();
});
afterEach(async () => {
  await Promise.all(computers.splice(0).map((names) => names.withdraw()));
  expect(bus.openPlugs()).toBe(0);
  vi.useRealTimers();
});

interface Computer {
  names: Names;
  table: Record<string, string[]>;
  wires: Record<string, string>;
}
const computer = (hostName: string, table: Computer['table'], wires: Computer['wires']): Computer => {
  const names = createNames({
    log,
    hostName,
    platform: 'freebsd',
    interfaces: () => tableOf(table),
    open: bus.opener(wires),
  });
  computers.push(names);
  return { names, table, wires };
};
const oneHomed = (hostName: string, address: string, wire = 'lan') =>
  computer(hostName, { eth0: [`${address}/24`] }, { eth0: wire });

const wanted = (addresses: string[], names = [name]) => ({ names, addresses, port: 5000 });
/** Lets time pass until `work` is done. */
const run = async <T>(work: Promise<T>, ms = 1500): Promise<T> => {
  await vi.advanceTimersByTimeAsync(ms);
  return work;
};
const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const answersOn = (wire: string, from = 0): MdnsRecord[] =>
  bus.passed
    .slice(from)
    .filter((one: Passed) => one.wire === wire && one.packet.type === 'response')
    .flatMap((one) => one.packet.answers ?? []);
const dataOf = (records: MdnsRecord[], type: string, at = name) =>
  records.filter((record) => record.type === type && record.name === at).map((record) => record.data);
const stateOf = ({ names }: Computer) => names.state().names[0]?.state;

test('probes three times with its claim before it announces, and repeats the announcement', async () => {
  const one = oneHomed('one', '10.0.0.1');
  const done = one.names.advertise(wanted(['10.0.0.1']));
  await vi.advanceTimersByTimeAsync(200);
  expect(stateOf(one)).toBe('probing');
  await run(done, 6000);
  const probes = bus.passed.filter(({ packet }) => packet.questions?.[0]?.name === name);
  expect(probes).toHaveLength(3);
  expect(dataOf(probes[0]?.packet.authorities ?? [], 'A')).toEqual(['10.0.0.1']);
  expect(dataOf(answersOn('lan'), 'A')).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.1']);
  expect(answersOn('lan').find((record) => record.type === 'A')).toMatchObject({ flush: true, ttl: 120 });
  expect(one.names.state()).toEqual({
    names: [{ name, state: 'announced', holder: null, error: null }],
    addresses: ['10.0.0.1'],
    port: 5000,
    references: ['registry.local:5000', '10.0.0.1:5000'],
  });
});

test('says on each network that network’s addresses only, and nothing where none was chosen', async () => {
  const table = {
    eth0: ['10.0.0.1/24', 'fd00::1/64'],
    wlan0: ['192.168.1.1/24'],
    docker0: ['172.17.0.1/16'],
  };
  const one = computer('one', table, { eth0: 'lan', wlan0: 'air', docker0: 'containers' });
  await run(one.names.advertise(wanted(['10.0.0.1', 'fd00::1', '192.168.1.1'])), 4000);
  expect(new Set([...dataOf(answersOn('lan'), 'A'), ...dataOf(answersOn('lan'), 'AAAA')])).toEqual(
    new Set(['10.0.0.1', 'fd00::1']),
  );
  expect(new Set(dataOf(answersOn('air'), 'A'))).toEqual(new Set(['192.168.1.1']));
  expect(answersOn('containers')).toEqual([]);
});

test('a name that is taken is a conflict with its holder; nothing is announced', async () => {
  const first = oneHomed('first', '10.0.0.1');
  const second = oneHomed('second', '10.0.0.2');
  await run(first.names.advertise(wanted(['10.0.0.1'])));
  const before = bus.passed.length;
  await run(second.names.advertise(wanted(['10.0.0.2'])));
  expect(second.names.state().names[0]).toMatchObject({ state: 'conflict', holder: '10.0.0.1' });
  expect(second.names.state().names[0]?.error).toMatchObject({
    code: 'NAME_TAKEN',
    details: { proposal: 'registry-2.local' },
  });
  expect(second.names.state().references).toEqual(['10.0.0.2:5000']);
  expect(dataOf(answersOn('lan', before), 'A')).not.toContain('10.0.0.2');
  expect(stateOf(first)).toBe('announced');
});

test('of two that start at the same moment exactly one gets the name', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const first = oneHomed('first', '10.0.0.1');
  const second = oneHomed('second', '10.0.0.2');
  const both = [first.names.advertise(wanted(['10.0.0.1'])), second.names.advertise(wanted(['10.0.0.2']))];
  await run(Promise.all(both), 8000);
  expect([stateOf(first), stateOf(second)]).toEqual(['conflict', 'announced']);
  vi.restoreAllMocks();
});

test('two that were apart and meet settle who has the name', async () => {
  const first = oneHomed('first', '10.0.0.1', 'here');
  const second = oneHomed('second', '10.0.0.2', 'there');
  await run(first.names.advertise(wanted(['10.0.0.1'])), 5000);
  await run(second.names.advertise(wanted(['10.0.0.2'])), 5000);
  bus.join('here', 'there');
  bus.say('here', { type: 'query', questions: [{ name, type: 'A' }] }, { address: '10.0.0.9', port: 5353 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect([stateOf(first), stateOf(second)].toSorted()).toEqual(['announced', 'conflict']);
});

test('takes the name a minute after its holder left', async () => {
  const first = oneHomed('first', '10.0.0.1');
  const second = oneHomed('second', '10.0.0.2');
  await run(first.names.advertise(wanted(['10.0.0.1'])));
  await run(second.names.advertise(wanted(['10.0.0.2'])));
  await first.names.withdraw();
  await vi.advanceTimersByTimeAsync(70_000);
  expect(stateOf(second)).toBe('announced');
});

test('withdrawing says goodbye to everything said', async () => {
  const one = oneHomed('one', '10.0.0.1');
  await run(one.names.advertise(wanted(['10.0.0.1'])), 4000);
  const before = bus.passed.length;
  await one.names.withdraw();
  const last = answersOn('lan', before);
  expect(last.map(({ type, ttl }) => `${type} ${ttl}`).toSorted()).toEqual([
    'A 0',
    'PTR 0',
    'SRV 0',
    'TXT 0',
  ]);
  expect(stateOf(one)).toBe('silent');
  await vi.advanceTimersByTimeAsync(120_000);
  expect(answersOn('lan', before)).toHaveLength(4);
});

test('a new address replaces the old one; who listens is told', async () => {
  const one = oneHomed('one', '10.0.0.1');
  await run(one.names.advertise(wanted(['10.0.0.1'])), 4000);
  const off = one.names.onAddressesChanged(() => {
    void one.names.advertise(wanted(one.names.choose({ addresses: null, listen: '::' })));
  });
  const before = bus.passed.length;
  one.table['eth0'] = ['10.0.0.7/24'];
  await vi.advanceTimersByTimeAsync(12_000);
  const said = answersOn('lan', before).filter((record) => record.type === 'A');
  expect(said.filter(({ ttl }) => ttl === 0).map(({ data }) => data)).toEqual(['10.0.0.1']);
  expect(new Set(said.filter(({ ttl }) => ttl !== 0).map(({ data }) => data))).toEqual(new Set(['10.0.0.7']));
  expect(one.names.state().addresses).toEqual(['10.0.0.7']);
  off();
});

test('announces anew after a sleep', async () => {
  const one = oneHomed('one', '10.0.0.1');
  await run(one.names.advertise(wanted(['10.0.0.1'])), 10_000);
  const before = bus.passed.length;
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(8000);
  expect(dataOf(answersOn('lan', before), 'A')).toContain('10.0.0.1');
});

test('an interface that cannot be opened leaves the others; without any the name has failed', async () => {
  const table = { eth0: ['10.0.0.1/24'], wlan0: ['192.168.1.1/24'] };
  const one = computer('one', table, { eth0: 'lan' });
  await run(one.names.advertise(wanted(['10.0.0.1', '192.168.1.1'])));
  expect(stateOf(one)).toBe('announced');
  await run(one.names.advertise(wanted(['192.168.1.1'])));
  expect(one.names.state().names[0]).toMatchObject({ state: 'failed', error: { code: 'MDNS_UNAVAILABLE' } });
  one.wires['wlan0'] = 'air';
  await vi.advanceTimersByTimeAsync(65_000);
  expect(stateOf(one)).toBe('announced');
});

test('names beyond .local are no business of mDNS, and without an address all is silent', async () => {
  const one = oneHomed('one', '10.0.0.1');
  await run(one.names.advertise(wanted(['203.0.113.9'], ['registry.lan', name])));
  expect(one.names.state().names.map(({ state }) => state)).toEqual(['other', 'silent']);
  expect(one.names.state().addresses).toEqual([]);
  expect(bus.passed).toEqual([]);
  expect(await one.names.probe('registry.lan', { timeoutMs: 500 })).toEqual({ isFree: null, holder: null });
});

test('leaves its own host name to a system that announces it, takes it when nobody does', async () => {
  const one = oneHomed('one', '10.0.0.1');
  const system = { address: '10.0.0.1', port: 5353 };
  const answer = () =>
    bus.say(
      'lan',
      { type: 'response', answers: [{ name: 'one.local', type: 'A', ttl: 120, data: '10.0.0.1' }] },
      system,
    );
  const done = one.names.advertise(wanted(['10.0.0.1'], ['one.local']));
  for (let round = 0; round < 5; round += 1) {
    await vi.advanceTimersByTimeAsync(200);
    answer();
  }
  await run(done, 2000);
  expect(stateOf(one)).toBe('announced');
  const bySystem = bus.passed.filter(
    ({ packet }) => packet.type === 'response' && packet.answers?.[0]?.flush,
  );
  expect(bySystem.filter(({ packet }) => packet.answers?.[0]?.type === 'A')).toEqual([]);
  await vi.advanceTimersByTimeAsync(70_000);
  expect(dataOf(answersOn('lan'), 'A', 'one.local').length).toBeGreaterThan(5);
});

test('says its records again when another program of this computer says goodbye to them', async () => {
  const one = oneHomed('one', '10.0.0.1');
  await run(one.names.advertise(wanted(['10.0.0.1'])), 5000);
  const before = bus.passed.length;
  const goodbye: MdnsRecord = { name, type: 'A', ttl: 0, data: '10.0.0.1' };
  bus.say('lan', { type: 'response', answers: [goodbye] }, { address: '10.0.0.1', port: 5353 });
  await vi.advanceTimersByTimeAsync(10);
  expect(answersOn('lan', before).map(({ ttl }) => ttl)).toEqual([0, 120]);
  expect(stateOf(one)).toBe('announced');
});

test('a second registry on one computer gets a service name of its own', async () => {
  const first = oneHomed('one', '10.0.0.1');
  await run(first.names.advertise(wanted(['10.0.0.1'])), 4000);
  const second = oneHomed('one', '10.0.0.1');
  await run(second.names.advertise({ ...wanted(['10.0.0.1']), port: 5001 }), 8000);
  expect(stateOf(second)).toBe('announced');
  const instances = new Set(
    answersOn('lan')
      .filter(({ type }) => type === 'SRV')
      .map((record) => record.name),
  );
  expect(instances).toEqual(
    new Set(['Mooring on one._mooring._tcp.local', 'Mooring on one (2)._mooring._tcp.local']),
  );
});

test('one Mooring finds, resolves and lists another', async () => {
  const one = oneHomed('one', '10.0.0.1');
  const two = oneHomed('two', '10.0.0.2');
  await run(one.names.advertise(wanted(['10.0.0.1'])), 4000);
  expect(await run(two.names.probe(name, { timeoutMs: 900 }))).toEqual({ isFree: false, holder: '10.0.0.1' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(await run(two.names.resolve(`${name}.`, { timeoutMs: 900 }))).toEqual(['10.0.0.1']);
  expect(await run(two.names.resolve('nobody.local', { timeoutMs: 900 }))).toEqual([]);
  const lists = await run(collect(two.names.browse(['_mooring._tcp'], { seconds: 3 })), 4000);
  const txt = { txtvers: '1', port: '5000' };
  const entry = {
    name: 'Mooring on one',
    type: '_mooring._tcp',
    subtypes: [],
    hostName: name,
    port: 5000,
    txt,
  };
  expect(lists).toEqual([[], [{ ...entry, addresses: ['10.0.0.1'] }]]);
});

test('resolving and browsing end when they are aborted', async () => {
  const one = oneHomed('one', '10.0.0.1');
  const abort = new AbortController();
  const resolving = one.names.resolve('nobody.local', { timeoutMs: 60_000, signal: abort.signal });
  const browsing = collect(one.names.browse(['_ssh._tcp'], { seconds: 60, signal: abort.signal }));
  const refused = expect(resolving).rejects.toMatchObject({ name: 'AbortError' });
  await vi.advanceTimersByTimeAsync(100);
  abort.abort();
  await vi.advanceTimersByTimeAsync(1);
  await refused;
  expect(await browsing).toEqual([[]]);
});
