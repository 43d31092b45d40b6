import { expect, test, vi } from 'vitest';
import {
  answersOn,
  bus,
  dataOf,
  name,
  oneHomed,
  run,
  stateOf,
  useComputers,
  wanted,
} from './lab/computers.ts';
import type { MdnsRecord } from './records.ts';

useComputers();

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
