import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import {
  directoryConstraints,
  dnsConstraints,
  makeAuthority,
  newKey,
  purpose,
  rawExtension,
  type Authority,
} from './authority.fixture.ts';
import * as der from './der.ts';
import { readImport } from './import.ts';
import { describeKey } from './keys.ts';
import type { San } from './san.ts';

const noSan: San = { names: [], addresses: [] };
const read = (certificatePem: string, keyPem = '', passphrase = '', san = noSan) =>
  readImport({ certificatePem, keyPem, passphrase }, san, new Date());

const refusal = (work: () => unknown): AppError => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const good = makeAuthority({ name: 'Good root' });
const root = makeAuthority({ name: 'Corporate root' });
const middle = makeAuthority({ name: 'Middle', issuer: root });
const issuing = makeAuthority({ name: 'Issuing', issuer: middle });

/** A root made by node-forge itself, for what our own signing refuses to make. */
const forgeRoot = (bits: number, digest: forge.md.MessageDigest): string => {
  const keys = forge.pki.rsa.generateKeyPair({ bits });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  certificate.setSubject([{ name: 'commonName', value: 'Old root' }]);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ]);
  certificate.sign(keys.privateKey, digest);
  return forge.pki.certificateToPem(certificate);
};

/** A self-signed CA with a key that Mooring cannot sign with; nobody needs its signature to be right. */
const withKey = (type: 'ed25519' | 'P-521'): string => {
  const key =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519').publicKey
      : generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey;
  const [body, ...signature] = der.childrenOf(der.decode(good.certificate.x509.raw));
  const fields = der.childrenOf(body);
  fields[6] = der.decode(key.export({ type: 'spki', format: 'der' }));
  const raw = der.encode(der.sequence(der.sequence(...fields), ...signature));
  return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64')}\n-----END CERTIFICATE-----\n`;
};

describe('a good CA', () => {
  const kinds: [string, Authority][] = [
    ['RSA 2048', makeAuthority({ name: 'RSA', key: newKey.rsa() })],
    ['EC P-256', makeAuthority({ name: 'P-256', key: newKey.ec('P-256') })],
    ['EC P-384', makeAuthority({ name: 'P-384', key: newKey.ec('P-384') })],
  ];
  test.each(kinds)('%s is read with its key in every usual form', (algorithm, { pem, key, keyPem }) => {
    const forms = [keyPem];
    if (algorithm.startsWith('EC')) forms.push(key.export({ type: 'sec1', format: 'pem' }).toString());
    else forms.push(key.export({ type: 'pkcs1', format: 'pem' }).toString());
    for (const form of forms) {
      const ca = read(pem, form);
      expect(ca.key && describeKey(ca.key).algorithm).toBe(algorithm);
      expect(ca.chain).toHaveLength(1);
    }
  });

  test('without its key can still be distributed', () => {
    expect(read(good.pem).key).toBeNull();
    expect(read(good.pem, ' \n').key).toBeNull();
  });

  test('an encrypted key opens with its passphrase', () => {
    const encrypted = good.key
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
      .toString();
    expect(read(good.pem, encrypted, 'open sesame').key).not.toBeNull();
    for (const passphrase of ['', 'wrong']) {
      expect(refusal(() => read(good.pem, encrypted, passphrase)).code).toBe('CA_IMPORT_KEY_LOCKED');
    }
  });

  test('an intermediate brings its chain, in whatever order and among other text', () => {
    const other = makeAuthority({ name: 'Unrelated' });
    const pem = ['subject=/CN=Issuing', issuing.pem, other.pem, root.pem, 'x', middle.pem].join('\n');
    const { chain } = read(pem, issuing.keyPem);
    expect(chain.map(({ subject }) => subject)).toEqual(['CN=Issuing', 'CN=Middle', 'CN=Corporate root']);
  });
});

const privateRsaPem = newKey.rsa().export({ type: 'pkcs8', format: 'pem' }).toString();
const far = { from: 10, until: 20 };
const past = { from: -20, until: -10 };
const clientAuth = purpose('1.3.6.1.5.5.7.3.2');
const strange = rawExtension('2.5.29.36', true, der.sequence());
const shortRoot = makeAuthority({ name: 'Short root', pathLength: 0 });
const oneDeep = makeAuthority({ name: 'One deep', pathLength: 1 });
const under = (issuer: Authority, options = {}) => makeAuthority({ name: 'Under', issuer, ...options });
const deeper = under(oneDeep, { name: 'Below one deep' });

