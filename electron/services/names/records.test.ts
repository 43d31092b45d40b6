import { describe, expect, test } from 'vitest';
import { addressBytes, canonicalAddress, isInSubnet, scopeOf } from './addresses.ts';
import { answerQuery, legacyAnswer } from './answer.ts';
import { holderOf } from './claim.ts';
import { isFromLink, linkPlaces } from './link.ts';
import { tableOf } from './lab/bus.ts';
import { saysTheSame } from './own.ts';
import { compareClaims, hostRecords, isSameRecord, serviceRecords } from './records.ts';
import type { MdnsQuestion, MdnsRecord } from './records.ts';
import { goodbyes, planBerths, zoneOf } from './stations.ts';
import { parseHardwarePorts, parseTemporary } from './system-facts.ts';

const service = {
  instance: 'Mooring on one',
  type: '_mooring._tcp',
  target: 'registry.local',
  port: 5000,
  txt: { txtvers: '1' },
};
const zone = [...hostRecords('registry.local', ['10.0.0.1']), ...serviceRecords(service)];
const ask = (name: string, type: MdnsQuestion['type'], known: MdnsRecord[] = []) =>
  answerQuery(zone, { type: 'query', questions: [{ name, type }], answers: known });
const types = (records: MdnsRecord[] | undefined) => records?.map(({ type }) => type);

describe('addresses', () => {
  test('scopes', () => {
    expect(['10.1.1.1', '172.31.0.1', '192.168.0.1', 'fd00::1'].map(scopeOf)).toEqual(
      Array(4).fill('private'),
    );
    expect(['172.32.0.1', '8.8.8.8', '2001:db8::1'].map(scopeOf)).toEqual(Array(3).fill('public'));
    expect(['127.0.0.53', '::1', '169.254.1.1', 'fe80::1%eth0', '100.64.0.1'].map(scopeOf)).toEqual([
      'loopback',
      'loopback',
      'link-local',
      'link-local',
      'shared',
    ]);
  });
  test('spelling and bytes of IPv6', () => {
    expect(canonicalAddress('FD00:0:0::00A1%en0')).toBe('fd00::a1');
    expect([...addressBytes('fe80::1:2')]).toEqual([0xfe, 0x80, ...Array(11).fill(0), 1, 0, 2]);
    expect([...addressBytes('10.0.0.1')]).toEqual([10, 0, 0, 1]);
    expect(isInSubnet('no address', '10.0.0.0/8')).toBe(false);
  });
});

describe('tie-break (the example of RFC 6762 section 8.2)', () => {
  const claim = (address: string) => hostRecords('MyPrinter.local', [address]);
  test('169.254.200.50 is later than 169.254.99.200', () => {
    expect(compareClaims(claim('169.254.99.200'), claim('169.254.200.50'))).toBeLessThan(0);
    expect(compareClaims(claim('169.254.200.50'), claim('169.254.99.200'))).toBeGreaterThan(0);
    expect(compareClaims(claim('10.0.0.1'), claim('10.0.0.1'))).toBe(0);
  });
  test('a list that ends first loses', () => {
    expect(compareClaims(hostRecords('a.local', ['10.0.0.1', 'fd00::1']), claim('10.0.0.1'))).toBeGreaterThan(
      0,
    );
    expect(compareClaims(claim('10.0.0.1'), hostRecords('a.local', ['10.0.0.1', 'fd00::1']))).toBeLessThan(0);
  });
});

describe('answers', () => {
  test('the address, and that there is no other', () => {
    const answer = ask('Registry.LOCAL', 'A');
    expect(answer?.answers).toEqual(hostRecords('registry.local', ['10.0.0.1']));
    expect(answer?.additionals).toMatchObject([{ type: 'NSEC', data: { rrtypes: ['A'] } }]);
  });
  test('an absent type of an own name is denied, so that nobody waits for it', () => {
    expect(ask('registry.local', 'AAAA')?.answers).toMatchObject([
      { type: 'NSEC', data: { rrtypes: ['A'] } },
    ]);
  });
  test('a list of services brings all that is needed to connect', () => {
    const answer = ask('_mooring._tcp.local', 'PTR');
    expect(types(answer?.answers)).toEqual(['PTR']);
    expect(types(answer?.additionals)).toEqual(['SRV', 'TXT', 'A', 'NSEC']);
  });
  test('nothing for names of others, nothing that is known already', () => {
    expect(ask('other.local', 'ANY')).toBeNull();
    const known = hostRecords('registry.local', ['10.0.0.1']);
    expect(ask('registry.local', 'A', known)).toBeNull();
    expect(
      ask(
        'registry.local',
        'A',
        known.map((record) => ({ ...record, ttl: 30 })),
      ),
    ).not.toBeNull();
  });
  test('a plain resolver gets its own id and question back, and no flush bits', () => {
    const query = {
      type: 'query' as const,
      id: 77,
      questions: [{ name: 'registry.local', type: 'A' as const }],
    };
    const answer = answerQuery(zone, query);
    expect(answer && legacyAnswer(query, answer)).toEqual({
      type: 'response',
      id: 77,
      questions: query.questions,
      answers: [{ name: 'registry.local', type: 'A', ttl: 10, flush: false, data: '10.0.0.1' }],
      additionals: [],
    });
  });
});

