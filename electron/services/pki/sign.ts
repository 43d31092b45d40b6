import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { readCertificate, type Certificate } from './certificate.ts';
import * as der from './der.ts';
import { describeKey, publicKeyInfo } from './keys.ts';

/** Object identifiers of the attributes of a subject. */
export const commonName = '2.5.4.3';
export const organization = '2.5.4.10';

/** Object identifiers of signatures, and the hash node:crypto takes for them. */
const signatures = {
  rsa: { id: '1.2.840.113549.1.1.11', hash: 'sha256', parameters: [der.nothing()] },
  'P-256': { id: '1.2.840.10045.4.3.2', hash: 'sha256', parameters: [] },
  'P-384': { id: '1.2.840.10045.4.3.3', hash: 'sha384', parameters: [] },
};

const signatureOf = (key: KeyObject) => {
  const { algorithm } = describeKey(key);
  if (algorithm === 'EC P-256') return signatures['P-256'];
  return algorithm === 'EC P-384' ? signatures['P-384'] : signatures.rsa;
};

/** A distinguished name, one attribute after the other. */
export const subjectOf = (parts: readonly [id: string, text: string][]): der.DerNode =>
  der.sequence(...parts.map(([id, text]) => der.setOf(der.sequence(der.oid(id), der.utf8String(text)))));

/**
 * Signs a version 3 certificate with a random 128-bit serial. One path for RSA and EC: node-forge encodes,
 * node:crypto signs (node-forge has no ECDSA).
 */
export const signCertificate = (fields: {
  subject: der.DerNode;
  issuer: der.DerNode;
  publicKey: KeyObject;
  signingKey: KeyObject;
  notBefore: Date;
  notAfter: Date;
  extensions: der.DerNode[];
}): Certificate => {
  const { id, hash, parameters } = signatureOf(fields.signingKey);
  const algorithm = der.sequence(der.oid(id), ...parameters);
  const body = der.sequence(
    der.tagged(0, [der.integer(Buffer.from([2]))]),
    der.integer(randomBytes(16)),
    algorithm,
    fields.issuer,
    der.sequence(der.time(fields.notBefore), der.time(fields.notAfter)),
    fields.subject,
    publicKeyInfo(fields.publicKey),
    der.tagged(3, [der.sequence(...fields.extensions)]),
  );
  const signature = sign(hash, der.encode(body), fields.signingKey);
  const base64 = der.encode(der.sequence(body, algorithm, der.bitString(signature))).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return readCertificate(
    ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  );
};
