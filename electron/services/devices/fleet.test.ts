import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeError } from '#shared/errors.ts';
import type { DeviceFacts, Proof } from '#shared/model/devices.ts';
import type { DeviceFilter, DeviceSort } from '#shared/model/fleet.ts';
import { startService, type TestService } from './lab/service.fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

let service: TestService;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.stop());

const add = async (name: string, more: object = {}) => {
  const credential = { kind: 'password', password: 'x' };
  const input = service.input({ name, hostKey: { kind: 'offline' }, credential, ...more });
  return (await service.devices.add(input)).id;
};
const page = (filter: DeviceFilter = {}, sort: Partial<DeviceSort> = {}, more = {}) =>
  service.devices.page({
    filter,
    sort: { by: 'name', descending: false, ...sort },
    offset: 0,
    limit: 100,
    ...more,
  });
const names = (...args: Parameters<typeof page>) => page(...args).rows.map(({ name }) => name);

const facts = (...engines: DeviceFacts['engines']): DeviceFacts => ({
  readAt: '2026-11-21T10:00:00.000Z',
  hostName: 'gate',
  os: 'Debian',
  osVersion: '12',
  architecture: 'x86_64',
  engines,
  clockOffsetSeconds: 0,
  freeBytes: 1e9,
  isWritable: true,
  trust: [],
  warnings: [],
});
const docker = {
  kind: 'docker',
  version: '24.0.7',
  isRunning: true,
  folder: '/etc/docker',
  user: null,
} as const;
const podman = {
  kind: 'podman',
  version: '4.3.1',
  isRunning: false,
  folder: '/etc/containers',
  user: null,
} as const;

const threeDevices = async () => {
  const gate = await add('gate-10', { address: '10.0.0.10', group: 'Gates', tags: ['prod', 'north'] });
  const door = await add('Gate-9', { address: '10.0.0.9', group: 'Gates' });
  const line = await add('line', { address: '10.0.0.100', tags: ['prod'] });
  service.devices.saveFacts(gate, facts(podman, docker));
  const at = '2026-11-21T10:00:00.000Z';
  const proof = {
    runtime: 'docker',
    user: null,
    level: 'engine',
    isProven: true,
    code: null,
    message: '',
    at,
  } as const;
  service.devices.saveTrust(gate, {
    state: 'proven',
    lastProofAt: at,
    canUndo: true,
    proofs: [
      { ...proof, name: 'registry.local:5000' },
      { ...proof, name: '10.0.0.1:5000', isProven: false },
    ],
  });
  const error = describeError('CLOCK_WRONG', { device: 'gate-9', offset: '41 days' });
  service.devices.saveTrust(door, { state: 'failed', error });
  return { gate, door, line };
};