describe('who is who', () => {
  const own = new Set(['10.0.0.1', 'fd00::1']);
  test('records about this computer are no conflict, all else at our name is', () => {
    const says = (record: MdnsRecord) => saysTheSame(record, own, { names: ['registry.local'], port: 5000 });
    const srv = (port: number, target: string): MdnsRecord => ({
      name: 'x',
      type: 'SRV',
      data: { port, target },
    });
    expect(says({ name: 'registry.local', type: 'A', data: '10.0.0.1' })).toBe(true);
    expect(says({ name: 'registry.local', type: 'A', data: '10.0.0.2' })).toBe(false);
    expect(says({ name: 'registry.local', type: 'CNAME', data: 'other.local' })).toBe(false);
    expect(says(srv(5000, 'Registry.local'))).toBe(true);
    expect(says(srv(5001, 'registry.local'))).toBe(false);
  });
  test('the holder is the sender, or whoever the record names', () => {
    const [record] = hostRecords('registry.local', ['10.0.0.2']);
    const foreign = record ? [record] : [];
    expect(holderOf(foreign, { address: '10.0.0.2', port: 5353 })).toBe('10.0.0.2');
    expect(holderOf(foreign, { address: '10.0.0.9', port: 5353 })).toBe('10.0.0.2');
    expect(holderOf([{ name: 'a', type: 'CNAME', data: 'b' }], { address: '10.0.0.9', port: 5353 })).toBe(
      '10.0.0.9',
    );
  });
  test('a packet belongs to the interface whose network its sender is on', () => {
    const table = tableOf({
      eth0: ['10.0.0.1/24', 'fe80::1/64'],
      docker0: ['172.17.0.1/16'],
      veth1: ['fe80::2/64'],
    });
    const [eth0, docker0, ...rest] = linkPlaces(table);
    expect(rest).toEqual([]);
    expect(eth0 && isFromLink(eth0, '10.0.0.77')).toBe(true);
    expect(eth0 && isFromLink(eth0, 'fe80::9%eth0')).toBe(true);
    expect(eth0 && isFromLink(eth0, 'fe80::9%eth1')).toBe(false);
    expect(eth0 && isFromLink(eth0, '172.17.0.2')).toBe(false);
    expect(docker0 && isFromLink(docker0, '172.17.0.2')).toBe(true);
    expect(docker0 && isFromLink(docker0, '198.51.100.1')).toBe(false);
  });
});

describe('stations', () => {
  test('each interface gets its own chosen addresses, in any spelling', () => {
    const table = tableOf({
      lo: ['127.0.0.1/8'],
      eth0: ['10.0.0.1/24', 'fd00::1/64'],
      wlan0: ['10.1.0.1/24'],
    });
    const plan = planBerths(['10.0.0.1', 'FD00::0001', '127.0.0.1', '192.0.2.1'], table);
    expect(plan.map(({ place, addresses }) => [place.name, addresses])).toEqual([
      ['eth0', ['10.0.0.1', 'fd00::1']],
    ]);
  });
  test('goodbye is said to what no longer holds, never to the list of service types', () => {
    const before = zoneOf({ addresses: ['10.0.0.1'] }, { names: ['a.local', 'b.local'], service });
    const after = zoneOf({ addresses: ['10.0.0.1'] }, { names: ['b.local'], service: null });
    const gone = goodbyes(before, after);
    expect(gone.map(({ name, type, ttl }) => `${type} ${name} ${ttl}`)).toEqual([
      'A a.local 0',
      'PTR _mooring._tcp.local 0',
      'SRV Mooring on one._mooring._tcp.local 0',
      'TXT Mooring on one._mooring._tcp.local 0',
    ]);
    expect(gone.some((record) => after.some((other) => isSameRecord(record, other)))).toBe(false);
  });
});

describe('system facts', () => {
  test('temporary addresses in /proc/net/if_inet6', () => {
    const text = `fe80000000000000020000fffe000001 02 40 20 80     eth0
20010db8000000000000000000c0ffee 02 40 00 01     eth0
fd000000000000000000000000000002 02 40 00 80     eth0
`;
    expect([...parseTemporary(text)]).toEqual(['2001:db8::c0:ffee']);
  });
  test('hardware ports of macOS', () => {
    const text = `
Hardware Port: Wi-Fi
Device: en0
Ethernet Address: 3c:22:fb:01:02:03

Hardware Port: USB 10/100/1000 LAN
Device: en7
Ethernet Address: 00:e0:4c:68:00:01
`;
    expect([...parseHardwarePorts(text)]).toEqual([
      ['en0', 'Wi-Fi'],
      ['en7', 'USB 10/100/1000 LAN'],
    ]);
  });
});
