import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { caChoice, leafOptions, pkiState, type CaChoice } from '#shared/model/pki.ts';
import { makeAuthority } from './authority.fixture.ts';
import { dayMs, fast, importOf, leaf, san, useBench } from './bench.fixture.ts';
import { readCertificate, readCertificates } from './certificate.ts';

const bench = useBench();

describe('creating', () => {
  test('the defaults are what the screens promise', async () => {
    const pki = bench.open();
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

    const ca = readCertificate(bench.text('ca/mooring-ca.crt'));
    expect(ca).toMatchObject({ isCa: true, isSelfSigned: true, pathLength: 0 });
    const criticalNameConstraints = Buffer.from('0603551d1e0101ff', 'hex');
    expect(ca.x509.raw.includes(criticalNameConstraints)).toBe(true);
    expect(ca.notBefore.getTime()).toBeLessThanOrEqual(bench.clock - dayMs);
    const [first, ...chain] = readCertificates(bench.text('server.crt'));
    expect(first?.extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(first?.isCa).toBe(false);
    expect((first?.notAfter.getTime() ?? 0) - (first?.notBefore.getTime() ?? 0)).toBe(397 * dayMs);
    expect(chain.map(({ fingerprint }) => fingerprint)).toEqual([ca.fingerprint]);
  });

  test('the files lie where others look, with their modes, and the CA key never in the clear', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    expect(fs.readdirSync(bench.file('ca'))).toEqual(['mooring-ca.crt']);
    expect(pki.caPem().file).toBe(bench.file('ca/mooring-ca.crt'));
    expect(fs.readdirSync(bench.file('.')).sort()).toEqual([
      'ca',
      'ca.key.sealed',
      'choices.json',
      'server.crt',
      'server.key',
    ]);
    expect(bench.text('ca.key.sealed')).not.toContain('PRIVATE KEY');
    expect(bench.text('server.key')).toContain('-----BEGIN PRIVATE KEY-----');
    expect(pki.serverFiles()).toEqual({
      certFile: bench.file('server.crt'),
      keyFile: bench.file('server.key'),
      certPem: bench.text('server.crt'),
      keyPem: bench.text('server.key'),
    });
    if (process.platform !== 'win32') {
      for (const name of ['server.key', 'ca.key.sealed'])
        expect(fs.statSync(bench.file(name)).mode & 0o777).toBe(0o600);
    }
    expect(JSON.stringify(bench.book.lines())).not.toContain('PRIVATE KEY');
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
    await bench.open().create(fast, leaf, san);
    const before = bench.snapshot();
    const again = bench.open();
    await again.create(caChoice.parse({ mode: 'create', years: 3 }), leafOptions.parse({ days: 90 }), san);
    expect(await again.cover({ names: ['REGISTRY.local.'], addresses: [...san.addresses] })).toEqual({
      reissued: false,
    });
    expect(bench.snapshot()).toEqual(before);
    const other = makeAuthority({ name: 'Other' });
    const { warnings } = await again.create(importOf(other.pem, other.keyPem), leaf, san);
    expect(warnings).toEqual([expect.stringContaining('already has another CA')]);
    expect(bench.snapshot()).toEqual(before);
  });

  test('a missing server certificate is made again under the same CA', async () => {
    await bench.open().create(fast, leaf, san);
    const ca = bench.text('ca/mooring-ca.crt');
    fs.rmSync(bench.file('server.crt'));
    const pki = bench.open();
    expect(() => pki.serverFiles()).toThrow(expect.objectContaining({ code: 'CERTIFICATE_MISSING' }));
    await pki.create(fast, leaf, san);
    expect(pki.serverFiles().certPem).toContain(ca);
  });

  test('a long life is allowed with a warning, and the leaf never outlives its CA', async () => {
    const pki = bench.open();
    const { warnings } = await pki.create({ ...fast, years: 2 } as CaChoice, { ...leaf, days: 3650 }, san);
    expect(warnings).toEqual([expect.stringContaining('3650 days')]);
    const state = await pki.state();
    expect(state.leaf?.notAfter).toBe(state.ca?.notAfter);
    expect(state.warnings).toEqual([expect.stringMatching(/lives 7\d\d days/)]);
  });

  test('public addresses and names asked for at creation are permitted, others are not', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, { names: ['reg.acme.example'], addresses: ['203.0.113.7', '2001:db8::7'] });
    const { ca, leaf: issued } = await pki.state();
    expect(ca?.permitted?.dns).toContain('reg.acme.example');
    expect(ca?.permitted?.ip).toEqual(expect.arrayContaining(['203.0.113.7/32', '2001:db8::7/128']));
    expect(issued?.addresses).toEqual(expect.arrayContaining(['203.0.113.7', '2001:db8::7']));
    expect(['203.0.113.7', 'x.reg.acme.example', 'x.local'].map(pki.isPermitted)).toEqual([true, true, true]);
    expect(['203.0.113.8', 'acme.example'].map(pki.isPermitted)).toEqual([false, false]);
  });

  test('constraints can be switched off', async () => {
    const pki = bench.open();
    await pki.create({ ...fast, isConstrained: false } as CaChoice, leaf, san);
    expect((await pki.state()).ca?.permitted).toBeNull();
    expect(await pki.cover({ names: ['example.com'], addresses: ['8.8.8.8'] })).toEqual({ reissued: true });
  });

  test('the preview is what a CA made then permits', async () => {
    const pki = bench.open();
    const preview = pki.preview(['reg.acme.example', ...san.addresses]);
    expect(pki.isPermitted('reg.acme.example')).toBe(false);
    await pki.create(fast, leaf, { ...san, names: ['reg.acme.example'] });
    expect((await pki.state()).ca?.permitted).toEqual(preview);
  });

  test('two calls at once make one CA', async () => {
    const pki = bench.open();
    await Promise.all([pki.create(fast, leaf, san), pki.create(fast, leaf, san)]);
    expect(fs.readdirSync(bench.file('.')).filter((name) => name.startsWith('previous'))).toEqual([]);
    expect(readCertificates(bench.text('server.crt'))[1]?.pem).toBe(bench.text('ca/mooring-ca.crt'));
  });
});
