import { AppError } from '#shared/errors.ts';
import type { PermittedNames } from '#shared/model/pki.ts';
import { registryName } from '#shared/names.ts';
import { formatAddress, parseAddress } from './address.ts';
import { bareHostName, isInside, permittedNamesOf, type NameConstraints } from './constraints.ts';

/** The names and addresses a registry is asked for by; both lists are what the user chose or confirmed. */
export interface San {
  names: string[];
  addresses: string[];
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];

/**
 * Lower case, canonical addresses, no doubles.
 * @throws AppError BAD_INPUT
 */
export const normalizeSan = (san: San): San => ({
  names: unique(
    san.names.map((name) => {
      const parsed = registryName.safeParse(name);
      if (parsed.success) return parsed.data;
      const problem = parsed.error.issues[0]?.message ?? 'not a DNS name';
      throw new AppError('BAD_INPUT', { field: `name ${name}`, problem });
    }),
  ),
  addresses: unique(
    san.addresses.map((address) => {
      const bytes = parseAddress(address);
      if (bytes) return formatAddress(bytes);
      throw new AppError('BAD_INPUT', { field: `address ${address}`, problem: 'not an IP address' });
    }),
  ),
});

/** Names of this computer that devices may know it by; a host name that is no DNS name gives none. */
const hostNames = (hostName: string): string[] => {
  const bare = bareHostName(hostName);
  const full = registryName.safeParse(hostName).data;
  return [...(full ? [full] : []), ...(bare ? [bare, `${bare}.local`] : [])];
};

const loopback = { names: ['localhost'], addresses: ['127.0.0.1', '::1'] };

/**
 * What the leaf carries: everything chosen, and of the host's own names and loopback what the CA permits.
 * @param chain name constraints of the CA and its issuers
 * @returns `outside`: chosen names that the CA must not vouch for (then nothing may be signed);
 *   `withoutLoopback`: loopback names left out for the same reason
 */
export const wantedSan = (options: {
  san: San;
  hostName: string;
  chain: readonly NameConstraints[];
}): San & { outside: string[]; withoutLoopback: string[] } => {
  const { chain } = options;
  const chosen = normalizeSan(options.san);
  const isPermitted = (nameOrAddress: string) => chain.every((one) => isInside(one, nameOrAddress));
  return {
    names: unique([
      ...chosen.names,
      ...hostNames(options.hostName).filter(isPermitted),
      ...loopback.names.filter(isPermitted),
    ]),
    addresses: unique([...chosen.addresses, ...loopback.addresses.filter(isPermitted)]),
    outside: [...chosen.names, ...chosen.addresses].filter((item) => !isPermitted(item)),
    withoutLoopback: [...loopback.names, ...loopback.addresses].filter((item) => !isPermitted(item)),
  };
};

/** The permitted list in one line, for error texts. */
export const listPermitted = (permitted: PermittedNames | null): string =>
  permitted === null ? 'anything' : [...permitted.dns, ...permitted.ip].join(', ');

/** Details of SAN_OUTSIDE and CA_IMPORT_CONSTRAINTS. */
export const outsideDetails = (outside: readonly string[], chain: readonly NameConstraints[]) => ({
  names: outside.join(', '),
  permitted: listPermitted(permittedNamesOf(chain)),
});

export const isSameSan = (one: San, other: San): boolean => {
  const key = ({ names, addresses }: San) => JSON.stringify([[...names].sort(), [...addresses].sort()]);
  return key(one) === key(other);
};
