import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { openStore, type Store } from '#electron/store/index.ts';
import { caChoice, leafOptions, pkiState, type CaChoice } from '#shared/model/pki.ts';
import { dnsConstraints, makeAuthority, newKey, type Authority } from './authority.fixture.ts';
import { readCertificate, readCertificates } from './certificate.ts';
import { createPki, type Pki } from './index.ts';

const book = createLogBook({});
const dayMs = 86_400_000;
const isPosix = process.platform !== 'win32';
const fast: CaChoice = caChoice.parse({ mode: 'create', algorithm: 'ec-p256' });
const leaf = leafOptions.parse({ algorithm: 'ec-p256' });
const san = { names: ['registry.local'], addresses: ['192.168.1.20'] };

let dataDir: string;
let store: Store;
let clock: number;
let host: string;

beforeEach(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-pki-'));
  store = await openStore({ dataDir, log: book.log });
  clock = Date.now();
  host = 'workbench';
});
afterEach(() => {
  store.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const open = (): Pki =>
  createPki({ dataDir, store, log: book.log, now: () => new Date(clock), hostName: () => host });
const file = (name: string) => path.join(dataDir, 'pki', name);
const text = (name: string) => fs.readFileSync(file(name), 'utf8');
const snapshot = () =>
  fs
    .readdirSync(path.join(dataDir, 'pki'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8')])
    .sort();
const importOf = (pem: string, keyPem = ''): CaChoice =>
  caChoice.parse({ mode: 'import', certificatePem: pem, keyPem });

describe('creating', () => {
  test('the defaults are what the screens promise', async () => {
    const pki = open();
    const { warnings } = await pki.create(caChoice.parse({ mode: 'create' }), leafOptions.parse({}), san);
    expect(warnings).toEqual([]);
    const state = pkiState.parse(await pki.state());
    expect(state).toMatchObject({
      ca: {
        algorithm: 'RSA 4096',
        hasKey: true,
        isImported: false,
        daysLeft: expect.toSatisfy((n) => n > 3640),
      },
      leaf: {
        algorithm: 'RSA 2048',
        subject: 'CN=Mooring registry',
        issuer: state.ca?.subject,
        daysLeft: 395,
      },
      health: { state: 'valid', daysLeft: 395 },
      warnings: [],
    });
    expect(state.leaf?.names).toEqual(['registry.local', 'workbench', 'workbench.local', 'localhost']);
    expect(state.leaf?.addresses).toEqual(['192.168.1.20', '127.0.0.1', '::1']);

    const ca = readCertificate(text('ca/mooring-ca.crt'));
    expect(ca).toMatchObject({ isCa: true, isSelfSigned: true, pathLength: 0 });
    expect(ca.notBefore.getTime()).toBeLessThanOrEqual(clock - dayMs);
    const [first, ...chain] = readCertificates(text('server.crt'));
    expect(first?.extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(first?.isCa).toBe(false);
    expect((first?.notAfter.getTime() ?? 0) - (first?.notBefore.getTime() ?? 0)).toBe(397 * dayMs);
    expect(chain.map(({ fingerprint }) => fingerprint)).toEqual([ca.fingerprint]);
  });

  test('the files lie where others look, with their modes, and the CA key never in the clear', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    expect(fs.readdirSync(file('ca'))).toEqual(['mooring-ca.crt']);
    expect(pki.caPem().file).toBe(file('ca/mooring-ca.crt'));
    expect(fs.readdirSync(file('.')).sort()).toEqual([
      'ca',
      'ca.key.sealed',
      'choices.json',
      'server.crt',
      'server.key',
    ]);
    expect(text('ca.key.sealed')).not.toContain('PRIVATE KEY');
    expect(text('server.key')).toContain('-----BEGIN PRIVATE KEY-----');
    expect(pki.serverFiles()).toEqual({
      certFile: file('server.crt'),
      keyFile: file('server.key'),
      certPem: text('server.crt'),
      keyPem: text('server.key'),
    });
    if (isPosix) {
      for (const name of ['server.key', 'ca.key.sealed'])
        expect(fs.statSync(file(name)).mode & 0o777).toBe(0o600);
    }
    expect(JSON.stringify(book.lines())).not.toContain('PRIVATE KEY');
  });

  test('serials are random, positive and 128 bits long', async () => {
    const serials = Array.from({ length: 40 }, (_, index) =>
      makeAuthority({ name: `serial ${index}` }).certificate.x509.serialNumber.padStart(32, '0'),
    );
    expect(new Set(serials).size).toBe(40);
    expect(serials.every((serial) => serial.length === 32)).toBe(true);
    expect(serials.some((serial) => /^[89A-F]/.test(serial))).toBe(true);
  });

  test('a second time keeps every byte, whatever is asked for', async () => {
    await open().create(fast, leaf, san);
    const before = snapshot();
    const again = open();
    await again.create(caChoice.parse({ mode: 'create', years: 3 }), leafOptions.parse({ days: 90 }), san);
    expect(await again.cover({ names: ['REGISTRY.local.'], addresses: [...san.addresses] })).toEqual({
      reissued: false,
    });
    expect(snapshot()).toEqual(before);
    const other = makeAuthority({ name: 'Other' });
    const { warnings } = await again.create(importOf(other.pem, other.keyPem), leaf, san);
    expect(warnings).toEqual([expect.stringContaining('already has another CA')]);
    expect(snapshot()).toEqual(before);
  });

  test('a missing server certificate is made again under the same CA', async () => {
    await open().create(fast, leaf, san);
    const ca = text('ca/mooring-ca.crt');
    fs.rmSync(file('server.crt'));
    const pki = open();
    expect(() => pki.serverFiles()).toThrow(expect.objectContaining({ code: 'CERTIFICATE_MISSING' }));
    await pki.create(fast, leaf, san);
    expect(pki.serverFiles().certPem).toContain(ca);
  });

  test('a long life is allowed with a warning, and the leaf never outlives its CA', async () => {
    const pki = open();
    const { warnings } = await pki.create({ ...fast, years: 2 } as CaChoice, { ...leaf, days: 3650 }, san);
    expect(warnings).toEqual([expect.stringContaining('3650 days')]);
    const state = await pki.state();
    expect(state.leaf?.notAfter).toBe(state.ca?.notAfter);
    expect(state.warnings).toEqual([expect.stringMatching(/lives 7\d\d days/)]);
  });

  test('public addresses and names asked for at creation are permitted, others are not', async () => {
    const pki = open();
    await pki.create(fast, leaf, { names: ['reg.acme.example'], addresses: ['203.0.113.7', '2001:db8::7'] });
    const { ca, leaf: issued } = await pki.state();
    expect(ca?.permitted?.dns).toContain('reg.acme.example');
    expect(ca?.permitted?.ip).toEqual(expect.arrayContaining(['203.0.113.7/32', '2001:db8::7/128']));
    expect(issued?.addresses).toEqual(expect.arrayContaining(['203.0.113.7', '2001:db8::7']));
    expect(['203.0.113.7', 'x.reg.acme.example', 'x.local'].map(pki.isPermitted)).toEqual([true, true, true]);
    expect(['203.0.113.8', 'acme.example'].map(pki.isPermitted)).toEqual([false, false]);
  });

  test('constraints can be switched off', async () => {
    const pki = open();
    await pki.create({ ...fast, isConstrained: false } as CaChoice, leaf, san);
    expect((await pki.state()).ca?.permitted).toBeNull();
    expect(await pki.cover({ names: ['example.com'], addresses: ['8.8.8.8'] })).toEqual({ reissued: true });
  });

  test('the preview is what a CA made then permits', async () => {
    const pki = open();
    const preview = pki.preview(['reg.acme.example', ...san.addresses]);
    expect(pki.isPermitted('reg.acme.example')).toBe(false);
    await pki.create(fast, leaf, { ...san, names: ['reg.acme.example'] });
    expect((await pki.state()).ca?.permitted).toEqual(preview);
  });

  test('two calls at once make one CA', async () => {
    const pki = open();
    await Promise.all([pki.create(fast, leaf, san), pki.create(fast, leaf, san)]);
    expect(fs.readdirSync(file('.')).filter((name) => name.startsWith('previous'))).toEqual([]);
    expect(readCertificates(text('server.crt'))[1]?.pem).toBe(text('ca/mooring-ca.crt'));
  });
});

describe('covering other names', () => {
  test('re-issues under the same CA and tells listeners', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    const { fingerprint } = pki.caPem();
    let changes = 0;
    const off = pki.onChange(() => (changes += 1));
    expect(await pki.cover({ names: ['registry.local', 'reg.lan'], addresses: ['10.0.0.4'] })).toEqual({
      reissued: true,
    });
    expect(changes).toBe(1);
    off();
    const { leaf: issued } = await pki.state();
    expect(issued?.names).toEqual(['registry.local', 'reg.lan', 'workbench', 'workbench.local', 'localhost']);
    expect(issued?.addresses).toEqual(['10.0.0.4', '127.0.0.1', '::1']);
    expect(pki.caPem().fingerprint).toBe(fingerprint);
    expect(await pki.cover({ names: ['reg.lan', 'registry.local'], addresses: ['10.0.0.4'] })).toEqual({
      reissued: false,
    });
    expect(changes).toBe(1);
  });

  test('never signs a name outside the constraints', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    const before = snapshot();
    const outside = { names: ['registry.local', 'example.com'], addresses: ['8.8.8.8', '192.168.1.20'] };
    await expect(pki.cover(outside)).rejects.toMatchObject({
      code: 'SAN_OUTSIDE',
      details: { names: 'example.com, 8.8.8.8', permitted: expect.stringContaining('192.168.0.0/16') },
    });
    await expect(pki.create(fast, leaf, outside)).rejects.toMatchObject({ code: 'SAN_OUTSIDE' });
    expect(snapshot()).toEqual(before);
  });

  test('a computer that was renamed gets its new .local name, and no name the CA does not permit', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    host = 'other';
    expect(await pki.cover(san)).toEqual({ reissued: true });
    expect((await pki.state()).leaf?.names).toEqual(['registry.local', 'other.local', 'localhost']);
  });

  test('an expired leaf is replaced, an expired CA signs nothing', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    clock += 380 * dayMs;
    expect((await pki.state()).health.state).toBe('expiring');
    clock += 20 * dayMs;
    expect((await pki.state()).health.state).toBe('expired');
    expect(await pki.cover(san)).toEqual({ reissued: true });
    expect((await pki.state()).health.state).toBe('valid');
    clock += 11 * 365 * dayMs;
    await expect(pki.cover(san)).rejects.toMatchObject({ code: 'CA_EXPIRED' });
    expect((await pki.state()).warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('The CA expired on')]),
    );
  });

  test('without a CA there is nothing to cover with', async () => {
    const pki = open();
    await expect(pki.cover(san)).rejects.toMatchObject({ code: 'CA_MISSING' });
    await expect(pki.renewLeaf()).rejects.toMatchObject({ code: 'CA_MISSING' });
    expect(() => pki.caPem()).toThrow(expect.objectContaining({ code: 'CA_MISSING' }));
    expect(await pki.state()).toEqual({
      ca: null,
      leaf: null,
      health: { state: 'missing', daysLeft: null },
      warnings: [],
    });
  });
});

