import { AppError } from '#shared/errors.ts';
import type { PermittedNames } from '#shared/model/pki.ts';
import { registryName } from '#shared/names.ts';
import { formatAddress, formatRange, isInRange, parseAddress, parseRange, type IpRange } from './address.ts';

interface Subtrees {
  dns: string[];
  ip: IpRange[];
}

/** The name constraints of one CA certificate (RFC 5280 section 4.2.1.10). */
export interface NameConstraints {
  /** An empty list leaves its kind of name free. */
  permitted: Subtrees;
  excluded: Subtrees;
  /** True when subjects are constrained too: what that means for a leaf is not judged here. */
  hasDirectoryNames: boolean;
}

/** Private, link-local and loopback networks, carrier-grade NAT, and the DNS names that are never public. */
const standard: PermittedNames = {
  dns: ['localhost', 'local', 'lan', 'internal', 'test', 'home.arpa'],
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
};

const isUnder = (name: string, subtree: string): boolean => {
  const tree = subtree.toLowerCase();
  if (tree === '') return true;
  // Not RFC 5280, yet written by some CAs: a leading dot means names below only.
  if (tree.startsWith('.')) return name.endsWith(tree);
  return name === tree || name.endsWith(`.${tree}`);
};

const matches = ({ dns, ip }: Subtrees, name: string, address: Buffer | null): boolean =>
  address
    ? ip.some((range) => isInRange(range, address))
    : dns.some((subtree) => isUnder(name.toLowerCase(), subtree));

/** Whether one CA may vouch for a DNS name or an IP address. */
export const isInside = (constraints: NameConstraints, nameOrAddress: string): boolean => {
  const address = parseAddress(nameOrAddress);
  const { permitted, excluded } = constraints;
  const isFree = (address ? permitted.ip : permitted.dns).length === 0;
  return (isFree || matches(permitted, nameOrAddress, address)) && !matches(excluded, nameOrAddress, address);
};

/** What our own CAs carry: everything listed is permitted, nothing is excluded. */
export const constraintsOf = ({ dns, ip }: PermittedNames): NameConstraints => ({
  permitted: { dns, ip: ip.map((text) => parseRange(text)).filter((range) => range !== null) },
  excluded: { dns: [], ip: [] },
  hasDirectoryNames: false,
});

/**
 * What the CAs of a chain permit together, for showing it: the entries of the nearest constrained CA that the
 * others permit as well. `*` stands for any DNS name. Null: anything.
 */
export const permittedNamesOf = (chain: readonly NameConstraints[]): PermittedNames | null => {
  const [nearest, ...others] = chain;
  if (!nearest) return null;
  const isShared = (nameOrAddress: string) => others.every((other) => isInside(other, nameOrAddress));
  const { dns, ip } = nearest.permitted;
  return {
    dns: dns.length === 0 ? ['*'] : dns.filter((name) => isShared(name.replace(/^\./, ''))),
    ip:
      ip.length === 0
        ? ['0.0.0.0/0', '::/0']
        : ip.filter((range) => isShared(formatAddress(range.address))).map(formatRange),
  };
};

/** A name the user wants permitted, as a DNS subtree; throws BAD_INPUT for what is neither name nor range. */
const dnsSubtree = (entry: string): string => {
  const parsed = registryName.safeParse(entry.replace(/^\*?\./, ''));
  if (parsed.success) return parsed.data;
  throw new AppError('BAD_INPUT', {
    field: 'permit',
    problem: `"${entry}" is neither a DNS name nor an address range like 203.0.113.0/24`,
  });
};

/** The first label of a host name, when it is a valid DNS label. */
export const bareHostName = (hostName: string): string | null =>
  registryName.safeParse(hostName.split('.')[0] ?? '').data ?? null;

/**
 * What a CA made now is permitted: the standard private names and networks, the bare host name, and every entry
 * of `extra` (DNS names, addresses, CIDR ranges) that is not inside already.
 * @throws AppError BAD_INPUT
 */
export const permittedFor = (hostName: string, extra: readonly string[]): PermittedNames => {
  const host = bareHostName(hostName);
  const permitted: PermittedNames = { dns: [...standard.dns, ...(host ? [host] : [])], ip: [...standard.ip] };
  for (const entry of extra.map((text) => text.trim()).filter((text) => text !== '')) {
    const range = parseRange(entry.split('%')[0] ?? '');
    if (range) {
      const isSingle = range.mask.every((byte) => byte === 0xff);
      const isCovered = isSingle && isInside(constraintsOf(permitted), formatAddress(range.address));
      if (!isCovered && !permitted.ip.includes(formatRange(range))) permitted.ip.push(formatRange(range));
    } else {
      const name = dnsSubtree(entry);
      if (!isInside(constraintsOf(permitted), name)) permitted.dns.push(name);
    }
  }
  return permitted;
};