describe('the matrix', () => {
  const own = ['AA', 'BB', 'CC', 'DD', ...Array.from({ length: 28 }, () => '00')].join(':');
  const former = own.replace('AA', 'FF');
  const at = '2026-11-21T10:00:00.000Z';
  const proof = (name: string, runtime: Proof['runtime'], more: Partial<Proof> = {}): Proof => ({
    ...{ name, runtime, user: null, level: 'engine', isProven: true, code: null, message: '', at },
    ...more,
  });
  const matrix = (filter: DeviceFilter = {}) =>
    service.devices.matrix({ filter, sort: { by: 'name', descending: false }, offset: 0, limit: 100 });
  const counts = {
    ...{ pulled: 0, 'former-ca': 0, 'former-name': 0 },
    ...{ refused: 0, handshake: 0, files: 0 },
  };

  test('has a column for each name and engine, those of today first, and a cell only where one was tried', async () => {
    const [gate, line] = [
      await add('gate', { address: '10.0.0.1' }),
      await add('line', { address: '10.0.0.2' }),
    ];
    await add('new', { address: '10.0.0.3' });
    service.devices.saveTrust(gate, {
      proofs: [proof('old.local:5000', 'docker'), proof('registry.local:5000', 'podman')],
    });
    service.devices.saveTrust(line, {
      proofs: [proof('registry.local:5000', 'docker', { isProven: false, code: 'NAME_UNREACHABLE' })],
    });
    const { rows, columns, total } = matrix();
    expect(total).toBe(3);
    expect(columns).toEqual([
      { name: 'registry.local:5000', runtime: 'docker', counts: { ...counts, refused: 1 } },
      { name: 'registry.local:5000', runtime: 'podman', counts: { ...counts, pulled: 1 } },
      { name: 'old.local:5000', runtime: 'docker', counts: { ...counts, 'former-name': 1 } },
    ]);
    expect(
      rows.map(({ name, cells }) => [name, cells.map(({ runtime, mark }) => `${runtime} ${mark}`)]),
    ).toEqual([
      ['gate', ['docker former-name', 'podman pulled']],
      ['line', ['docker refused']],
      ['new', []],
    ]);
    expect(matrix({ search: 'line' }).columns).toHaveLength(1);
  });

  test('is green only by a pull with the CA of today, and a cell says what its weakest proof does', async () => {
    await service.stop();
    service = await startService({ ca: () => own });
    const marks = async (name: string, proofs: Proof[]) => {
      const id = await add(name, { address: `${name}.local` });
      service.devices.saveTrust(id, { proofs });
      const { rows } = matrix({ search: name });
      return rows[0]?.cells.map(({ mark }) => mark);
    };
    const name = 'registry.local:5000';
    expect(await marks('today', [proof(name, 'docker', { fingerprint: own })])).toEqual(['pulled']);
    expect(await marks('before', [proof(name, 'docker', { fingerprint: former })])).toEqual(['former-ca']);
    const cheap = { isProven: false, code: 'NO_ENGINE' };
    expect(await marks('met', [proof(name, 'none', { ...cheap, level: 'tls' })])).toEqual(['handshake']);
    expect(await marks('bytes', [proof(name, 'none', { ...cheap, level: 'files' })])).toEqual(['files']);
    const users = [
      proof(name, 'podman-rootless', { user: 'ada', fingerprint: own }),
      proof(name, 'podman-rootless', { user: 'op', isProven: false, code: 'PULL_FAILED' }),
    ];
    expect(await marks('two', users)).toEqual(['refused']);
    expect(matrix({ search: 'two' }).rows[0]?.cells[0]?.proofs).toMatchObject(users);
    expect(matrix().columns.find(({ runtime }) => runtime === 'docker')?.counts).toEqual({
      ...counts,
      pulled: 1,
      'former-ca': 1,
    });
  });

  test('counts anew what was written meanwhile', async () => {
    const gate = await add('gate');
    expect(matrix().columns).toEqual([]);
    service.devices.saveTrust(gate, { proofs: [proof('registry.local:5000', 'docker')] });
    expect(matrix().columns).toMatchObject([{ counts: { pulled: 1 } }]);
  });
});