test('renewing makes a new leaf and key with the same names, and remembers new options', async () => {
  const pki = open();
  await pki.create(fast, leaf, { ...san, names: ['reg.lan'] });
  const before = pki.serverFiles();
  await pki.renewLeaf({ days: 30 });
  const after = pki.serverFiles();
  expect(after.certPem).not.toBe(before.certPem);
  expect(after.keyPem).not.toBe(before.keyPem);
  expect((await pki.state()).leaf).toMatchObject({ daysLeft: 28, algorithm: 'EC P-256' });
  expect((await pki.state()).leaf?.names).toContain('reg.lan');
  clock += 31 * dayMs;
  await pki.cover(san);
  expect((await pki.state()).leaf?.daysLeft).toBe(28);
});

describe('a CA from elsewhere', () => {
  const corporate = makeAuthority({ name: 'Corporate', key: newKey.ec('P-384') });
  const issuing = makeAuthority({ name: 'Issuing', issuer: corporate, key: newKey.rsa() });

  test('an intermediate is served and distributed together with its root', async () => {
    const pki = open();
    await pki.create(importOf(issuing.pem + corporate.pem, issuing.keyPem), leaf, san);
    expect(pki.caPem()).toMatchObject({
      pem: issuing.pem + corporate.pem,
      fingerprint: issuing.certificate.fingerprint,
    });
    expect(readCertificates(pki.serverFiles().certPem).map(({ subject }) => subject)).toEqual([
      'CN=Mooring registry',
      'CN=Issuing',
      'CN=Corporate',
    ]);
    expect((await pki.state()).ca).toMatchObject({
      isImported: true,
      hasKey: true,
      root: 'CN=Corporate',
      permitted: null,
    });
  });

  test('without its key it can distribute and not sign, until the key comes', async () => {
    const pki = open();
    const { warnings } = await pki.create(importOf(corporate.pem), leaf, san);
    expect(warnings).toEqual([expect.stringContaining('key of the CA is not here')]);
    expect(await pki.state()).toMatchObject({
      ca: { hasKey: false },
      leaf: null,
      health: { state: 'missing' },
    });
    expect(pki.caPem().pem).toBe(corporate.pem);
    await expect(pki.cover(san)).rejects.toMatchObject({ code: 'CA_KEY_MISSING' });
    await expect(pki.renewLeaf()).rejects.toMatchObject({ code: 'CA_KEY_MISSING' });
    await pki.replaceCa(importOf(corporate.pem, corporate.keyPem), san);
    expect(await pki.state()).toMatchObject({
      ca: { hasKey: true },
      health: { state: 'valid' },
      warnings: [],
    });
  });

  test('its own constraints are obeyed, loopback is left out with a warning', async () => {
    const ca = makeAuthority({ name: 'Narrow', extra: [dnsConstraints(0, 'acme.example')] });
    const pki = open();
    await expect(pki.create(importOf(ca.pem, ca.keyPem), leaf, san)).rejects.toMatchObject({
      code: 'CA_IMPORT_CONSTRAINTS',
      details: { names: 'registry.local' },
    });
    expect((await pki.state()).ca).toBeNull();
    const { warnings } = await pki.create(importOf(ca.pem, ca.keyPem), leaf, {
      ...san,
      names: ['reg.acme.example'],
    });
    expect(warnings).toEqual([expect.stringContaining('does not permit localhost')]);
    expect((await pki.state()).leaf?.names).toEqual(['reg.acme.example']);
    await expect(pki.cover(san)).rejects.toMatchObject({ code: 'SAN_OUTSIDE' });
  });

  test('checkImport says what it would bring and changes nothing', async () => {
    const pki = open();
    const input = { certificatePem: corporate.pem, keyPem: '', passphrase: '' };
    expect(await pki.checkImport(input)).toMatchObject({
      subject: 'CN=Corporate',
      hasKey: false,
      algorithm: 'EC P-384',
    });
    await expect(pki.checkImport({ ...input, keyPem: issuing.keyPem })).rejects.toMatchObject({
      code: 'CA_IMPORT_WRONG_KEY',
    });
    expect(fs.existsSync(path.join(dataDir, 'pki'))).toBe(false);
  });
});

