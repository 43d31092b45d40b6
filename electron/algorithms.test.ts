import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { sshAlgorithms, tlsAlgorithms } from './algorithms.ts';
import { checkAlgorithms, type CryptoRuntime, missingAlgorithms } from './check-algorithms.ts';

test('this runtime has every algorithm of the list', () => {
  expect(missingAlgorithms()).toEqual([]);
  expect(() => checkAlgorithms()).not.toThrow();
});

test('a runtime without one of them is refused, by name', () => {
  const poorer: CryptoRuntime = {
    tls,
    crypto: {
      ...crypto,
      createECDH(curve) {
        if (curve === 'secp384r1') throw new Error('unknown curve');
        return crypto.createECDH(curve);
      },
    },
  };
  expect(missingAlgorithms(poorer)).toEqual(['secp384r1']);
  expect(() => checkAlgorithms(poorer)).toThrow(
    expect.objectContaining({ code: 'CRYPTO_UNAVAILABLE', details: { algorithm: 'secp384r1' } }),
  );
});

test('a TLS library without a listed suite is noticed', () => {
  const poorer: CryptoRuntime = {
    crypto,
    tls: {
      createSecureContext(options) {
        if (options?.ciphers === 'ECDHE-RSA-AES128-GCM-SHA256') throw new Error('no cipher match');
        return tls.createSecureContext(options);
      },
    },
  };
  expect(missingAlgorithms(poorer)).toEqual(['ECDHE-RSA-AES128-GCM-SHA256']);
});

test('ssh2 knows every name of its lists, and nothing rests on what BoringSSL lacks', () => {
  const known = createRequire(import.meta.url)('ssh2/lib/protocol/constants.js') as Record<string, string[]>;
  expect(known.SUPPORTED_KEX).toEqual(expect.arrayContaining(sshAlgorithms.kex));
  expect(known.SUPPORTED_CIPHER).toEqual(expect.arrayContaining(sshAlgorithms.cipher));
  expect(known.SUPPORTED_MAC).toEqual(expect.arrayContaining(sshAlgorithms.hmac));
  expect(known.SUPPORTED_SERVER_HOST_KEY).toEqual(expect.arrayContaining(sshAlgorithms.serverHostKey));
  expect(JSON.stringify([sshAlgorithms, tlsAlgorithms])).not.toMatch(/chacha|diffie-hellman|sha1/i);
});