const failures: [string, string, () => unknown, Record<string, unknown>?][] = [
  ['an empty text', 'CA_IMPORT_UNREADABLE', () => read('hello')],
  ['a private key instead', 'CA_IMPORT_UNREADABLE', () => read(good.keyPem)],
  ['a cut-off certificate', 'CA_IMPORT_UNREADABLE', () => read(good.pem.replace(/\n.{64}\n/, '\n'))],
  ['a server certificate', 'CA_IMPORT_NOT_CA', () => read(makeAuthority({ name: 'x', isCa: false }).pem)],
  [
    'a CA that may not sign certificates',
    'CA_IMPORT_NOT_CA',
    () => read(makeAuthority({ name: 'x', usages: ['cRLSign'] }).pem),
  ],
  ['an expired CA', 'CA_IMPORT_EXPIRED', () => read(makeAuthority({ name: 'x', ...past }).pem)],
  ['a CA of the future', 'CA_IMPORT_NOT_YET_VALID', () => read(makeAuthority({ name: 'x', ...far }).pem)],
  [
    'a CA whose root has expired',
    'CA_IMPORT_EXPIRED',
    () => {
      const old = makeAuthority({ name: 'Old', ...past });
      return read(under(old).pem + old.pem);
    },
  ],
  ['the key of another CA', 'CA_IMPORT_WRONG_KEY', () => read(good.pem, root.keyPem)],
  ['a key of another kind', 'CA_IMPORT_WRONG_KEY', () => read(good.pem, privateRsaPem)],
  ['a certificate as key', 'CA_IMPORT_UNREADABLE', () => read(good.pem, good.pem), { field: 'The CA key' }],
  ['noise as key', 'CA_IMPORT_UNREADABLE', () => read(good.pem, 'hello'), { field: 'The CA key' }],
  ['RSA 1024', 'CA_IMPORT_WEAK', () => read(forgeRoot(1024, forge.md.sha256.create()))],
  ['a SHA-1 signature', 'CA_IMPORT_WEAK', () => read(forgeRoot(2048, forge.md.sha1.create()))],
  ['an MD5 signature', 'CA_IMPORT_WEAK', () => read(forgeRoot(2048, forge.md.md5.create()))],
  ['an Ed25519 key', 'CA_IMPORT_UNSUPPORTED', () => read(withKey('ed25519')), { problem: 'ed25519' }],
  ['a P-521 key', 'CA_IMPORT_UNSUPPORTED', () => read(withKey('P-521')), { problem: 'ec secp521r1' }],
  [
    'a root of path length 0 above',
    'CA_IMPORT_PATH_LENGTH',
    () => read(under(shortRoot).pem + shortRoot.pem),
  ],
  [
    'a root of path length 1 two above',
    'CA_IMPORT_PATH_LENGTH',
    () => read(under(deeper).pem + deeper.pem + oneDeep.pem),
  ],
  ['an intermediate alone', 'CA_IMPORT_CHAIN', () => read(issuing.pem), { missing: 'CN=Middle' }],
  ['a chain with a hole', 'CA_IMPORT_CHAIN', () => read(issuing.pem + root.pem), { missing: 'CN=Middle' }],
  ['a chain without its root', 'CA_IMPORT_CHAIN', () => read(issuing.pem + middle.pem)],
  [
    'a root of the same name that did not sign',
    'CA_IMPORT_CHAIN',
    () => read(middle.pem + makeAuthority({ name: 'Corporate root' }).pem),
  ],
  [
    'a CA for clients only',
    'CA_IMPORT_USAGE',
    () => read(makeAuthority({ name: 'x', extra: [clientAuth] }).pem),
  ],
  [
    'an unknown critical extension',
    'CA_IMPORT_EXTENSION',
    () => read(makeAuthority({ name: 'x', extra: [strange] }).pem),
    { extension: '2.5.29.36' },
  ],
  [
    'constraints that do not permit the name',
    'CA_IMPORT_CONSTRAINTS',
    () => {
      const ca = makeAuthority({ name: 'x', extra: [dnsConstraints(0, 'acme.example')] });
      return read(ca.pem, '', '', { names: ['reg.acme.example', 'registry.local'], addresses: [] });
    },
    { names: 'registry.local', permitted: 'acme.example, 0.0.0.0/0, ::/0' },
  ],
  [
    'constraints of the root above',
    'CA_IMPORT_CONSTRAINTS',
    () => {
      const ca = makeAuthority({ name: 'x', extra: [dnsConstraints(1, 'local')] });
      return read(under(ca).pem + ca.pem, '', '', { names: ['registry.local'], addresses: [] });
    },
  ],
  [
    'constraints on subjects',
    'CA_IMPORT_CONSTRAINTS',
    () => read(makeAuthority({ name: 'x', extra: [directoryConstraints()] }).pem),
    { names: 'the subject CN=Mooring registry' },
  ],
];
test.each(failures)('%s is refused as %s', (_what, code, work, details) => {
  const error = refusal(work);
  expect(error.code).toBe(code);
  if (details) expect(error.details).toMatchObject(details);
});

test('a path length that is long enough is accepted', () => {
  expect(read(deeper.pem + oneDeep.pem).chain).toHaveLength(2);
});
