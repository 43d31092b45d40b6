import net from 'node:net';

/** A block of IP addresses: network address and mask, 4 or 16 bytes each (RFC 5280 section 4.2.1.10). */
export interface IpRange {
  address: Buffer;
  mask: Buffer;
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

const parseIpv6 = (text: string): Buffer => {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const [a = 0, b = 0, c = 0, d = 0] = dotted?.slice(1).map(Number) ?? [];
  const plain = dotted
    ? text.slice(0, dotted.index) + [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(':')
    : text;
  const [head = '', tail] = plain.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
};

/** Bytes of an IPv4 or IPv6 address in text form, a zone (`%eth0`) taken away; null for anything else. */
export const parseAddress = (text: string): Buffer | null => {
  const [plain = ''] = text.split('%');
  if (net.isIPv4(plain)) return Buffer.from(plain.split('.').map(Number));
  return net.isIPv6(plain) ? parseIpv6(plain) : null;
};

/** The usual text form of 4 or 16 bytes. */
export const formatAddress = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join('.');
  const view = Buffer.from(bytes);
  const groups = Array.from({ length: 8 }, (_, index) => view.readUInt16BE(index * 2).toString(16));
  return new net.SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
};

const maskOf = (length: number, prefix: number): Buffer =>
  Buffer.from(
    Array.from({ length }, (_, index) => (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))) & 0xff),
  );

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address; host bits are cleared; null when it is none. */
export const parseRange = (text: string): IpRange | null => {
  const [base = '', prefixText, ...rest] = text.split('/');
  const address = parseAddress(base);
  if (!address || rest.length > 0 || base.includes('%')) return null;
  const bits = address.length * 8;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  if (prefix > bits) return null;
  const mask = maskOf(address.length, prefix);
  return { address: Buffer.from(address.map((byte, index) => byte & (mask[index] ?? 0))), mask };
};

/** CIDR notation; a mask with holes is written out. */
export const formatRange = ({ address, mask }: IpRange): string => {
  const bits = Array.from(mask, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const isPrefix = /^1*0*$/.test(bits);
  return `${formatAddress(address)}/${isPrefix ? bits.replace(/0+$/, '').length : formatAddress(mask)}`;
};

/** Whether a range of the same family contains the address. */
export const isInRange = (range: IpRange, address: Uint8Array): boolean =>
  range.address.length === address.length &&
  address.every((byte, index) => {
    const mask = range.mask[index] ?? 0;
    return (byte & mask) === ((range.address[index] ?? 0) & mask);
  });
