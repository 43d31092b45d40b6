import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Proof } from '#shared/model/devices.ts';
import { startService, type TestService } from './lab/service.fixture.ts';

const fingerprint = (start: string) => `${start}:BB:CC:DD${':00'.repeat(28)}`;
const at = '2026-11-21T10:00:00.000Z';
const pull = (name: string, more: Partial<Proof> = {}): Proof => ({
  ...{ name, runtime: 'docker', user: null, level: 'engine', isProven: true, fingerprint: fingerprint('AA') },
  ...{ code: null, message: '', at, ...more },
});

let service: TestService;
let ca: string;
let references: string[];
let changes: number;
beforeEach(async () => {
  ca = fingerprint('AA');
  references = ['registry.local:5000', '192.0.2.1:5000'];
  changes = 0;
  service = await startService({ ca: () => ca, registry: () => ({ references, user: 'mooring' }) });
  service.devices.onChange(() => (changes += 1));
});
afterEach(() => service.stop());

const prove = async (name: string, proofs: Proof[]) => {
  const credential = { kind: 'password', password: 'x' };
  const input = service.input({
    ...{ name, address: `${name}.test`, hostKey: { kind: 'offline' }, credential },
  });
  const { id } = await service.devices.add(input);
  service.devices.saveTrust(id, { state: 'proven', lastProofAt: at, proofs });
  return id;
};
const page = (filter = {}) =>
  service.devices.page({ filter, sort: { by: 'state', descending: false }, offset: 0, limit: 100 });
const matrix = () =>
  service.devices.matrix({ filter: {}, sort: { by: 'name', descending: false }, offset: 0, limit: 100 });

/** What each place says of the one device: all ask the same rule. */
const everywhere = (id: string) => {
  const [row] = page().rows;
  const { trust } = service.devices.get(id);
  return {
    table: row?.state,
    code: row?.code,
    counts: Object.entries(service.devices.counts()).filter(([, count]) => count > 0),
    filter: page({ states: ['outdated'] }).total,
    cause: page({ codes: ['CA_REPLACED', 'NAMES_CHANGED'] }).total,
    selected: service.devices.choose({ filter: { states: ['outdated'] }, except: [] }).length,
    page: trust.state,
    error: trust.error?.code,
    list: service.devices.list()[0]?.trust.state,
    marks: trust.proofs.map(({ mark }) => mark),
    cells: matrix().rows[0]?.cells.map(({ mark }) => mark),
    names: row?.names.filter(({ isProven }) => isProven).map(({ name }) => name),
  };
};

test('a replaced CA is told everywhere at once, and so is the way back', async () => {
  const id = await prove('gate', [pull('registry.local:5000'), pull('192.0.2.1:5000')]);
  const good = everywhere(id);
  expect(good).toEqual({
    ...{ table: 'proven', code: null, counts: [['proven', 1]], filter: 0, cause: 0, selected: 0 },
    ...{ page: 'proven', error: undefined, list: 'proven', marks: ['pulled', 'pulled'] },
    ...{ cells: ['pulled', 'pulled'], names: references },
  });
  const before = changes;
  ca = fingerprint('FF');
  expect(everywhere(id)).toEqual({
    ...{
      table: 'outdated',
      code: 'CA_REPLACED',
      counts: [['outdated', 1]],
      filter: 1,
      cause: 1,
      selected: 1,
    },
    ...{ page: 'outdated', error: 'CA_REPLACED', list: 'outdated', marks: ['former-ca', 'former-ca'] },
    ...{ cells: ['former-ca', 'former-ca'], names: [] },
  });
  expect(changes).toBe(before + 1);
  expect(page({ search: 'older ca' }).rows).toMatchObject([{ title: 'gate trusts an older CA' }]);
  expect(service.devices.get(id).trust.error?.next).toMatch(/^Push trust/);
  ca = fingerprint('AA');
  expect(everywhere(id)).toEqual(good);
});

