import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBus, tableOf } from './lab/bus.ts';
import { linkPlaces } from './link.ts';
import type { Link } from './link.ts';
import { hostRecords, serviceRecords } from './records.ts';
import type { MdnsRecord } from './records.ts';
import { goodbyes } from './stations.ts';

let bus: ReturnType<typeof createBus>;
let link: Link;

const open = async (): Promise<Link> => {
  const [place] = linkPlaces(tableOf({ eth0: ['10.0.0.1/24'] }));
  if (!place) throw new Error('no place');
  return bus.opener({ eth0: 'lan' })(place);
};
beforeEach(async () => {
  vi.useFakeTimers();
  bus = createBus();
  link = await open();
});
afterEach(async () => {
  await link.close();
  vi.useRealTimers();
});

const host = (name: string) => ({ name, host: name, port: 5000, records: hostRecords(name, ['10.0.0.1']) });
const entry = {
  name: 'Mooring on one',
  host: 'a.local',
  port: 5000,
  records: serviceRecords({
    instance: 'Mooring on one',
    type: '_mooring._tcp',
    target: 'a.local',
    port: 5000,
    txt: {},
  }),
};
const brief = (records: MdnsRecord[] = []) => records.map(({ type, name }) => `${type} ${name}`).toSorted();
const farewell = (records: MdnsRecord[]) => goodbyes(records, []);

test('says what it was given and none of the addresses of this computer, once', async () => {
  await link.publish(host('a.local'));
  await link.publish(entry);
  expect(brief(bus.passed.flatMap(({ packet }) => packet.answers ?? []))).toEqual(
    brief([...host('a.local').records, ...entry.records]),
  );
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(bus.passed).toHaveLength(2);
});

test('ending one listing leaves the records of the others, those of its own host name too', async () => {
  for (const listing of [host('a.local'), host('b.local'), entry]) await link.publish(listing);
  const before = bus.passed.length;
  await link.unpublish(entry.name, farewell);
  expect(brief(bus.passed[before]?.packet.answers)).toEqual(brief(farewell(entry.records)));
  expect(brief(link.published())).toEqual(['A a.local', 'A b.local']);
});

test('ends without a word when there is nothing to say goodbye to, and can begin again', async () => {
  await link.publish(host('a.local'));
  await link.unpublish('a.local', () => []);
  await link.unpublish('a.local', farewell);
  expect(link.published()).toEqual([]);
  expect(bus.passed).toHaveLength(1);
  await link.publish(host('a.local'));
  expect(brief(link.published())).toEqual(['A a.local']);
});

test('an answer that waited for its turn says nothing of what ended meanwhile', async () => {
  await link.publish(entry);
  const question = { name: '_mooring._tcp.local', type: 'PTR' as const };
  bus.say('lan', { type: 'query', questions: [question] }, { address: '10.0.0.9', port: 5353 });
  await vi.advanceTimersByTimeAsync(10);
  const before = bus.passed.length;
  await link.unpublish(entry.name, farewell);
  await vi.advanceTimersByTimeAsync(1000);
  expect(bus.passed.slice(before).flatMap(({ packet }) => packet.answers?.map(({ ttl }) => ttl))).toEqual([
    0, 0, 0,
  ]);
});

test('every question is answered once, an absent address by a denial', async () => {
  await link.publish(host('a.local'));
  for (const [type, answer] of [
    ['A', 'A a.local'],
    ['AAAA', 'NSEC a.local'],
  ] as const) {
    const before = bus.passed.length;
    const questions = [{ name: 'a.local', type }];
    bus.say('lan', { type: 'query', questions }, { address: '10.0.0.9', port: 5353 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(bus.passed.slice(before + 1).map(({ packet }) => brief(packet.answers))).toEqual([[answer]]);
  }
});

test('a question from beyond the network of the link is not answered', async () => {
  await link.publish(host('a.local'));
  const before = bus.passed.length;
  const questions = [{ name: 'a.local', type: 'A' as const }];
  bus.say('lan', { type: 'query', questions }, { address: '172.17.0.2', port: 5353 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(bus.passed).toHaveLength(before + 1);
});
