import { expect, test, vi } from 'vitest';
import {
  answersOn,
  bus,
  computer,
  dataOf,
  name,
  oneHomed,
  run,
  stateOf,
  useComputers,
  wanted,
} from './lab/computers.ts';

useComputers();

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

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

test('asking again for what stands already changes nothing on the network', async () => {
  const one = oneHomed('one', '10.0.0.1');
  await run(one.names.advertise(wanted(['10.0.0.1'])), 8000);
  const before = bus.passed.length;
  await run(one.names.advertise(wanted(['10.0.0.1'])), 8000);
  expect(bus.passed.length).toBe(before);
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

test('a system that lets no packet out is a failure, not an announced name', async () => {
  const one = oneHomed('one', '10.0.0.1');
  bus.cut.add('lan');
  await run(one.names.advertise(wanted(['10.0.0.1'])));
  expect(one.names.state().names[0]).toMatchObject({
    state: 'failed',
    error: { code: 'MDNS_UNAVAILABLE', details: { interface: 'eth0' } },
  });
  bus.cut.clear();
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
