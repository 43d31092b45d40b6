import crypto from 'node:crypto';
import tls from 'node:tls';
import { AppError } from '#shared/errors.ts';
import { pemAlgorithms, tlsAlgorithms } from './algorithms.ts';

/** The parts of the runtime that are asked; a test passes a poorer one. */
export interface CryptoRuntime {
  crypto: Pick<
    typeof crypto,
    'createHash' | 'createHmac' | 'createCipheriv' | 'createECDH' | 'generateKeyPairSync'
  >;
  tls: Pick<typeof tls, 'createSecureContext'>;
}

const attempts = (runtime: CryptoRuntime): [name: string, attempt: () => unknown][] => [
  ...pemAlgorithms.hashes.map((name): [string, () => unknown] => [
    name,
    () => [runtime.crypto.createHash(name), runtime.crypto.createHmac(name, 'key')],
  ]),
  ...pemAlgorithms.curves.map((name): [string, () => unknown] => [
    name,
    () => runtime.crypto.createECDH(name).generateKeys(),
  ]),
  ...Object.entries(pemAlgorithms.ciphers).map(([name, length]): [string, () => unknown] => [
    name,
    () =>
      runtime.crypto.createCipheriv(name, Buffer.alloc(length), Buffer.alloc(name.endsWith('gcm') ? 12 : 16)),
  ]),
  // RSA is left out: making a key takes long, and no runtime that has TLS lacks it.
  ['x25519', () => runtime.crypto.generateKeyPairSync('x25519')],
  ['ed25519', () => runtime.crypto.generateKeyPairSync('ed25519')],
  ...tlsAlgorithms.ciphers
    .split(':')
    .filter((name) => !name.startsWith('TLS_'))
    .map((name): [string, () => unknown] => [
      name,
      () => runtime.tls.createSecureContext({ ...tlsAlgorithms, ciphers: name }),
    ]),
];

/** Names of the listed algorithms that this runtime cannot do, found by using each once (a few ms). */
export const missingAlgorithms = (runtime: CryptoRuntime = { crypto, tls }): string[] =>
  attempts(runtime).flatMap(([name, attempt]) => {
    try {
      attempt();
      return [];
    } catch {
      return [name];
    }
  });

/**
 * Called once at start, before anything is made with a poorer runtime.
 * @throws AppError CRYPTO_UNAVAILABLE naming what is missing
 */
export const checkAlgorithms = (runtime?: CryptoRuntime): void => {
  const missing = missingAlgorithms(runtime);
  if (missing.length > 0) throw new AppError('CRYPTO_UNAVAILABLE', { algorithm: missing.join(', ') });
};
