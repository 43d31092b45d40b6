import { describe, expect, test } from 'vitest';
import { hostRecords, serviceRecords } from './records.ts';
import type { MdnsRecord } from './records.ts';
import { createHearsay, openQuestions, servicesIn } from './seen.ts';

const ssh = (instance: string, target: string) =>
  serviceRecords({ instance, type: '_ssh._tcp', target, port: 22, txt: { os: 'balena', flag: '' } });
const hearsay = (...records: MdnsRecord[]) => {
  const heard = createHearsay();
  heard.hear({ type: 'response', answers: records }, 'eth0', 0);
  return heard;
};
const types = ['_ssh._tcp', '_resin-device._sub._ssh._tcp'];

describe('services seen', () => {
  test('a device with its subtype; the name may hold dots', () => {
    const subtype: MdnsRecord = {
      name: '_resin-device._sub._ssh._tcp.local',
      type: 'PTR',
      data: 'bay 3.left._ssh._tcp.local',
    };
    const host = hostRecords('a.local', ['fe80::1', 'fd00::1', '10.0.0.5']);
    const { records } = hearsay(...ssh('bay 3.left', 'a.local'), subtype, ...host);
    expect(servicesIn(records(), types)).toEqual([
      {
        name: 'bay 3.left',
        type: '_ssh._tcp',
        subtypes: ['_resin-device'],
        hostName: 'a.local',
        addresses: ['10.0.0.5', 'fd00::1'],
        port: 22,
        txt: { os: 'balena', flag: '' },
      },
    ]);
  });

  test('asks for what is missing, and only for that', () => {
    const [pointer] = ssh('one', 'a.local');
    const bare = hearsay(...(pointer ? [pointer] : []));
    expect(servicesIn(bare.records(), types)).toEqual([]);
    expect(openQuestions(bare.records(), types).map(({ type }) => type)).toEqual(['SRV', 'TXT']);
    const located = hearsay(...ssh('one', 'a.local'));
    expect(openQuestions(located.records(), types)).toEqual([
      { name: 'a.local', type: 'A' },
      { name: 'a.local', type: 'AAAA' },
    ]);
    const complete = hearsay(...ssh('one', 'a.local'), ...hostRecords('a.local', ['10.0.0.5']));
    expect(openQuestions(complete.records(), types)).toEqual([]);
  });

  test('a goodbye takes a service away, once', () => {
    const heard = hearsay(...ssh('one', 'a.local'));
    const goodbye = ssh('one', 'a.local').map((record) => ({ ...record, ttl: 0 }));
    expect(heard.hear({ type: 'response', answers: goodbye }, 'eth0', 10)).toBe(true);
    expect(servicesIn(heard.records(), types)).toEqual([]);
    expect(heard.hear({ type: 'response', answers: goodbye }, 'eth0', 20)).toBe(false);
  });

  test('a flushed address replaces the old one of that network; news is told once', () => {
    const heard = hearsay(...ssh('one', 'a.local'), ...hostRecords('a.local', ['10.0.0.5']));
    const moved = { type: 'response' as const, answers: hostRecords('a.local', ['10.0.0.6']) };
    expect(
      heard.hear({ type: 'response', answers: hostRecords('a.local', ['192.168.0.5']) }, 'wlan0', 0),
    ).toBe(true);
    expect(heard.hear(moved, 'eth0', 5000)).toBe(true);
    expect(heard.hear(moved, 'eth0', 5001)).toBe(false);
    expect(servicesIn(heard.records(), types)[0]?.addresses).toEqual(['192.168.0.5', '10.0.0.6']);
  });

  test('hostile records: foreign types, odd text, a flood', () => {
    const pointer: MdnsRecord = { name: '_ssh._tcp.local', type: 'PTR', data: 'not-of-this-type.local' };
    const text: MdnsRecord = {
      name: 'x._ssh._tcp.local',
      type: 'TXT',
      data: [Buffer.from('__proto__=1'), Buffer.of()],
    };
    const { records } = hearsay(pointer, ...ssh('x', 'a.local').slice(0, 3), text);
    expect(servicesIn(records(), types).map(({ txt }) => txt)).toEqual([{}]);
    const flood = Array.from({ length: 30_000 }, (_, index): MdnsRecord => ({
      name: `h${index}.local`,
      type: 'A',
      data: '10.0.0.1',
    }));
    expect(hearsay(...flood).records()).toHaveLength(20_000);
  });
});
