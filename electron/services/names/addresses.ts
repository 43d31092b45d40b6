import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** What `os.networkInterfaces()` returns. */
export type InterfaceTable = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** How far an address carries (RFC 1918, 3927, 4193, 4291, 6598). */
export type Scope = 'private' | 'shared' | 'link-local' | 'loopback' | 'public';

const scopes: { scope: Scope; subnets: string[] }[] = [
  { scope: 'loopback', subnets: ['127.0.0.0/8', '::1/128'] },
  { scope: 'link-local', subnets: ['169.254.0.0/16', 'fe80::/10'] },
  { scope: 'private', subnets: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] },
  { scope: 'shared', subnets: ['100.64.0.0/10'] },
];

const withoutScopeId = (address: string): string => address.replace(/%.*$/, '');

/** True when `address` lies in `subnet` (`10.0.0.0/8`, `fc00::/7`); false for anything that is no address. */
export const isInSubnet = (address: string, subnet: string): boolean => {
  const plain = withoutScopeId(address);
  const [network = '', bits = ''] = subnet.split('/');
  const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
  if (!(isIPv4(plain) ? isIPv4(network) : isIPv6(plain) && isIPv6(network))) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(plain, family);
};

export const scopeOf = (address: string): Scope =>
  scopes.find(({ subnets }) => subnets.some((subnet) => isInSubnet(address, subnet)))?.scope ?? 'public';

/** The 16 or 4 bytes of an address, as they stand on the wire. */
export const addressBytes = (address: string): Buffer => {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const url = new URL(`http://[${withoutScopeId(address)}]`);
  const [head = '', tail = ''] = url.hostname.slice(1, -1).split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail)].map((group) => parseInt(group, 16));
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
};

/** One spelling for equal addresses: `FE80:0::1%eth0` and `fe80::1` are the same. */
export const canonicalAddress = (address: string): string =>
  isIPv6(address) ? new URL(`http://[${withoutScopeId(address)}]`).hostname.slice(1, -1) : address;

/** Every address of this computer in canonical spelling. */
export const ownAddresses = (table: InterfaceTable): Set<string> =>
  new Set(
    Object.values(table)
      .flat()
      .map((info) => canonicalAddress(info?.address ?? '')),
  );
