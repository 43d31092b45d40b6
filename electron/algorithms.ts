import type { Algorithms } from 'ssh2';

/**
 * The one allow-list of algorithms. Node's OpenSSL and Electron's BoringSSL both have everything in it, so a
 * folder, a certificate or a connection made by one host works in the others. No finite-field DH; no chacha20
 * but in the TLS of the registry, for devices that have no AES in their processor.
 */

/** Options for every TLS server and client; TLS 1.3 suites first, then TLS 1.2. */
export const tlsAlgorithms = {
  minVersion: 'TLSv1.2',
  ecdhCurve: 'X25519:P-256:P-384',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
  ].join(':'),
} as const;

/** The `algorithms` option of ssh2. */
export const sshAlgorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
} satisfies Algorithms;

/** What keys, certificates and secrets at rest are made of, in the names of node:crypto. */
export const pemAlgorithms = {
  hashes: ['sha256', 'sha384', 'sha512'],
  curves: ['prime256v1', 'secp384r1'],
  /** Key length in bytes by cipher: GCM for what is sealed, CTR for ssh, CBC for imported encrypted keys. */
  ciphers: {
    'aes-128-gcm': 16,
    'aes-256-gcm': 32,
    'aes-128-ctr': 16,
    'aes-256-ctr': 32,
    'aes-128-cbc': 16,
    'aes-256-cbc': 32,
  },
} as const;