describe('replacing the CA', () => {
  test('is explicit, says what breaks and keeps the old files', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    const [caPem, leafPem, key] = ['ca/mooring-ca.crt', 'server.crt', 'ca.key.sealed'].map(text);
    const old = pki.caPem().fingerprint;
    const { warnings } = await pki.replaceCa(fast, san);
    expect(warnings).toEqual([expect.stringContaining(`(${old})`)]);
    expect(pki.caPem().fingerprint).not.toBe(old);
    const kept = `previous-${old.replaceAll(':', '').slice(0, 8).toLowerCase()}`;
    expect(text(`${kept}/mooring-ca.crt`)).toBe(caPem);
    expect(text(`${kept}/server.crt`)).toBe(leafPem);
    expect(text(`${kept}/ca.key.sealed`)).toBe(key);
    expect(fs.readdirSync(file('ca'))).toEqual(['mooring-ca.crt']);
    expect((await pki.state()).health.state).toBe('valid');
  });

  test('by one that cannot sign is refused while the registry serves', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    const before = snapshot();
    const keyless: Authority = makeAuthority({ name: 'Keyless' });
    await expect(pki.replaceCa(importOf(keyless.pem), san)).rejects.toMatchObject({ code: 'CA_KEY_MISSING' });
    expect(snapshot()).toEqual(before);
  });
});

