import type { NetworkInterfaceInfo } from 'node:os';
import { isIPv4 } from 'node:net';
import type { AddressCandidate } from '#shared/model/names.ts';
import type { EndpointChoice } from '#shared/model/setup.ts';
import { canonicalAddress, isInSubnet, scopeOf } from './addresses.ts';
import type { InterfaceTable } from './addresses.ts';
import { kindOfInterface } from './interface-kinds.ts';
import type { InterfaceKind } from './interface-kinds.ts';

/** What the interface table does not say. */
export interface SystemFacts {
  /** IPv6 privacy addresses that go away after hours (RFC 8981); null where the system does not mark them. */
  temporary: ReadonlySet<string> | null;
  /** Interface name to what the system calls its port. */
  portNames: ReadonlyMap<string, string>;
}

/** An IPv6 link-local address needs its interface beside it, which no image name or certificate can carry. */
const isUsable = ({ family, address }: NetworkInterfaceInfo): boolean =>
  family === 'IPv4' || scopeOf(address) !== 'link-local';

const isStable = (address: string): boolean => /ff:fe/i.test(address.split(':').slice(-3).join(':'));

/**
 * Where the system does not mark temporary addresses: of several in one /64 the one made from the hardware
 * address stays, else the first.
 */
const isLikelyTemporary = (info: NetworkInterfaceInfo, siblings: NetworkInterfaceInfo[]): boolean => {
  if (info.family !== 'IPv6') return false;
  const network = siblings.filter(
    (other) => other.family === 'IPv6' && isInSubnet(other.address, `${info.address}/64`),
  );
  const stable = network.find((other) => isStable(other.address)) ?? network[0];
  return stable !== undefined && stable.address !== info.address;
};

type Judgement = Pick<AddressCandidate, 'kind' | 'isRecommended' | 'reason'>;
const off = (kind: AddressCandidate['kind'], reason: string): Judgement => ({
  kind,
  isRecommended: false,
  reason,
});

const judge = (info: NetworkInterfaceInfo, about: InterfaceKind, isTemporary: boolean): Judgement => {
  const scope = scopeOf(info.address);
  if (info.internal || scope === 'loopback') return off('loopback', 'Only this computer reaches it');
  if (about.kind !== 'lan') return off(about.kind, about.reason ?? '');
  if (scope === 'link-local')
    return off('link-local', 'Given without a router: of use on a direct cable only');
  if (isTemporary) return off('temporary', 'This address changes by itself within hours');
  if (scope === 'public') return off('public', 'A public address: the certificate is for private networks');
  if (scope === 'shared') return off('lan', "An address of the provider's own network");
  return { kind: 'lan', isRecommended: true, reason: null };
};

const order: AddressCandidate['kind'][] = [
  'lan',
  'vpn',
  'virtual',
  'link-local',
  'public',
  'temporary',
  'loopback',
];
const rank = (candidate: AddressCandidate): number =>
  (candidate.isRecommended ? 0 : 100) + order.indexOf(candidate.kind) * 10 + candidate.family;

/**
 * Every address of this computer (IPv6 link-local left out) with what it is and whether devices will
 * reach it, best first. IPv6 is recommended only where no IPv4 is: engines up to Docker 20.10 refuse IPv6 in image names.
 */
export const findCandidates = (table: InterfaceTable, facts: SystemFacts): AddressCandidate[] => {
  const all = Object.entries(table).flatMap(([name, infos = []]) =>
    infos.filter(isUsable).map((info): AddressCandidate => {
      const about = kindOfInterface(name, info.mac, facts.portNames.get(name));
      const address = canonicalAddress(info.address);
      const isTemporary = facts.temporary?.has(address) ?? isLikelyTemporary(info, infos);
      return {
        address,
        family: info.family === 'IPv4' ? 4 : 6,
        interface: name,
        label: info.internal ? 'This computer' : about.label,
        ...judge(info, about, isTemporary),
      };
    }),
  );
  const hasIPv4 = all.some((candidate) => candidate.isRecommended && candidate.family === 4);
  return all
    .map((candidate) =>
      hasIPv4 && candidate.isRecommended && candidate.family === 6
        ? { ...candidate, ...off('lan', 'Older container engines refuse IPv6 in image names') }
        : candidate,
    )
    .toSorted((a, b) => rank(a) - rank(b));
};

const isWildcard = (listen: string): boolean => listen === '::' || listen === '0.0.0.0';

const isReachedThrough = (address: string, listen: string): boolean => {
  if (listen === '::') return true;
  if (listen === '0.0.0.0') return isIPv4(address);
  return canonicalAddress(address) === canonicalAddress(listen);
};

/**
 * The addresses devices use: those asked for, else the recommended ones; only what `listen` accepts, never
 * loopback. A listen address given by hand counts as asked for. Empty when there is none: callers decide.
 */
export const chooseAddresses = (
  choice: Pick<EndpointChoice, 'addresses' | 'listen'>,
  candidates: AddressCandidate[],
): string[] => {
  const recommended = candidates.filter((one) => one.isRecommended).map((one) => one.address);
  const wanted = choice.addresses ?? (isWildcard(choice.listen) ? recommended : [choice.listen]);
  const usable = wanted
    .map(canonicalAddress)
    .filter((address) => scopeOf(address) !== 'loopback' && isReachedThrough(address, choice.listen));
  return [...new Set(usable)];
};
