import { parseAddress, formatAddress } from './address.ts';
import type { NameConstraints } from './constraints.ts';
import * as der from './der.ts';

/** Object identifiers of RFC 5280 section 4.2. */
export const extensionIds = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

export const usageIds = { serverAuth: '1.3.6.1.5.5.7.3.1', any: '2.5.29.37.0' } as const;

/** Bits of KeyUsage, counted from the left. */
export const keyUsageBits = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const;
export type KeyUsage = keyof typeof keyUsageBits;

/** GeneralName tags that matter here. */
const dnsTag = 2;
const directoryTag = 4;
const ipTag = 7;

const extension = (id: string, isCritical: boolean, value: der.DerNode): der.DerNode =>
  der.sequence(der.oid(id), ...(isCritical ? [der.isTrue()] : []), der.octetString(der.encode(value)));

/** @param pathLength null for a certificate that is not a CA */
export const basicConstraints = (pathLength: number | null): der.DerNode =>
  extension(
    extensionIds.basicConstraints,
    true,
    pathLength === null ? der.sequence() : der.sequence(der.isTrue(), der.integer(Buffer.from([pathLength]))),
  );

export const keyUsage = (usages: readonly KeyUsage[]): der.DerNode => {
  const bits = usages.map((usage) => keyUsageBits[usage]);
  const byte = bits.reduce<number>((sum, bit) => sum | (0x80 >> bit), 0);
  return extension(extensionIds.keyUsage, true, der.bitString(Buffer.from([byte]), 7 - Math.max(...bits)));
};

export const serverAuth = (): der.DerNode =>
  extension(extensionIds.extendedKeyUsage, false, der.sequence(der.oid(usageIds.serverAuth)));

export const subjectKeyId = (id: Uint8Array): der.DerNode =>
  extension(extensionIds.subjectKeyId, false, der.octetString(id));

export const authorityKeyId = (id: Uint8Array): der.DerNode =>
  extension(extensionIds.authorityKeyId, false, der.sequence(der.tagged(0, id)));

export const subjectAltName = (names: readonly string[], addresses: readonly string[]): der.DerNode =>
  extension(
    extensionIds.subjectAltName,
    false,
    der.sequence(
      ...names.map((name) => der.tagged(dnsTag, Buffer.from(name, 'ascii'))),
      ...addresses.map((address) => der.tagged(ipTag, parseAddress(address) ?? Buffer.alloc(0))),
    ),
  );

/** Critical, with `permittedSubtrees` alone: an iPAddress is network address and mask, a dNSName has no dot in front. */
export const nameConstraints = ({ permitted }: NameConstraints): der.DerNode =>
  extension(
    extensionIds.nameConstraints,
    true,
    der.sequence(
      der.tagged(0, [
        ...permitted.dns.map((name) => der.sequence(der.tagged(dnsTag, Buffer.from(name, 'ascii')))),
        ...permitted.ip.map(({ address, mask }) =>
          der.sequence(der.tagged(ipTag, Buffer.concat([address, mask]))),
        ),
      ]),
    ),
  );

/** One extension as read: the DER inside its OCTET STRING is still closed. */
export interface RawExtension {
  id: string;
  isCritical: boolean;
  value: Buffer;
}

export const readExtension = (node: der.DerNode): RawExtension => {
  const parts = der.childrenOf(node);
  return { id: der.oidOf(parts[0]), isCritical: parts.length === 3, value: der.bytesOf(parts.at(-1)) };
};

export const readPathLength = (value: Buffer): number | null => {
  const [isCa, length] = der.childrenOf(der.decode(value));
  return isCa && length ? der.bytesOf(length).readUIntBE(0, der.bytesOf(length).length) : null;
};

export const readKeyUsage = (value: Buffer): KeyUsage[] => {
  const bits = der.bytesOf(der.decode(value)).subarray(1);
  return (Object.keys(keyUsageBits) as KeyUsage[]).filter((usage) => {
    const bit = keyUsageBits[usage];
    return ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  });
};

export const readExtendedKeyUsage = (value: Buffer): string[] =>
  der.childrenOf(der.decode(value)).map(der.oidOf);

export const readSubjectKeyId = (value: Buffer): Buffer => der.bytesOf(der.decode(value));

export const readAltNames = (value: Buffer): { names: string[]; addresses: string[] } => {
  const all = der.childrenOf(der.decode(value));
  const ofTag = (tag: number) => all.filter((node) => der.tagOf(node) === tag).map(der.bytesOf);
  return {
    names: ofTag(dnsTag).map((bytes) => bytes.toString('latin1').toLowerCase()),
    addresses: ofTag(ipTag)
      .filter((bytes) => bytes.length === 4 || bytes.length === 16)
      .map(formatAddress),
  };
};

export const readNameConstraints = (value: Buffer): NameConstraints => {
  const parts = der.childrenOf(der.decode(value));
  const bases = (tag: number): der.DerNode[] =>
    parts
      .filter((part) => der.tagOf(part) === tag)
      .flatMap((part) => der.childrenOf(part).map((subtree) => der.childrenOf(subtree)[0]))
      .filter((base) => base !== undefined);
  const subtrees = (nodes: der.DerNode[]) => ({
    dns: nodes
      .filter((node) => der.tagOf(node) === dnsTag)
      .map((node) => der.bytesOf(node).toString('latin1')),
    ip: nodes
      .filter((node) => der.tagOf(node) === ipTag)
      .map(der.bytesOf)
      .map((bytes) => ({
        address: bytes.subarray(0, bytes.length / 2),
        mask: bytes.subarray(bytes.length / 2),
      })),
  });
  const [permitted, excluded] = [bases(0), bases(1)];
  return {
    permitted: subtrees(permitted),
    excluded: subtrees(excluded),
    hasDirectoryNames: [...permitted, ...excluded].some((node) => der.tagOf(node) === directoryTag),
  };
};
