import { expect, test } from 'vitest';
import { constraintsOf, isInside, permittedFor, permittedNamesOf } from './constraints.ts';
import { wantedSan } from './san.ts';

const standard = constraintsOf(permittedFor('workbench', []));

test.each([
  'localhost',
  'registry.local',
  'REGISTRY.Local',
  'a.b.lan',
  'x.internal',
  'x.test',
  'x.home.arpa',
  'workbench',
  '127.0.0.1',
  '::1',
  '10.0.0.1',
  '172.20.1.1',
  '192.168.1.20',
  '169.254.3.4',
  '100.64.0.1',
  'fd12::1',
  'fe80::1%eth0',
])('a standard CA may vouch for %s', (item) => expect(isInside(standard, item)).toBe(true));

test.each([
  'example.com',
  'notlocal',
  'registry.locale',
  'mylan',
  'arpa',
  'otherhost',
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '2001:db8::1',
  '::2',
])('a standard CA must not vouch for %s', (item) => expect(isInside(standard, item)).toBe(false));

test('the list is the one that the wizard explains', () => {
  expect(permittedFor('workbench.corp.example', [])).toEqual({
    dns: ['localhost', 'local', 'lan', 'internal', 'test', 'home.arpa', 'workbench'],
    ip: [
      '127.0.0.0/8',
      '::1/128',
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '169.254.0.0/16',
      '100.64.0.0/10',
      'fc00::/7',
      'fe80::/10',
    ],
  });
  expect(permittedFor('Not_A_DNS Name', []).dns).not.toContain('Not_A_DNS Name');
});

test('what is asked for is permitted, once, and only when it is not inside already', () => {
  const extra = [
    'registry.local',
    '*.acme.example',
    'reg.acme.example',
    'Acme.Example.',
    '203.0.113.7',
    '203.0.113.7',
    '198.51.100.0/24',
    '198.51.100.9',
    '192.168.7.7',
    '2001:db8::7',
    ' ',
  ];
  const { dns, ip } = permittedFor('workbench', extra);
  expect(dns.slice(7)).toEqual(['acme.example']);
  expect(ip.slice(9)).toEqual(['203.0.113.7/32', '198.51.100.0/24', '2001:db8::7/128']);
});

test.each(['not a name', 'http://x', '10.0.0.0/99', 'a..b'])('%j cannot be permitted', (entry) => {
  expect(() => permittedFor('workbench', [entry])).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});

test('foreign constraints: excluded wins, a leading dot means below only, an absent kind is free', () => {
  const foreign = {
    permitted: { dns: ['.acme.example', 'lan'], ip: [] },
    excluded: { dns: ['secret.lan'], ip: [] },
    hasDirectoryNames: false,
  };
  expect(isInside(foreign, 'reg.acme.example')).toBe(true);
  expect(isInside(foreign, 'acme.example')).toBe(false);
  expect(isInside(foreign, 'x.lan')).toBe(true);
  expect(isInside(foreign, 'x.secret.lan')).toBe(false);
  expect(isInside(foreign, '8.8.8.8')).toBe(true);
  expect(isInside({ ...foreign, excluded: { dns: [''], ip: [] } }, 'x.lan')).toBe(false);
});

test('a chain is shown as what all its CAs permit', () => {
  const root = constraintsOf({ dns: ['lan', 'acme.example'], ip: ['10.0.0.0/8'] });
  const free = { ...root, permitted: { dns: [], ip: [] } };
  const below = constraintsOf({ dns: ['x.lan', 'test'], ip: ['10.1.0.0/16', '192.168.0.0/16'] });
  expect(permittedNamesOf([])).toBeNull();
  expect(permittedNamesOf([below, root])).toEqual({ dns: ['x.lan'], ip: ['10.1.0.0/16'] });
  expect(permittedNamesOf([free])).toEqual({ dns: ['*'], ip: ['0.0.0.0/0', '::/0'] });
});

test('the leaf carries what was chosen, the host and loopback, each once and canonical', () => {
  const san = { names: ['Registry.local.', 'registry.local'], addresses: ['192.168.1.20', 'FD00:0::1'] };
  expect(wantedSan({ san, hostName: 'workbench', chain: [standard] })).toEqual({
    names: ['registry.local', 'workbench', 'workbench.local', 'localhost'],
    addresses: ['192.168.1.20', 'fd00::1', '127.0.0.1', '::1'],
    outside: [],
    withoutLoopback: [],
  });
});

test.each([
  ['bench.corp.example', ['bench', 'bench.local']],
  ['Bench.local', ['bench.local', 'bench']],
  ['my_bench', []],
  ['', []],
])('of the host name %j the valid and permitted forms are carried', (hostName, expected) => {
  const chain = [constraintsOf(permittedFor(hostName, []))];
  const { names, outside } = wantedSan({ san: { names: [], addresses: [] }, hostName, chain });
  expect(names).toEqual([...expected, 'localhost']);
  expect(outside).toEqual([]);
});

test('what was chosen is never left out quietly; loopback and host are', () => {
  const chain = [constraintsOf({ dns: ['acme.example'], ip: ['10.0.0.0/8'] })];
  const san = { names: ['registry.local', 'reg.acme.example'], addresses: ['8.8.8.8', '10.0.0.1'] };
  expect(wantedSan({ san, hostName: 'workbench', chain })).toEqual({
    names: ['registry.local', 'reg.acme.example'],
    addresses: ['8.8.8.8', '10.0.0.1'],
    outside: ['registry.local', '8.8.8.8'],
    withoutLoopback: ['localhost', '127.0.0.1', '::1'],
  });
});

test.each([
  { names: ['not a name'], addresses: [] },
  { names: [], addresses: ['registry.local'] },
])('a name that is none is bad input: %j', (san) => {
  expect(() => wantedSan({ san, hostName: 'x', chain: [] })).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT' }),
  );
});
