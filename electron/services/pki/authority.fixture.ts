import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import * as der from './der.ts';
import { keyUsage, subjectKeyId, type KeyUsage } from './extensions.ts';
import { keyId, privatePem } from './keys.ts';
import { commonName, signCertificate, subjectOf } from './sign.ts';

/** Authorities as other people make them, good and bad, for the tests of this room. */
export interface Authority {
  certificate: Certificate;
  key: KeyObject;
  pem: string;
  keyPem: string;
}

const dayMs = 86_400_000;

export const newKey = {
  rsa: (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength }).privateKey,
  ec: (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey,
};

export const rawExtension = (id: string, isCritical: boolean, value: der.DerNode): der.DerNode =>
  der.sequence(der.oid(id), ...(isCritical ? [der.isTrue()] : []), der.octetString(der.encode(value)));

const caExtension = (isCa: boolean, pathLength: number | undefined): der.DerNode =>
  rawExtension(
    '2.5.29.19',
    true,
    der.sequence(
      ...(isCa ? [der.isTrue()] : []),
      ...(pathLength === undefined ? [] : [der.integer(Buffer.from([pathLength]))]),
    ),
  );

export const makeAuthority = (options: {
  name: string;
  key?: KeyObject;
  issuer?: Authority;
  isCa?: boolean;
  usages?: KeyUsage[];
  pathLength?: number;
  /** Days from now; negative is past. */
  from?: number;
  until?: number;
  extra?: der.DerNode[];
}): Authority => {
  const { name, key = newKey.ec(), issuer, isCa = true, usages = ['keyCertSign', 'cRLSign'] } = options;
  const { from = -30, until = 365, extra = [], pathLength } = options;
  const subject = subjectOf([[commonName, name]]);
  const certificate = signCertificate({
    subject,
    issuer: issuer?.certificate.subjectDer ?? subject,
    publicKey: key,
    signingKey: issuer?.key ?? key,
    notBefore: new Date(Date.now() + from * dayMs),
    notAfter: new Date(Date.now() + until * dayMs),
    extensions: [caExtension(isCa, pathLength), keyUsage(usages), subjectKeyId(keyId(key)), ...extra],
  });
  return { certificate, key, pem: certificate.pem, keyPem: privatePem(key) };
};

const nameConstraintsId = '2.5.29.30';

/** A name constraints extension with DNS subtrees, permitted or excluded. */
export const dnsConstraints = (tag: 0 | 1, ...subtrees: string[]): der.DerNode =>
  rawExtension(
    nameConstraintsId,
    true,
    der.sequence(
      der.tagged(
        tag,
        subtrees.map((subtree) => der.sequence(der.tagged(2, Buffer.from(subtree)))),
      ),
    ),
  );

/** A name constraints extension that permits subjects under `O=Acme` only. */
export const directoryConstraints = (): der.DerNode =>
  rawExtension(
    nameConstraintsId,
    true,
    der.sequence(der.tagged(0, [der.sequence(der.tagged(4, [subjectOf([['2.5.4.10', 'Acme']])]))])),
  );

/** Extended key usage with one purpose. */
export const purpose = (id: string): der.DerNode =>
  rawExtension('2.5.29.37', false, der.sequence(der.oid(id)));