describe('a page of the table', () => {
  test('says of each device what a person looks for', async () => {
    const { gate } = await threeDevices();
    const { rows, total, counts, groups, tags, engines, hostKeys, codes } = page();
    expect(rows.find(({ id }) => id === gate)).toEqual({
      id: gate,
      name: 'gate-10',
      address: '10.0.0.10',
      port: null,
      user: 'root',
      group: 'Gates',
      tags: ['north', 'prod'],
      state: 'proven',
      code: null,
      title: '',
      engine: 'docker 24.0',
      names: [
        { name: 'registry.local:5000', isProven: true },
        { name: '10.0.0.1:5000', isProven: false },
      ],
      lastProofAt: '2026-11-21T10:00:00.000Z',
      canUndo: true,
      isBusy: false,
      isSimulated: false,
    });
    expect(total).toBe(3);
    expect(counts).toEqual({ none: 1, unproven: 0, proven: 1, outdated: 0, drifted: 0, failed: 1 });
    expect(groups).toEqual([
      { name: '', count: 1 },
      { name: 'Gates', count: 2 },
    ]);
    expect(tags).toEqual([
      { name: 'north', count: 1 },
      { name: 'prod', count: 2 },
    ]);
    expect(engines).toEqual([
      { name: 'docker', count: 1 },
      { name: 'podman', count: 1 },
    ]);
    expect(hostKeys).toEqual([{ name: 'missing', count: 3 }]);
    expect(codes).toEqual([
      { name: '', count: 2 },
      { name: 'CLOCK_WRONG', count: 1 },
    ]);
    expect(page({ states: ['failed'], codes: ['DISK_FULL'] })).toMatchObject({
      total: 0,
      codes: [{ name: 'CLOCK_WRONG', count: 1 }],
    });
  });

  test('is filtered by every part at once, and counts what the states leave out', async () => {
    await threeDevices();
    expect(names({ search: 'GATE 10.0.0.9' })).toEqual(['Gate-9']);
    expect(names({ search: 'clock' })).toEqual(['Gate-9']);
    expect(names({ search: 'north docker' })).toEqual(['gate-10']);
    expect(names({ search: '%' })).toEqual([]);
    expect(names({ groups: [''] })).toEqual(['line']);
    expect(names({ tags: ['north', 'prod'], groups: ['Gates'] })).toEqual(['gate-10']);
    expect(names({ engines: ['podman'] })).toEqual(['gate-10']);
    expect(names({ engines: ['balena-engine'] })).toEqual([]);
    expect(names({ codes: ['CLOCK_WRONG'] })).toEqual(['Gate-9']);
    expect(names({ states: [] })).toEqual([]);
    const failed = page({ states: ['failed'], groups: ['Gates'] });
    expect(failed.rows.map(({ name }) => name)).toEqual(['Gate-9']);
    expect(failed).toMatchObject({ total: 1, counts: { proven: 1, failed: 1, none: 0 } });
  });

  test('is sorted as a person counts, and cut into pages', async () => {
    await threeDevices();
    expect(names()).toEqual(['Gate-9', 'gate-10', 'line']);
    expect(names({}, { by: 'address' })).toEqual(['Gate-9', 'gate-10', 'line']);
    expect(names({}, { by: 'address', descending: true })).toEqual(['line', 'gate-10', 'Gate-9']);
    expect(names({}, { by: 'state' })).toEqual(['Gate-9', 'line', 'gate-10']);
    expect(names({}, { by: 'lastProofAt', descending: true })[0]).toBe('gate-10');
    expect(names({}, { by: 'group' })).toEqual(['line', 'Gate-9', 'gate-10']);
    const second = page({}, {}, { offset: 1, limit: 1 });
    expect(second).toMatchObject({ total: 3, rows: [{ name: 'gate-10' }] });
  });

  test('follows what changes', async () => {
    const { gate, line } = await threeDevices();
    service.devices.update({ device: line, name: 'Tür', tags: ['new'] });
    expect(names({ search: 'tür new' })).toEqual(['Tür']);
    expect(names({ search: 'prod' })).toEqual(['gate-10']);
    service.devices.saveTrust(gate, { state: 'none', proofs: [], lastProofAt: null });
    expect(page({ search: 'gate-10' }).rows[0]).toMatchObject({
      state: 'none',
      names: [],
      lastProofAt: null,
    });
    expect(service.devices.counts()).toMatchObject({ none: 2, proven: 0, failed: 1 });
  });
});

