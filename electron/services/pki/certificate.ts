import { X509Certificate, type KeyObject } from 'node:crypto';
import type { NameConstraints } from './constraints.ts';
import * as der from './der.ts';
import * as extensions from './extensions.ts';

/**
 * A certificate as read: node:crypto gives key, dates and signatures of RSA and EC alike; what it does not
 * expose comes from the DER.
 */
export interface Certificate {
  x509: X509Certificate;
  pem: string;
  /** SHA-256, upper-case hex pairs with colons. */
  fingerprint: string;
  /** One line, for example `CN=Mooring registry`. */
  subject: string;
  issuer: string;
  /** The subject exactly as encoded, to stand as issuer in what this CA signs. */
  subjectDer: der.DerNode;
  notBefore: Date;
  notAfter: Date;
  publicKey: KeyObject;
  isCa: boolean;
  isSelfSigned: boolean;
  /** Null: not limited. */
  pathLength: number | null;
  /** Null: any. */
  extendedKeyUsage: string[] | null;
  subjectKeyId: Buffer | null;
  constraints: NameConstraints | null;
  names: string[];
  addresses: string[];
  /** Object identifier of the signature. */
  signatureId: string;
  /** Critical extensions that nobody here understands. */
  unknownCritical: string[];
}

const known = new Set<string>(Object.values(extensions.extensionIds));

const oneLine = (name: string): string => name.split('\n').join(', ');

const partsOf = (raw: Buffer) => {
  const [body, signature] = der.childrenOf(der.decode(raw));
  const fields = der.childrenOf(body);
  // Version 1 certificates have no version field.
  const offset = fields[0] && der.tagOf(fields[0]) === 0 ? 1 : 0;
  const wrapped = fields.find((field) => der.tagOf(field) === 3);
  const list = wrapped ? der.childrenOf(der.childrenOf(wrapped)[0]).map(extensions.readExtension) : [];
  return {
    subjectDer: fields[offset + 4],
    signatureId: der.oidOf(der.childrenOf(signature)[0]),
    list,
  };
};

const readExtensions = (list: readonly extensions.RawExtension[]) => {
  const read = <T>(id: string, reader: (value: Buffer) => T): T | null => {
    const found = list.find((item) => item.id === id);
    return found ? reader(found.value) : null;
  };
  const ids = extensions.extensionIds;
  const altNames = read(ids.subjectAltName, extensions.readAltNames);
  return {
    pathLength: read(ids.basicConstraints, extensions.readPathLength),
    keyUsage: read(ids.keyUsage, extensions.readKeyUsage),
    extendedKeyUsage: read(ids.extendedKeyUsage, extensions.readExtendedKeyUsage),
    subjectKeyId: read(ids.subjectKeyId, extensions.readSubjectKeyId),
    constraints: read(ids.nameConstraints, extensions.readNameConstraints),
    names: altNames?.names ?? [],
    addresses: altNames?.addresses ?? [],
    unknownCritical: list.filter((item) => item.isCritical && !known.has(item.id)).map((item) => item.id),
  };
};

/** @throws Error when it is not a certificate that can be understood */
export const readCertificate = (pem: string): Certificate => {
  const x509 = new X509Certificate(pem);
  const { subjectDer, signatureId, list } = partsOf(x509.raw);
  if (!subjectDer) throw new Error('the certificate has no subject');
  const { keyUsage, ...fields } = readExtensions(list);
  const { publicKey } = x509;
  return {
    x509,
    pem: x509.toString(),
    fingerprint: x509.fingerprint256,
    subject: oneLine(x509.subject ?? ''),
    issuer: oneLine(x509.issuer ?? ''),
    subjectDer,
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    publicKey,
    isCa: x509.ca && (keyUsage === null || keyUsage.includes('keyCertSign')),
    isSelfSigned: x509.checkIssued(x509) && x509.verify(publicKey),
    signatureId,
    ...fields,
  };
};

/** Every certificate in a PEM text, in order; text between them is ignored. */
export const readCertificates = (text: string): Certificate[] =>
  (text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(readCertificate);

/** Whether `issuer` signed `certificate`. */
export const isIssuedBy = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.publicKey);
