import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { PermittedNames } from '#shared/model/pki.ts';
import { isIssuedBy, readCertificate, type Certificate } from './certificate.ts';
import { constraintsOf } from './constraints.ts';
import * as der from './der.ts';
import * as extensions from './extensions.ts';
import { describeKey, keyId, publicKeyInfo } from './keys.ts';

const dayMs = 86_400_000;
const commonNameId = '2.5.4.3';
const organizationId = '2.5.4.10';

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

const nameOf = (parts: readonly [id: string, text: string][]): der.DerNode =>
  der.sequence(...parts.map(([id, text]) => der.setOf(der.sequence(der.oid(id), der.utf8String(text)))));

/** One path for RSA and EC: node-forge encodes, node:crypto signs (node-forge has no ECDSA). */
const signCertificate = (fields: {
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

/** Whole seconds, as certificates have them. */
const toSecond = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);

/** A day back, because the clocks of edge devices lag. */
const startOf = (now: Date): Date => toSecond(now.getTime() - dayMs);

const addYears = (date: Date, years: number): Date => {
  const end = new Date(date);
  end.setUTCFullYear(date.getUTCFullYear() + years);
  return end;
};

/**
 * A self-signed root with path length 0.
 * @param permitted null makes a CA that may vouch for any name
 */
export const issueCa = (options: {
  key: KeyObject;
  hostName: string;
  years: number;
  permitted: PermittedNames | null;
  now: Date;
}): Certificate => {
  const { key, permitted } = options;
  const notBefore = startOf(options.now);
  const id = keyId(key);
  // The key's own digits keep the subjects of two CAs apart; a common name has at most 64 characters.
  const label = [...options.hostName].slice(0, 30).join('');
  const subject = nameOf([
    [organizationId, 'Mooring'],
    [commonNameId, `Mooring CA ${label} ${id.toString('hex').slice(0, 8)}`],
  ]);
  return signCertificate({
    subject,
    issuer: subject,
    publicKey: key,
    signingKey: key,
    notBefore,
    notAfter: addYears(notBefore, options.years),
    extensions: [
      extensions.basicConstraints(0),
      extensions.keyUsage(['keyCertSign', 'cRLSign']),
      extensions.subjectKeyId(id),
      extensions.authorityKeyId(id),
      ...(permitted ? [extensions.nameConstraints(constraintsOf(permitted))] : []),
    ],
  });
};

const earliest = (dates: readonly Date[]): Date => new Date(Math.min(...dates.map(Number)));
const latest = (dates: readonly Date[]): Date => new Date(Math.max(...dates.map(Number)));

/**
 * The server certificate. It never lives longer than a CA above it.
 * @param chain the issuing CA first, then its issuers
 * @throws AppError CA_EXPIRED
 */
export const issueLeaf = (options: {
  key: KeyObject;
  chain: readonly [Certificate, ...Certificate[]];
  caKey: KeyObject;
  days: number;
  names: readonly string[];
  addresses: readonly string[];
  now: Date;
}): Certificate => {
  const { key, chain, caKey, now } = options;
  const [ca] = chain;
  const end = earliest(chain.map((certificate) => certificate.notAfter));
  if (end <= now) throw new AppError('CA_EXPIRED', { notAfter: end.toISOString().slice(0, 10) });
  const notBefore = latest([startOf(now), ...chain.map((certificate) => certificate.notBefore)]);
  const isRsa = key.asymmetricKeyType === 'rsa';
  const leaf = signCertificate({
    subject: nameOf([[commonNameId, 'Mooring registry']]),
    issuer: ca.subjectDer,
    publicKey: key,
    signingKey: caKey,
    notBefore,
    notAfter: earliest([new Date(notBefore.getTime() + options.days * dayMs), end]),
    extensions: [
      extensions.basicConstraints(null),
      extensions.keyUsage(isRsa ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature']),
      extensions.serverAuth(),
      extensions.subjectKeyId(keyId(key)),
      ...(ca.subjectKeyId ? [extensions.authorityKeyId(ca.subjectKeyId)] : []),
      extensions.subjectAltName(options.names, options.addresses),
    ],
  });
  // The last look before it is served: a certificate that devices would refuse is never written.
  if (!isIssuedBy(leaf, ca)) throw new Error('the certificate just signed does not verify under its CA');
  return leaf;
};
