import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { caChoice } from '#shared/model/pki.ts';
import { dayMs, fast, leaf, san, useBench } from './bench.fixture.ts';

const bench = useBench();

describe('covering other names', () => {
  test('re-issues under the same CA and tells listeners', async () => {
    const pki = bench.open();
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
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    const before = bench.snapshot();
    const outside = { names: ['registry.local', 'example.com'], addresses: ['8.8.8.8', '192.168.1.20'] };
    await expect(pki.cover(outside)).rejects.toMatchObject({
      code: 'SAN_OUTSIDE',
      details: { names: 'example.com, 8.8.8.8', permitted: expect.stringContaining('192.168.0.0/16') },
    });
    await expect(pki.create(fast, leaf, outside)).rejects.toMatchObject({ code: 'SAN_OUTSIDE' });
    expect(bench.snapshot()).toEqual(before);
  });

  test('a computer that was renamed gets its new .local name, and no name the CA does not permit', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    bench.host = 'other';
    expect(await pki.cover(san)).toEqual({ reissued: true });
    expect((await pki.state()).leaf?.names).toEqual(['registry.local', 'other.local', 'localhost']);
  });

  test('an expired leaf is replaced, an expired CA signs nothing', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    bench.clock += 400 * dayMs;
    expect((await pki.state()).health.state).toBe('expired');
    expect(await pki.cover(san)).toEqual({ reissued: true });
    expect((await pki.state()).health.state).toBe('valid');
    bench.clock += 11 * 365 * dayMs;
    await expect(pki.cover(san)).rejects.toMatchObject({ code: 'CA_EXPIRED' });
    expect((await pki.state()).warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('The CA expired on')]),
    );
  });

  test('without a CA there is nothing to cover with', async () => {
    const pki = bench.open();
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

describe('a leaf near its end', () => {
  test('is renewed by itself under the same CA, and not again', async () => {
    const pki = bench.open();
    await pki.create(fast, leaf, san);
    const { fingerprint } = pki.caPem();
    const first = pki.serverFiles().certPem;
    bench.clock += 360 * dayMs;
    expect(await pki.cover(san)).toEqual({ reissued: false });
    bench.clock += 10 * dayMs;
    expect((await pki.state()).health.state).toBe('expiring');
    expect(await pki.cover(san)).toEqual({ reissued: true });
    expect((await pki.state()).health).toEqual({ state: 'valid', daysLeft: 395 });
    expect(pki.serverFiles().certPem).not.toBe(first);
    expect(pki.caPem().fingerprint).toBe(fingerprint);
    expect(await pki.cover(san)).toEqual({ reissued: false });
  });

  test('with a short life waits for the last third of it', async () => {
    const pki = bench.open();
    await pki.create(fast, { ...leaf, days: 30 }, san);
    bench.clock += 18 * dayMs;
    expect(await pki.cover(san)).toEqual({ reissued: false });
    bench.clock += 2 * dayMs;
    expect(await pki.cover(san)).toEqual({ reissued: true });
  });

  test('stays when the CA ends with it, or when its key is not here', async () => {
    const pki = bench.open();
    await pki.create(caChoice.parse({ ...fast, years: 1 }), leaf, san);
    bench.clock += 350 * dayMs;
    expect((await pki.state()).health.state).toBe('expiring');
    expect(await pki.cover(san)).toEqual({ reissued: false });
    await pki.replaceCa(fast, san);
    fs.rmSync(bench.file('ca.key.sealed'));
    bench.clock += 380 * dayMs;
    expect(await pki.cover(san)).toEqual({ reissued: false });
  });
});

test('renewing makes a new leaf and key with the same names, and remembers new options', async () => {
  const pki = bench.open();
  await pki.create(fast, leaf, { ...san, names: ['reg.lan'] });
  const before = pki.serverFiles();
  await pki.renewLeaf({ days: 30 });
  const after = pki.serverFiles();
  expect(after.certPem).not.toBe(before.certPem);
  expect(after.keyPem).not.toBe(before.keyPem);
  expect((await pki.state()).leaf).toMatchObject({ daysLeft: 28, algorithm: 'EC P-256' });
  expect((await pki.state()).leaf?.names).toContain('reg.lan');
  bench.clock += 31 * dayMs;
  await pki.cover(san);
  expect((await pki.state()).leaf?.daysLeft).toBe(28);
});
