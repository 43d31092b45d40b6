import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '#shared/errors.ts';
import type { LeafOptions } from '#shared/model/pki.ts';
import * as der from './der.ts';

export type KeyAlgorithm = LeafOptions['algorithm'];

const generate = promisify(generateKeyPair);

/** A new private key, made by node:crypto off the main thread. */
export const generateKey = async (algorithm: KeyAlgorithm): Promise<KeyObject> => {
  const [type, size] = algorithm.split('-');
  if (type === 'ec') {
    return (await generate('ec', { namedCurve: size === 'p384' ? 'P-384' : 'P-256' })).privateKey;
  }
  return (await generate('rsa', { modulusLength: Number(size) })).privateKey;
};

export const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const curveNames: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384' };

/** What kind of key this is, in words, and why Mooring cannot sign with it if so. */
export const describeKey = (
  key: KeyObject,
): { algorithm: string; unsupported: string | null; isWeak: boolean } => {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    const algorithm = `RSA ${modulusLength}`;
    // Go refuses to verify with larger RSA keys.
    const unsupported = modulusLength > 8192 ? `${algorithm} (more than 8192 bits)` : null;
    return { algorithm, unsupported, isWeak: modulusLength < 2048 };
  }
  const curve = key.asymmetricKeyType === 'ec' ? curveNames[namedCurve] : undefined;
  if (curve) return { algorithm: `EC ${curve}`, unsupported: null, isWeak: false };
  const algorithm = [key.asymmetricKeyType, namedCurve].filter(Boolean).join(' ');
  return { algorithm, unsupported: algorithm, isWeak: false };
};

const spkiOf = (key: KeyObject): Buffer => {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ type: 'spki', format: 'der' });
};

/** SubjectPublicKeyInfo as DER. */
export const publicKeyInfo = (key: KeyObject): der.DerNode => der.decode(spkiOf(key));

/** A key identifier: the first 160 bits of the SHA-256 of the public key (RFC 7093 section 2, method 1). */
export const keyId = (key: KeyObject): Buffer => {
  const publicKey = der.bytesOf(der.childrenOf(publicKeyInfo(key))[1]).subarray(1);
  return createHash('sha256').update(publicKey).digest().subarray(0, 20);
};

export const isSameKey = (one: KeyObject, other: KeyObject): boolean => spkiOf(one).equals(spkiOf(other));

const isEncrypted = (pem: string): boolean =>
  /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:\s*4,ENCRYPTED/m.test(pem);

/**
 * Reads a private key in PEM: PKCS#8, PKCS#1 or SEC1, encrypted or not.
 * @throws AppError CA_IMPORT_KEY_LOCKED, CA_IMPORT_UNREADABLE
 */
export const readPrivateKey = (pem: string, passphrase: string): KeyObject => {
  try {
    return createPrivateKey(passphrase === '' ? pem : { key: pem, passphrase });
  } catch (cause) {
    if (isEncrypted(pem)) throw new AppError('CA_IMPORT_KEY_LOCKED', {}, { cause });
    const problem = pem.includes('-----BEGIN CERTIFICATE-----')
      ? 'This is a certificate, not a private key.'
      : 'No private key in PKCS#8, PKCS#1 or SEC1 form was found in it.';
    throw new AppError('CA_IMPORT_UNREADABLE', { field: 'The CA key', problem }, { cause });
  }
};
