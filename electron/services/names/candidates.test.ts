import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { InterfaceTable } from './addresses.ts';
import { chooseAddresses, findCandidates } from './candidates.ts';
import { kindOfInterface } from './interface-kinds.ts';

const noFacts = { temporary: null, portNames: new Map<string, string>() };

const at = (cidr: string, mac = '3c:22:fb:01:02:03'): NetworkInterfaceInfo => {
  const address = cidr.split('/')[0] ?? '';
  const rest = { address, cidr, netmask: '', mac, internal: address === '127.0.0.1' || address === '::1' };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
};
const loopback = [at('127.0.0.1/8'), at('::1/128')];
const none = '00:00:00:00:00:00';

/** A Debian laptop with Docker, libvirt, WireGuard and Tailscale. */
const linux: InterfaceTable = {
  lo: loopback,
  enp0s31f6: [
    at('192.168.1.20/24'),
    at('2a02:1:2:3:3e22:fbff:fe01:203/64'),
    at('fe80::3e22:fbff:fe01:203/64'),
  ],
  wlp4s0: [at('192.168.1.21/24'), at('fd12:3456::21/64')],
  docker0: [at('172.17.0.1/16')],
  'br-0123456789ab': [at('172.18.0.1/16')],
  veth12ab34: [at('fe80::1/64')],
  virbr0: [at('192.168.122.1/24')],
  wg0: [at('10.8.0.2/24', none)],
  tailscale0: [at('100.101.102.103/32', none)],
};

/** A MacBook on Wi-Fi with a corporate VPN and a running virtual machine. */
const mac: InterfaceTable = {
  lo0: loopback,
  en0: [at('fe80::1c0a:1/64'), at('10.0.4.17/22'), at('2001:db9::c1:2/64'), at('2001:db9::9a:44:3/64')],
  awdl0: [at('fe80::44/64')],
  utun4: [at('10.200.3.9/32', none)],
  bridge100: [at('192.168.64.1/24')],
};

/** A Windows 11 computer with WSL, VirtualBox and OpenVPN. */
const windows: InterfaceTable = {
  'Loopback Pseudo-Interface 1': loopback,
  'Wi-Fi': [at('fe80::aa/64'), at('192.168.0.33/24')],
  'Ethernet 2': [at('169.254.10.20/16')],
  'vEthernet (WSL (Hyper-V firewall))': [at('172.28.16.1/20')],
  'vEthernet (Default Switch)': [at('172.20.0.1/20')],
  'Ethernet 5': [at('192.168.56.1/24', '0a:00:27:00:00:0f')],
  'Ethernet 7': [at('10.9.0.6/24', '00:ff:12:34:56:78')],
};

const recommended = (table: InterfaceTable) =>
  findCandidates(table, noFacts)
    .filter((one) => one.isRecommended)
    .map((one) => one.address);
const describeOne = (table: InterfaceTable, address: string) => {
  const found = findCandidates(table, noFacts).find((one) => one.address === address);
  return `${found?.label} ${found?.kind}`;
};