test('other names count as soon as none is left that it pulled by', async () => {
  const id = await prove('gate', [pull('registry.local:5000'), pull('192.0.2.1:5000')]);
  references = ['registry.local:5000', '198.51.100.7:5000'];
  expect(everywhere(id)).toMatchObject({
    ...{ table: 'proven', page: 'proven', names: ['registry.local:5000'] },
    ...{ marks: ['pulled', 'former-name'], cells: ['pulled', 'former-name'] },
  });
  references = ['registry.local:5443'];
  expect(everywhere(id)).toMatchObject({ table: 'outdated', page: 'outdated', code: 'NAMES_CHANGED' });
});

test('an engine without a pull of today is enough, however well another one pulls', async () => {
  const podman = { runtime: 'podman' } as const;
  const id = await prove('gate', [pull('registry.local:5000'), pull('192.0.2.1:5000', podman)]);
  references = ['registry.local:5000'];
  expect(everywhere(id)).toMatchObject({ table: 'outdated', error: 'NAMES_CHANGED' });
});

test('a device that was written and never proven is outdated as soon as its files are of another CA, or of no name of today', async () => {
  const files = (more: Partial<Proof> = {}) =>
    pull('registry.local:5000', { runtime: 'none', level: 'files', isProven: false, ...more });
  const id = await prove('gate', [files()]);
  service.devices.saveTrust(id, { state: 'unproven', lastProofAt: null });
  const good = everywhere(id);
  expect(good).toMatchObject({ table: 'unproven', page: 'unproven', counts: [['unproven', 1]], code: null });
  ca = fingerprint('FF');
  expect(everywhere(id)).toMatchObject({
    ...{ table: 'outdated', page: 'outdated', list: 'outdated', code: 'CA_REPLACED', error: 'CA_REPLACED' },
    ...{ counts: [['outdated', 1]], filter: 1, cause: 1, selected: 1, marks: ['files'], cells: ['files'] },
  });
  ca = fingerprint('AA');
  expect(everywhere(id)).toEqual(good);
  references = ['registry.local:5443'];
  expect(everywhere(id)).toMatchObject({ table: 'outdated', page: 'outdated', code: 'NAMES_CHANGED' });
  references = ['registry.local:5000'];
  expect(everywhere(id)).toEqual(good);
  service.devices.saveTrust(id, { proofs: [files({ fingerprint: null })] });
  ca = fingerprint('FF');
  references = ['registry.local:5443'];
  expect(everywhere(id)).toEqual(good);
});

test('what was recorded later is held against the registry of then', async () => {
  ca = fingerprint('FF');
  page();
  const id = await prove('gate', [pull('registry.local:5000')]);
  expect(everywhere(id)).toMatchObject({ table: 'outdated', page: 'outdated' });
  service.devices.saveTrust(id, { proofs: [pull('registry.local:5000', { fingerprint: ca })] });
  expect(everywhere(id)).toMatchObject({ table: 'proven', page: 'proven', code: null });
});

test('what is not known makes nothing outdated, and what never was proven neither', async () => {
  const id = await prove('gate', [pull('registry.local:5000', { fingerprint: null })]);
  ca = fingerprint('FF');
  expect(everywhere(id).table).toBe('proven');
  references = [];
  expect(everywhere(id).table).toBe('proven');
  service.devices.saveTrust(id, { state: 'failed', proofs: [pull('old.local:5000')] });
  references = ['registry.local:5000'];
  expect(everywhere(id)).toMatchObject({ table: 'failed', page: 'failed' });
});

test('devices with a former CA stand before those that can pull', async () => {
  await prove('a', [pull('registry.local:5000')]);
  await prove('b', [pull('registry.local:5000', { fingerprint: fingerprint('FF') })]);
  expect(page().rows.map(({ name }) => name)).toEqual(['b', 'a']);
});

test('a run asks what the registry is for all its devices, not for each', async () => {
  await service.stop();
  let asked = 0;
  const registry = () => {
    asked += 1;
    return { references, user: 'mooring' };
  };
  service = await startService({ ca: () => ca, registry });
  const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => prove(`gate-${index}`, [])));
  asked = 0;
  for (const id of ids) service.devices.saveTrust(id, { proofs: [pull('registry.local:5000')] });
  expect(asked).toBeLessThan(ids.length);
});