describe('many devices at once', () => {
  const all = { all: true } as const;

  test('a filter chooses, but for the exceptions', async () => {
    const { gate, door, line } = await threeDevices();
    const chosen = (filter: DeviceFilter, except: string[] = []) =>
      service.devices.choose({ filter, except }).map(({ id }) => id);
    expect(chosen({})).toEqual([gate, door, line]);
    expect(chosen({ groups: ['Gates'] }, [gate])).toEqual([door]);
    expect(service.devices.select({ filter: { tags: ['prod'] }, except: [] })).toEqual([
      service.devices.get(gate),
      service.devices.get(line),
    ]);
    expect(chosen({ search: 'nothing' })).toEqual([]);
  });

  test('by whether a host key is pinned', async () => {
    const { gate } = await threeDevices();
    const fingerprint = `SHA256:${'A'.repeat(43)}`;
    await service.devices.acceptHostKeys({
      keys: [{ device: gate, port: 22, type: 'ssh-ed25519', fingerprint }],
    });
    expect(names({ hostKeys: ['missing'] })).toEqual(['Gate-9', 'line']);
    expect(names({ hostKeys: ['pinned'] })).toEqual(['gate-10']);
    expect(names({ hostKeys: ['missing', 'pinned'] })).toHaveLength(3);
    expect(names({ hostKeys: [] })).toEqual([]);
    expect(page().hostKeys).toEqual([
      { name: 'missing', count: 2 },
      { name: 'pinned', count: 1 },
    ]);
  });

  test('groups and tags are given and taken', async () => {
    const { gate } = await threeDevices();
    expect(await service.devices.setGroup({ selection: all, group: 'Gates' })).toEqual({ changed: 1 });
    expect(names({ groups: ['Gates'] })).toHaveLength(3);
    const change = { add: ['new', 'prod'], remove: ['north'] };
    expect(await service.devices.setTags({ selection: all, ...change })).toEqual({ changed: 3 });
    expect(service.devices.get(gate).tags).toEqual(['new', 'prod']);
    expect(await service.devices.setTags({ selection: all, ...change })).toEqual({ changed: 0 });
    expect(await service.devices.removeGroup({ group: 'Gates' })).toEqual({ changed: 3 });
    expect(service.devices.groups()).toEqual([]);
    await expect(service.devices.removeGroup({ group: 'Gates' })).rejects.toThrow(code('NOT_FOUND'));
    expect(
      await service.devices.removeMany({ selection: { filter: { search: 'gate' }, except: [] } }),
    ).toEqual({
      removed: 2,
    });
    expect(names()).toEqual(['line']);
    expect(service.store.sql.all('SELECT * FROM deviceTags')).toHaveLength(2);
  });

  test('no device gets more tags than it may have, and then none gets any', async () => {
    const many = Array.from({ length: 19 }, (_, index) => `t${index}`);
    const gate = await add('gate', { address: '10.0.0.1', tags: many });
    const line = await add('line', { address: '10.0.0.2' });
    const change = { selection: all, add: ['one', 'two'] };
    await expect(service.devices.setTags({ ...change, remove: [] })).rejects.toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        details: { field: 'add', problem: 'gate would have 21 tags; a device has at most 20' },
      }),
    );
    expect([gate, line].map((id) => service.devices.get(id).tags.length)).toEqual([19, 0]);
    expect(await service.devices.setTags({ ...change, remove: ['t0'] })).toEqual({ changed: 2 });
    expect([gate, line].map((id) => service.devices.get(id).tags.length)).toEqual([20, 2]);
  });

  test('watchers hear of a login for many once', async () => {
    await threeDevices();
    let changes = 0;
    service.devices.onChange(() => (changes += 1));
    const credential = { kind: 'agent' } as const;
    await service.devices.setLogin({ selection: all, user: 'pi', credential, sudoPassword: '' });
    expect(changes).toBe(1);
    expect(service.devices.list().map(({ user, credential: { kind } }) => `${user} ${kind}`)).toEqual(
      Array(3).fill('pi agent'),
    );
    const missing = { kind: 'key', file: 'relative', pem: '', passphrase: '' } as const;
    await expect(
      service.devices.setLogin({ selection: all, credential: missing, sudoPassword: '' }),
    ).rejects.toEqual(code('BAD_INPUT'));
    expect(service.devices.list().every(({ credential: { kind } }) => kind === 'agent')).toBe(true);
  });

  test('a login for many lies sealed with each device by itself, and each keeps its user', async () => {
    const [first, second] = await Promise.all([
      add('first', { address: '10.0.0.1', user: 'pi' }),
      add('second', { address: '10.0.0.2', user: 'admin' }),
    ]);
    const credential = { kind: 'password', password: 'horse' } as const;
    expect(await service.devices.setLogin({ selection: all, credential, sudoPassword: '' })).toEqual({
      changed: 2,
    });
    const sealed = (id: string) =>
      service.store.sql.get<{ text: string }>(
        'SELECT sealedSecrets AS text FROM deviceDocuments WHERE deviceId = ?',
        id,
      )?.text ?? '';
    const open = (text: string, id: string) => service.store.secrets.open(text, `device:${id}`);
    for (const id of [first, second])
      expect(JSON.parse(open(sealed(id), id))).toMatchObject({ password: 'horse' });
    expect(() => open(sealed(first), second)).toThrow(code('KEY_BROKEN'));
    expect(service.devices.list().map(({ user }) => user)).toEqual(['pi', 'admin']);
  });

  test('groups and tags are found whatever the case of their letters, also once they have changed', async () => {
    const gate = await add('gate', { address: '10.0.0.1', group: 'ÄUSSERE Tore', tags: ['Süd'] });
    await add('line', { address: '10.0.0.2' });
    expect(names({ search: 'äussere tore' })).toEqual(['gate']);
    expect(names({ search: 'SÜD' })).toEqual(['gate']);
    await service.devices.setGroup({ selection: { devices: [gate] }, group: 'Innen' });
    await service.devices.setTags({ selection: { devices: [gate] }, add: ['Nord'], remove: ['Süd'] });
    expect(names({ search: 'innen nord' })).toEqual(['gate']);
    expect(names({ search: 'äussere' })).toEqual([]);
    expect(names({ search: 'süd' })).toEqual([]);
  });

  test('filters are kept by name', () => {
    const { filters } = service.devices;
    const broken = { name: 'Broken', filter: { states: ['failed' as const] } };
    expect(filters.save(broken)).toEqual([broken]);
    const changed = { name: 'Broken', filter: { states: ['failed' as const, 'drifted' as const] } };
    filters.save({ name: 'All', filter: {} });
    expect(filters.save(changed)).toEqual([{ name: 'All', filter: {} }, changed]);
    expect(filters.remove({ name: 'All' })).toEqual([changed]);
    expect(() => filters.remove({ name: 'All' })).toThrow(code('NOT_FOUND'));
    expect(filters.list()).toEqual([changed]);
  });
});

