import type { KeyObject } from 'node:crypto';
import { AppError } from '#shared/errors.ts';
import type { PermittedNames } from '#shared/model/pki.ts';
import { isIssuedBy, type Certificate } from './certificate.ts';
import { constraintsOf } from './constraints.ts';
import * as extensions from './extensions.ts';
import { keyId } from './keys.ts';
import { commonName, organization, signCertificate, subjectOf } from './sign.ts';

const dayMs = 86_400_000;
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
  const subject = subjectOf([
    [organization, 'Mooring'],
    [commonName, `Mooring CA ${label} ${id.toString('hex').slice(0, 8)}`],
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
    subject: subjectOf([[commonName, 'Mooring registry']]),
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
