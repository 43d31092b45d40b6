import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startService, type TestService } from './lab/service.fixture.ts';
import { readHostKey } from './ssh/host-keys.ts';

let service: TestService;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.stop());

const blobOf = (type: string): Buffer => {
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([part(Buffer.from(type)), part(randomBytes(32))]);
};
const newKey = (type = 'ssh-ed25519') => {
  const blob = blobOf(type);
  return { text: `${type} ${blob.toString('base64')}`, fingerprint: readHostKey(blob).fingerprint };
};
const hashed = (place: string) => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(place).digest('base64')}`;
};
const add = async (address: string, port: number | null = 22) => {
  const input = service.input({ address, port, hostKey: { kind: 'offline' }, credential: { kind: 'agent' } });
  return (await service.devices.add(input)).id;
};
const load = (...lines: string[]) =>
  service.devices.importKnownHosts({ text: lines.join('\n'), selection: { all: true } });
const pinnedOf = (id: string) => service.devices.get(id).hostKeys.map(({ fingerprint }) => fingerprint);

test('plain and hashed names, ports, lists and patterns', async () => {
  const places = [
    'gate.local',
    '10.0.0.2',
    '10.0.0.3',
    'fe80::1%eth0',
    '2001:db8:0::7',
    'line-7.plant',
  ] as const;
  const [gate, second, any, zone, v6, line] = await Promise.all([
    add(places[0]),
    add(places[1], 22222),
    add(places[2], null),
    add(places[3]),
    add(places[4], 2222),
    add(places[5]),
  ]);
  const keys = Array.from({ length: 7 }, () => newKey());
  const names = [
    'other,GATE.local',
    hashed('[10.0.0.2]:22222'),
    '[10.0.0.3]:22222',
    hashed('fe80::1%eth0'),
    '[2001:db8::7]:2222',
    '*.plant,!line-8.plant',
    'nobody',
  ];
  const result = await load(
    '# known',
    '',
    ...names.map((name, index) => `${name} ${keys[index]?.text} comment`),
  );
  expect(result).toMatchObject({ same: 0, unmatched: 1, problems: [] });
  expect([gate, second, any, zone, v6, line].map((id) => pinnedOf(id)[0])).toEqual(
    keys.slice(0, 6).map(({ fingerprint }) => fingerprint),
  );
  expect(service.devices.get(gate).hostKeys[0]?.how).toBe('given');
});

test('a pinned key is never replaced, and one of another type is added', async () => {
  const gate = await add('gate');
  const [first, other, rsa] = [newKey(), newKey(), newKey('ssh-rsa')];
  await load(`gate ${first.text}`);
  const again = await load(`gate ${first.text}`, `gate ${other.text}`, `gate ${rsa.text}`);
  expect(again).toMatchObject({ same: 1, pinned: [{ name: 'gate', type: 'ssh-rsa' }] });
  expect(again.problems).toMatchObject([{ line: 2, field: 'key' }]);
  expect(pinnedOf(gate).sort()).toEqual([first.fingerprint, rsa.fingerprint].sort());
});

test('authorities, outdated keys and nonsense are explained; what is revoked is not pinned', async () => {
  const gate = await add('gate');
  const [key, pinned] = [newKey(), newKey('ssh-rsa')];
  await load(`gate ${pinned.text}`);
  const result = await load(
    `@cert-authority *.local ${newKey().text}`,
    `gate ${newKey('ssh-dss').text}`,
    'gate ssh-ed25519 AAAA',
    `gate ${key.text}`,
    `@revoked * ${key.text}`,
    `@revoked * ${pinned.text}`,
  );
  expect(result.problems.map(({ line, field }) => [line, field])).toEqual([
    [1, 'marker'],
    [2, 'key'],
    [3, 'line'],
    [6, 'key'],
  ]);
  expect(pinnedOf(gate)).toEqual([pinned.fingerprint]);
});
