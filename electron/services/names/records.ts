import { isIPv4 } from 'node:net';
import { addressBytes, canonicalAddress } from './addresses.ts';

interface RecordBase {
  name: string;
  /** Seconds; 0 is a goodbye (RFC 6762 section 10.1). */
  ttl?: number | undefined;
  /** Cache flush: the sender is the only owner of this name and type (section 10.2). */
  flush?: boolean | undefined;
}
/** The DNS records mDNS lives on, as the wire library reads and writes them. */
export type MdnsRecord = RecordBase &
  (
    | { type: 'A' | 'AAAA' | 'PTR' | 'CNAME'; data: string }
    | { type: 'SRV'; data: { port: number; target: string; priority?: number; weight?: number } }
    | { type: 'TXT'; data: Buffer[] }
    | { type: 'NSEC'; data: { nextDomain: string; rrtypes: string[] } }
  );
export interface MdnsQuestion {
  name: string;
  type: 'A' | 'AAAA' | 'PTR' | 'SRV' | 'TXT' | 'ANY';
}
export interface MdnsPacket {
  type: 'query' | 'response';
  id?: number;
  questions?: MdnsQuestion[];
  answers?: MdnsRecord[];
  authorities?: MdnsRecord[];
  additionals?: MdnsRecord[];
}

/** Seconds; RFC 6762 section 10: host names short, the rest long. */
const hostTtl = 120;
const serviceTtl = 4500;

/** DNS names do not tell upper from lower case. */
export const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The address records of a host name. */
export const hostRecords = (name: string, addresses: string[]): MdnsRecord[] =>
  addresses.map((address) => ({
    name,
    type: isIPv4(address) ? 'A' : 'AAAA',
    ttl: hostTtl,
    flush: true,
    data: canonicalAddress(address),
  }));

/** Says which types a name has, so that nobody waits for the others (section 6.1). */
export const absenceRecord = (name: string, types: string[]): MdnsRecord => ({
  name,
  type: 'NSEC',
  ttl: hostTtl,
  flush: true,
  data: { nextDomain: name, rrtypes: types },
});

export interface ServiceEntry {
  /** What a person reads in a list: `Mooring on laptop`. */
  instance: string;
  /** `_mooring._tcp` */
  type: string;
  target: string;
  port: number;
  txt: Record<string, string>;
}

/** Full name of a service instance. */
export const instanceName = (entry: Pick<ServiceEntry, 'instance' | 'type'>): string =>
  `${entry.instance}.${entry.type}.local`;

/** The records of one service that only its owner may have (RFC 6763 sections 5 and 6). */
export const uniqueServiceRecords = (entry: ServiceEntry): MdnsRecord[] => [
  {
    name: instanceName(entry),
    type: 'SRV',
    ttl: hostTtl,
    flush: true,
    data: { priority: 0, weight: 0, port: entry.port, target: entry.target },
  },
  {
    name: instanceName(entry),
    type: 'TXT',
    ttl: serviceTtl,
    flush: true,
    data: Object.entries(entry.txt).map(([key, value]) => Buffer.from(`${key}=${value}`)),
  },
];

/** All records of one service, those shared with other instances included (RFC 6763 sections 4.1 and 9). */
export const serviceRecords = (entry: ServiceEntry): MdnsRecord[] => [
  { name: `${entry.type}.local`, type: 'PTR', ttl: serviceTtl, data: instanceName(entry) },
  { name: '_services._dns-sd._udp.local', type: 'PTR', ttl: serviceTtl, data: `${entry.type}.local` },
  ...uniqueServiceRecords(entry),
];

const wireName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .map((label) => Buffer.concat([Buffer.of(Buffer.byteLength(label)), Buffer.from(label)])),
    Buffer.of(0),
  ]);

/** Record data as uncompressed wire bytes: what tie-breaks and comparisons look at. */
export const recordBytes = (record: MdnsRecord): Buffer => {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return addressBytes(record.data);
    case 'PTR':
    case 'CNAME':
      return wireName(record.data.toLowerCase());
    case 'SRV': {
      const head = Buffer.alloc(6);
      head.writeUInt16BE(record.data.priority ?? 0, 0);
      head.writeUInt16BE(record.data.weight ?? 0, 2);
      head.writeUInt16BE(record.data.port, 4);
      return Buffer.concat([head, wireName(record.data.target.toLowerCase())]);
    }
    case 'TXT':
      return Buffer.concat(record.data.flatMap((item) => [Buffer.of(item.length), item]));
    case 'NSEC':
      return Buffer.from(record.data.rrtypes.join(' '));
  }
};

/** Same name, type and data; life time and flush bit do not count. */
export const isSameRecord = (a: MdnsRecord, b: MdnsRecord): boolean =>
  a.type === b.type && isSameName(a.name, b.name) && recordBytes(a).equals(recordBytes(b));

const typeNumber: Record<MdnsRecord['type'], number> = {
  A: 1,
  CNAME: 5,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NSEC: 47,
};

const compareRecords = (a: MdnsRecord, b: MdnsRecord): number =>
  typeNumber[a.type] - typeNumber[b.type] || Buffer.compare(recordBytes(a), recordBytes(b));

/**
 * Who wins when two computers probe for one name at once (RFC 6762 section 8.2.1): the lists are sorted and
 * compared pairwise, the later one wins, a list that ends first loses. Above 0: `ours` wins; 0: the same.
 */
export const compareClaims = (ours: MdnsRecord[], theirs: MdnsRecord[]): number => {
  const a = ours.toSorted(compareRecords);
  const b = theirs.toSorted(compareRecords);
  for (const [index, record] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const difference = compareRecords(record, other);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};
