import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dnsConstraints, makeAuthority, newKey, type Authority } from './authority.fixture.ts';
import { fast, importOf, leaf, san, useBench } from './bench.fixture.ts';
import { readCertificates } from './certificate.ts';

const bench = useBench();

describe('a CA from elsewhere', () => {
  const corporate = makeAuthority({ name: 'Corporate', key: newKey.ec('P-384') });
  const issuing = makeAuthority({ name: 'Issuing', issuer: corporate, key: newKey.rsa() });

  test('an intermediate is served and distributed together with its root', async () => {
    const pki = bench.open();
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
    const pki = bench.open();
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
    const pki = bench.open();
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
    const pki = bench.open();
    const input = { certificatePem: corporate.pem, keyPem: '', passphrase: '' };
    expect(await pki.checkImport(input)).toMatchObject({
      subject: 'CN=Corporate',
      hasKey: false,
      algorithm: 'EC P-384',
    });
    await expect(pki.checkImport({ ...input, keyPem: issuing.keyPem })).rejects.toMatchObject({
      code: 'CA_IMPORT_WRONG_KEY',
    });
    const narrow = makeAuthority({ name: 'Narrow', extra: [dnsConstraints(0, 'acme.example')] });
    await expect(
      pki.checkImport({ ...input, certificatePem: narrow.pem, names: san.names }),
    ).rejects.toMatchObject({ code: 'CA_IMPORT_CONSTRAINTS' });
    expect(fs.existsSync(path.join(bench.dataDir, 'pki'))).toBe(false);
  });
});

describe('replacing the CA', () => {
  test('is explicit, says what breaks and keeps the old files', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    const [caPem, leafPem, key] = ['ca/mooring-ca.crt', 'server.crt', 'ca.key.sealed'].map(bench.text);
    const old = pki.caPem().fingerprint;
    const { warnings } = await pki.replaceCa(fast, san);
    expect(warnings).toEqual([expect.stringContaining(`(${old})`)]);
    expect(pki.caPem().fingerprint).not.toBe(old);
    const kept = `previous-${old.replaceAll(':', '').slice(0, 8).toLowerCase()}`;
    expect(bench.text(`${kept}/mooring-ca.crt`)).toBe(caPem);
    expect(bench.text(`${kept}/server.crt`)).toBe(leafPem);
    expect(bench.text(`${kept}/ca.key.sealed`)).toBe(key);
    expect(fs.readdirSync(bench.file('ca'))).toEqual(['mooring-ca.crt']);
    expect((await pki.state()).health.state).toBe('valid');
  });

  test('by one that cannot sign is refused while the registry serves', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    const before = bench.snapshot();
    const keyless: Authority = makeAuthority({ name: 'Keyless' });
    await expect(pki.replaceCa(importOf(keyless.pem), san)).rejects.toMatchObject({ code: 'CA_KEY_MISSING' });
    expect(bench.snapshot()).toEqual(before);
  });
});

describe('damaged files', () => {
  test('a CA certificate that cannot be read is an error, never replaced', async () => {
    await bench.open().create(fast, leaf, san);
    for (const content of ['', 'hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
      fs.writeFileSync(bench.file('ca/mooring-ca.crt'), content);
      const pki = bench.open();
      await expect(pki.state()).rejects.toMatchObject({ code: 'PKI_FILE_BROKEN' });
      await expect(pki.create(fast, leaf, san)).rejects.toMatchObject({ code: 'PKI_FILE_BROKEN' });
      expect(bench.text('ca/mooring-ca.crt')).toBe(content);
    }
  });

  test('a CA key that does not open is a state with a warning', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    fs.writeFileSync(bench.file('ca.key.sealed'), bench.store.secrets.seal('another key', 'elsewhere'));
    expect(await pki.state()).toMatchObject({
      ca: { hasKey: false },
      health: { state: 'valid' },
      warnings: [expect.stringContaining('cannot be decrypted')],
    });
    await expect(pki.renewLeaf()).rejects.toMatchObject({ code: 'CA_KEY_MISSING' });
  });

  test('a server key of another certificate is never served, and cover repairs it', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    fs.writeFileSync(bench.file('server.key'), makeAuthority({ name: 'x' }).keyPem);
    expect(() => pki.serverFiles()).toThrow(expect.objectContaining({ code: 'CERTIFICATE_MISSING' }));
    expect((await pki.state()).warnings).toEqual([expect.stringContaining('does not belong to server.crt')]);
    expect(await pki.cover(san)).toEqual({ reissued: true });
    expect((await pki.state()).warnings).toEqual([]);
  });

  test('lost choices fall back to what the certificate says', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, { ...san, names: ['reg.lan'] });
    fs.writeFileSync(bench.file('choices.json'), '{');
    await pki.renewLeaf({ algorithm: 'ec-p256' });
    expect((await pki.state()).leaf?.names).toContain('reg.lan');
  });
});