describe('candidates', () => {
  test('Linux: the LAN addresses of Ethernet and Wi-Fi', () => {
    expect(recommended(linux)).toEqual(['192.168.1.20', '192.168.1.21']);
    expect(describeOne(linux, '192.168.1.20')).toBe('Ethernet lan');
    expect(describeOne(linux, '192.168.1.21')).toBe('Wi-Fi lan');
    expect(describeOne(linux, '172.17.0.1')).toBe('Docker bridge virtual');
    expect(describeOne(linux, '172.18.0.1')).toBe('Docker bridge virtual');
    expect(describeOne(linux, '192.168.122.1')).toBe('Virtual machine virtual');
    expect(describeOne(linux, '10.8.0.2')).toBe('VPN vpn');
    expect(describeOne(linux, '100.101.102.103')).toBe('VPN vpn');
    expect(describeOne(linux, '2a02:1:2:3:3e22:fbff:fe01:203')).toBe('Ethernet public');
  });

  test('macOS: the port name the system gives, VPN and virtual machine off', () => {
    expect(recommended(mac)).toEqual(['10.0.4.17']);
    expect(describeOne(mac, '10.200.3.9')).toBe('VPN vpn');
    expect(describeOne(mac, '192.168.64.1')).toBe('Virtual machine virtual');
    expect(describeOne(mac, '2001:db9::9a:44:3')).toBe('Network temporary');
    const facts = { ...noFacts, portNames: new Map([['en0', 'Wi-Fi']]) };
    expect(findCandidates(mac, facts)[0]).toMatchObject({ address: '10.0.4.17', label: 'Wi-Fi' });
  });

  test('Windows: Wi-Fi; virtual switches and adapters known by name or maker are off', () => {
    expect(recommended(windows)).toEqual(['192.168.0.33']);
    expect(describeOne(windows, '172.28.16.1')).toBe('Windows virtual switch virtual');
    expect(describeOne(windows, '192.168.56.1')).toBe('Virtual machine virtual');
    expect(describeOne(windows, '10.9.0.6')).toBe('VPN vpn');
    expect(describeOne(windows, '169.254.10.20')).toBe('Ethernet link-local');
  });

  test('everything that is off says why; the recommended come first, loopback last', () => {
    const all = [linux, mac, windows].flatMap((table) => findCandidates(table, noFacts));
    expect(all.filter((one) => !one.isRecommended && !one.reason)).toEqual([]);
    expect(all.filter((one) => one.isRecommended && one.reason)).toEqual([]);
    expect(findCandidates(linux, noFacts).at(-1)?.kind).toBe('loopback');
  });

  test('IPv6 link-local addresses are not offered', () => {
    const all = [linux, mac, windows].flatMap((table) => findCandidates(table, noFacts));
    expect(all.filter((one) => one.address.startsWith('fe80'))).toEqual([]);
  });

  test('a bridge with a name of its own is a LAN', () => {
    const table = { lo: loopback, 'moor-lan': [at('10.88.1.1/24')], br0: [at('10.0.0.5/24')] };
    expect(recommended(table)).toEqual(['10.88.1.1', '10.0.0.5']);
  });

  test('a stable local IPv6 address is recommended only where there is no IPv4', () => {
    const both = [at('192.168.1.2/24'), at('fd00::2/64')];
    expect(recommended({ eth0: both })).toEqual(['192.168.1.2']);
    expect(recommended({ eth0: [at('fd00::2/64')] })).toEqual(['fd00::2']);
    const twoStable = [at('fd00::2/64'), at('fd00::3/64')];
    const marked = { ...noFacts, temporary: new Set<string>() };
    expect(findCandidates({ eth0: twoStable }, marked).every((one) => one.isRecommended)).toBe(true);
    const facts = { ...noFacts, temporary: new Set(['fd00::2']) };
    expect(findCandidates({ eth0: [at('fd00::2/64')] }, facts)[0]).toMatchObject({ kind: 'temporary' });
  });
});

describe('kindOfInterface', () => {
  test.each([
    ['podman0', 'virtual'],
    ['cni-podman0', 'virtual'],
    ['lxcbr0', 'virtual'],
    ['vmnet8', 'virtual'],
    ['VMware Network Adapter VMnet8', 'virtual'],
    ['tun0', 'vpn'],
    ['tap0', 'vpn'],
    ['utun3', 'vpn'],
    ['ppp0', 'vpn'],
    ['Tailscale', 'vpn'],
    ['eth0', 'lan'],
    ['wlan0', 'lan'],
    ['bond0', 'lan'],
    ['vEthernet (Bridge)', 'lan'],
    ['WLAN', 'lan'],
  ])('%s is %s', (name, kind) => {
    expect(kindOfInterface(name, '3c:22:fb:01:02:03').kind).toBe(kind);
  });

  test('what has no hardware address is a tunnel', () => {
    expect(kindOfInterface('corp', none).kind).toBe('vpn');
  });
});

describe('choose', () => {
  const candidates = findCandidates(linux, noFacts);
  const choose = (addresses: string[] | null, listen: string) =>
    chooseAddresses({ addresses, listen }, candidates);

  test('takes the recommended ones when none are given', () => {
    expect(choose(null, '::')).toEqual(['192.168.1.20', '192.168.1.21']);
  });
  test('takes exactly those given, also one behind a router', () => {
    expect(choose(['10.8.0.2', '203.0.113.5', '10.8.0.2'], '0.0.0.0')).toEqual(['10.8.0.2', '203.0.113.5']);
  });
  test('leaves out what the listen address does not accept', () => {
    expect(choose(['192.168.1.20', 'fd12:3456::21'], '0.0.0.0')).toEqual(['192.168.1.20']);
    expect(choose(['192.168.1.20', '10.8.0.2'], '10.8.0.2')).toEqual(['10.8.0.2']);
    expect(choose(null, '10.8.0.2')).toEqual(['10.8.0.2']);
  });
  test('is empty on loopback', () => {
    expect(choose(null, '127.0.0.1')).toEqual([]);
    expect(choose(['127.0.0.1'], '::')).toEqual([]);
    expect(chooseAddresses({ addresses: null, listen: '::' }, [])).toEqual([]);
  });
});