describe('damaged files', () => {
  test('a CA certificate that cannot be read is an error, never replaced', async () => {
    await open().create(fast, leaf, san);
    for (const content of ['', 'hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
      fs.writeFileSync(file('ca/mooring-ca.crt'), content);
      const pki = open();
      await expect(pki.state()).rejects.toMatchObject({ code: 'PKI_FILE_BROKEN' });
      await expect(pki.create(fast, leaf, san)).rejects.toMatchObject({ code: 'PKI_FILE_BROKEN' });
      expect(text('ca/mooring-ca.crt')).toBe(content);
    }
  });

  test('a CA key that does not open is a state with a warning', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    fs.writeFileSync(file('ca.key.sealed'), store.secrets.seal('another key', 'elsewhere'));
    expect(await pki.state()).toMatchObject({
      ca: { hasKey: false },
      health: { state: 'valid' },
      warnings: [expect.stringContaining('cannot be decrypted')],
    });
    await expect(pki.renewLeaf()).rejects.toMatchObject({ code: 'CA_KEY_MISSING' });
  });

  test('a server key of another certificate is never served, and cover repairs it', async () => {
    const pki = open();
    await pki.create(fast, leaf, san);
    fs.writeFileSync(file('server.key'), makeAuthority({ name: 'x' }).keyPem);
    expect(() => pki.serverFiles()).toThrow(expect.objectContaining({ code: 'CERTIFICATE_MISSING' }));
    expect((await pki.state()).warnings).toEqual([expect.stringContaining('does not belong to server.crt')]);
    expect(await pki.cover(san)).toEqual({ reissued: true });
    expect((await pki.state()).warnings).toEqual([]);
  });

  test('lost choices fall back to what the certificate says', async () => {
    const pki = open();
    await pki.create(fast, leaf, { ...san, names: ['reg.lan'] });
    fs.writeFileSync(file('choices.json'), '{');
    await pki.renewLeaf({ algorithm: 'ec-p256' });
    expect((await pki.state()).leaf?.names).toContain('reg.lan');
  });
});
