import { isIPv4 } from 'node:net';
import { canonicalAddress, scopeOf } from './addresses.ts';
import { isSameRecord } from './records.ts';
import type { MdnsPacket, MdnsQuestion, MdnsRecord } from './records.ts';

/** A service somebody announces. Text comes from the network: shown as text, never trusted. */
export interface SeenService {
  /** Instance name, as its owner wrote it. */
  name: string;
  /** `_ssh._tcp` */
  type: string;
  /** `_resin-device`; without the type they belong to. */
  subtypes: string[];
  hostName: string;
  /** IPv4 first; IPv6 link-local left out. */
  addresses: string[];
  port: number;
  txt: Record<string, string>;
}

interface Heard {
  record: MdnsRecord;
  /** Interface it was heard on. */
  link: string;
  /** Milliseconds. */
  at: number;
}

/** A network that shouts more than this is not listened to further. */
const mostRecords = 20_000;
/** Milliseconds: records said within it belong to one answer (RFC 6762 section 10.2). */
const sameAnswer = 1000;

/** Everything heard while browsing. */
export interface Hearsay {
  /** Takes a response in; true when it said something new. */
  hear(packet: MdnsPacket, link: string, at: number): boolean;
  records(): MdnsRecord[];
}

export const createHearsay = (): Hearsay => {
  const byName = new Map<string, Heard[]>();
  let count = 0;

  const hearOne = (record: MdnsRecord, link: string, at: number): boolean => {
    const key = record.name.toLowerCase();
    const before = byName.get(key) ?? [];
    const isOutdated = (other: Heard) =>
      record.flush === true &&
      other.link === link &&
      other.record.type === record.type &&
      at - other.at > sameAnswer;
    const isSame = (other: Heard) => other.link === link && isSameRecord(other.record, record);
    const wasKnown = before.some(isSame);
    const others = before.filter((other) => !isSame(other) && !isOutdated(other));
    const isGoodbye = record.ttl === 0;
    if (!isGoodbye && !wasKnown && count >= mostRecords) return false;
    const after = isGoodbye ? others : [...others, { record, link, at }];
    count += after.length - before.length;
    byName.set(key, after);
    return isGoodbye ? wasKnown : !wasKnown || others.length + 1 < before.length;
  };

  return {
    hear: (packet, link, at) =>
      [...(packet.answers ?? []), ...(packet.additionals ?? [])]
        .filter((record) => ['A', 'AAAA', 'PTR', 'SRV', 'TXT'].includes(record.type))
        .map((record) => hearOne(record, link, at))
        .includes(true),
    records: () => [...byName.values()].flatMap((heard) => heard.map(({ record }) => record)),
  };
};

const index = (records: MdnsRecord[]): ((name: string) => MdnsRecord[]) => {
  const byName = Map.groupBy(records, (record) => record.name.toLowerCase());
  return (name) => byName.get(name.toLowerCase()) ?? [];
};

/** `_resin-device._sub._ssh._tcp` is about `_ssh._tcp`. */
const splitType = (type: string): { base: string; subtype: string | null } => {
  const [subtype = '', base] = type.split('._sub.');
  return base === undefined ? { base: type, subtype: null } : { base, subtype };
};

const readTxt = (items: Buffer[]): Record<string, string> =>
  Object.fromEntries(
    items.flatMap((item) => {
      const text = item.toString('utf8');
      const cut = text.indexOf('=');
      const key = cut < 0 ? text : text.slice(0, cut);
      return key === '' || key === '__proto__' ? [] : [[key, cut < 0 ? '' : text.slice(cut + 1)] as const];
    }),
  );

const usableAddresses = (records: MdnsRecord[]): string[] => {
  const found = records.flatMap((record) =>
    record.type === 'A' || record.type === 'AAAA' ? canonicalAddress(record.data) : [],
  );
  const usable = found.filter((address) => isIPv4(address) || scopeOf(address) !== 'link-local');
  return [...new Set(usable)].toSorted((a, b) => Number(isIPv4(b)) - Number(isIPv4(a)));
};

/** Instance full name to the subtypes it was listed under, for the asked types. */
const instancesOf = (
  records: MdnsRecord[],
  types: string[],
): Map<string, { base: string; subtypes: string[] }> => {
  const at = index(records);
  const instances = new Map<string, { base: string; subtypes: string[] }>();
  for (const { base, subtype, type } of types.map((type) => ({ type, ...splitType(type) }))) {
    for (const record of at(`${type}.local`)) {
      if (record.type !== 'PTR' || !record.data.toLowerCase().endsWith(`.${base}.local`.toLowerCase()))
        continue;
      const known = instances.get(record.data) ?? { base, subtypes: [] };
      if (subtype !== null && !known.subtypes.includes(subtype)) known.subtypes.push(subtype);
      instances.set(record.data, known);
    }
  }
  return instances;
};

/** The services that are known well enough to be shown, sorted by name. */
export const servicesIn = (records: MdnsRecord[], types: string[]): SeenService[] => {
  const at = index(records);
  const services = [...instancesOf(records, types)].flatMap(([fullName, { base, subtypes }]) => {
    const own = at(fullName);
    const location = own.find((record) => record.type === 'SRV');
    if (!location) return [];
    const txt = own.find((record) => record.type === 'TXT');
    return {
      name: fullName.slice(0, -`.${base}.local`.length),
      type: base,
      subtypes,
      hostName: location.data.target,
      addresses: usableAddresses(at(location.data.target)),
      port: location.data.port,
      txt: txt ? readTxt(txt.data) : {},
    };
  });
  return services.toSorted((a, b) => a.name.localeCompare(b.name) || a.type.localeCompare(b.type));
};

/** What to ask next so that what was listed becomes complete (RFC 6763 section 4.1). */
export const openQuestions = (records: MdnsRecord[], types: string[]): MdnsQuestion[] => {
  const at = index(records);
  return [...instancesOf(records, types).keys()].flatMap((fullName): MdnsQuestion[] => {
    const location = at(fullName).find((record) => record.type === 'SRV');
    if (!location)
      return [
        { name: fullName, type: 'SRV' },
        { name: fullName, type: 'TXT' },
      ];
    const { target } = location.data;
    return usableAddresses(at(target)).length > 0
      ? []
      : [
          { name: target, type: 'A' },
          { name: target, type: 'AAAA' },
        ];
  });
};
