import { canonicalAddress } from './addresses.ts';
import type { InterfaceTable } from './addresses.ts';
import { linkPlaces } from './link.ts';
import type { Link, LinkPlace } from './link.ts';
import { hostRecords, isSameRecord, serviceRecords } from './records.ts';
import type { MdnsRecord, ServiceEntry } from './records.ts';

/** An interface that is spoken on, with the chosen addresses that are on it and on no other. */
export interface Berth {
  place: LinkPlace;
  addresses: string[];
}
export interface Station extends Berth {
  link: Link;
}

/** Puts each chosen address to its interface; interfaces without one are left alone. */
export const planBerths = (addresses: string[], table: InterfaceTable): Berth[] => {
  const chosen = addresses.map(canonicalAddress);
  return linkPlaces(table).flatMap((place) => {
    const present = (table[place.name] ?? []).map((info) => canonicalAddress(info.address));
    const here = chosen.filter((address) => present.includes(address));
    return here.length === 0 ? [] : [{ place, addresses: here }];
  });
};

/** What is published: the host names held and the service entry. */
export interface Published {
  names: Iterable<string>;
  service: ServiceEntry | null;
}

/** The records of one interface: every name with this interface's addresses only (RFC 6762 section 14). */
export const zoneOf = (berth: Pick<Berth, 'addresses'>, published: Published): MdnsRecord[] => [
  ...[...published.names].flatMap((name) => hostRecords(name, berth.addresses)),
  ...(published.service ? serviceRecords(published.service) : []),
];

/** Goodbyes for what was said and no longer holds; the list of service types belongs to everyone and stays. */
export const goodbyes = (before: MdnsRecord[], after: MdnsRecord[]): MdnsRecord[] =>
  before
    .filter((record) => !record.name.startsWith('_services._dns-sd'))
    .filter((record) => !after.some((other) => isSameRecord(record, other)))
    .map((record) => ({ ...record, ttl: 0 }));
