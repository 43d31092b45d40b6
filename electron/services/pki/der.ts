import forge from 'node-forge';

/** DER building blocks on forge.asn1, which speaks binary strings; everything else here speaks Buffers. */
export type DerNode = forge.asn1.Asn1;

const { asn1 } = forge;
const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;

const primitive = (type: forge.asn1.Type, bytes: Uint8Array): DerNode =>
  asn1.create(UNIVERSAL, type, false, Buffer.from(bytes).toString('latin1'));

export const sequence = (...items: DerNode[]): DerNode =>
  asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, items);
export const setOf = (...items: DerNode[]): DerNode => asn1.create(UNIVERSAL, asn1.Type.SET, true, items);
export const oid = (dotted: string): DerNode =>
  asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
export const octetString = (bytes: Uint8Array): DerNode => primitive(asn1.Type.OCTETSTRING, bytes);
export const bitString = (bytes: Uint8Array, unusedBits = 0): DerNode =>
  primitive(asn1.Type.BITSTRING, Buffer.concat([Buffer.from([unusedBits]), bytes]));
export const utf8String = (text: string): DerNode => primitive(asn1.Type.UTF8, Buffer.from(text, 'utf8'));
export const isTrue = (): DerNode => primitive(asn1.Type.BOOLEAN, Buffer.from([0xff]));
export const nothing = (): DerNode => primitive(asn1.Type.NULL, Buffer.alloc(0));

/** A non-negative INTEGER from big-endian bytes, in as few bytes as DER allows. */
export const integer = (bytes: Uint8Array): DerNode => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  const isNegative = ((digits[0] ?? 0) & 0x80) !== 0;
  return primitive(asn1.Type.INTEGER, isNegative ? Buffer.concat([Buffer.from([0]), digits]) : digits);
};

/** UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5). */
export const time = (date: Date): DerNode =>
  date.getUTCFullYear() < 2050
    ? asn1.create(UNIVERSAL, asn1.Type.UTCTIME, false, asn1.dateToUtcTime(date))
    : asn1.create(UNIVERSAL, asn1.Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date));

/** A context-specific tag around nodes (constructed) or bytes (primitive). */
export const tagged = (tag: number, value: DerNode[] | Uint8Array): DerNode =>
  Array.isArray(value)
    ? asn1.create(CONTEXT_SPECIFIC, tag, true, value)
    : asn1.create(CONTEXT_SPECIFIC, tag, false, Buffer.from(value).toString('latin1'));

export const encode = (node: DerNode): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'latin1');

/** The options that node-forge takes here, which its types do not know. */
const fromDer = asn1.fromDer as unknown as (
  bytes: forge.util.ByteStringBuffer,
  options: { strict: boolean; parseAllBytes: boolean; decodeBitStrings: boolean },
) => DerNode;

/** @throws when the bytes are not one DER value */
export const decode = (bytes: Uint8Array): DerNode =>
  fromDer(forge.util.createBuffer(Buffer.from(bytes).toString('latin1')), {
    strict: true,
    parseAllBytes: true,
    decodeBitStrings: false,
  });

export const childrenOf = (node: DerNode | undefined): DerNode[] => {
  if (!node || !Array.isArray(node.value)) throw new Error('DER: a constructed value was expected');
  return node.value;
};

export const bytesOf = (node: DerNode | undefined): Buffer => {
  if (!node || typeof node.value !== 'string') throw new Error('DER: a primitive value was expected');
  return Buffer.from(node.value, 'latin1');
};

export const oidOf = (node: DerNode | undefined): string =>
  asn1.derToOid(forge.util.createBuffer(bytesOf(node).toString('latin1')));

/** The tag number of a context-specific value, null for a universal one. */
export const tagOf = (node: DerNode): number | null =>
  node.tagClass === CONTEXT_SPECIFIC ? Number(node.type) : null;