describe('the login of a group', () => {
  const ofGroup = { credential: { kind: 'group' }, group: 'Gates' };

  test('gives user, port and secrets to the devices that use it', async () => {
    const id = await add('gate', { ...ofGroup, user: 'admin' });
    await expect(service.devices.connect(id, { signal: AbortSignal.timeout(5000) })).rejects.toMatchObject({
      code: 'GROUP_LOGIN_MISSING',
      details: { group: 'Gates', device: 'gate' },
    });
    const credential = { kind: 'password', password: 'wooden horse' } as const;
    const saved = service.devices.setGroupLogin({ group: 'Gates', user: 'pi', port: 2222, credential });
    expect(saved).toEqual({
      name: 'Gates',
      count: 1,
      user: 'pi',
      port: 2222,
      credential: { kind: 'password', file: null, hasSudoPassword: false },
    });
    expect(service.devices.get(id)).toMatchObject({ user: 'pi', port: 2222, credential: { kind: 'group' } });
    expect(page().rows[0]).toMatchObject({ user: 'pi', port: 2222 });
    service.devices.setGroupLogin({ group: 'Gates', user: null, sudoPassword: 'second horse' });
    expect(service.devices.get(id)).toMatchObject({ user: 'admin', port: 2222 });
    expect(service.devices.groups()[0]?.credential).toMatchObject({
      kind: 'password',
      hasSudoPassword: true,
    });
    const stored = JSON.stringify(service.store.sql.all('SELECT * FROM deviceGroups'));
    expect(stored + JSON.stringify(service.book.lines())).not.toContain('horse');
  });

  test('a group that devices log in by stays', async () => {
    await add('gate', ofGroup);
    await expect(service.devices.removeGroup({ group: 'Gates' })).rejects.toThrow(code('GROUP_IN_USE'));
    service.devices.update({ device: 'gate', credential: { kind: 'agent' } });
    expect(await service.devices.removeGroup({ group: 'Gates' })).toEqual({ changed: 1 });
  });
});
