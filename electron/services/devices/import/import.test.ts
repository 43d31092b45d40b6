import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppError } from '#shared/errors.ts';
import { importInput, type ImportResult, type ImportState } from '#shared/model/device-import.ts';
import { startService, type TestService } from '../lab/service.fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
let service: TestService;
beforeEach(async () => {
  service = await startService({ agentSocket: () => '/agent' });
});
afterEach(() => service.stop());

const order = (text: string, more: object = {}) => importInput.parse({ text, ...more });
const preview = (text: string, more: object = {}) => service.devices.importPreview(order(text, more));
const importing = (text: string, more: object = {}, signal?: AbortSignal) =>
  service.devices.import({ ...order(text, more), skipProblems: 'skipProblems' in more }, signal);
const load = async (text: string, more: object = {}) => {
  let result: ImportResult | null = null;
  for await (const state of importing(text, more)) ({ result } = state);
  return result;
};
const counts = (added: number, updated: number, skipped: number) => ({ added, updated, skipped });

const fleet = `port;Address;tags;group;PASSWORD;name
22222;10.0.0.1;north balena;Gates;wooden horse;gate-1
;10.0.0.2;;;;
22;fe80::1%eth0;;Gates;;bench`;

describe('a preview of many lines', () => {
  const hosts = (count: number) => Array.from({ length: count }, (_, index) => `Host gate-${index}\n`);
  const text = `${hosts(230).join('')}Host far\n  ProxyJump other\n${'HostName\n'.repeat(120)}`;

  test('has what is left out first, and comes in pages', async () => {
    const { id, rows, problems, counts: all } = await preview(text);
    expect(all).toEqual({ add: 230, update: 0, same: 0, skip: 1, problems: 120 });
    expect([rows.length, problems.length]).toEqual([100, 100]);
    expect(rows.slice(0, 2).map(({ name, action }) => [name, action])).toEqual([
      ['far', 'skip'],
      ['gate-0', 'add'],
    ]);
    const page = (offset: number) => service.devices.importPreviewPage({ preview: id, offset, limit: 100 });
    const [second, third] = [page(100), page(200)];
    expect(second.rows.map(({ name }) => name)).toEqual(
      Array.from({ length: 100 }, (_, index) => `gate-${index + 99}`),
    );
    expect(second.problems.map(({ line }) => line)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 333),
    );
    expect([third.rows.length, third.problems.length, page(300).rows.length]).toEqual([31, 0, 0]);
  });

  test('is kept while few others are looked at', async () => {
    const { id } = await preview(text);
    const page = () => service.devices.importPreviewPage({ preview: id, offset: 230, limit: 100 }).rows;
    for (let count = 0; count < 3; count += 1) await preview('address\n10.0.0.1');
    expect(page()).toHaveLength(1);
    await preview('address\n10.0.0.1');
    expect(page).toThrow(code('NOT_FOUND'));
  });
});

describe('an import of many lines', () => {
  const many = `address\n${Array.from({ length: 5000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`).join('\n')}`;

  test('says how far it is, and at last what came of it', async () => {
    const states: ImportState[] = [];
    for await (const state of importing(many)) {
      if (state.result === null) expect(service.devices.list()).toEqual([]);
      states.push(state);
    }
    expect(states[0]).toMatchObject({ step: 'read', done: 0, total: 0 });
    expect(states.filter(({ step }) => step !== 'read').map(({ total }) => total)).toContain(5000);
    const dones = states.map(({ done }) => done);
    expect(dones).toEqual(dones.toSorted((a, b) => a - b));
    expect(states.at(-1)).toMatchObject({ step: 'write', done: 5000, result: counts(5000, 0, 0) });
  });

  test.each<[string, (controller: AbortController) => boolean]>([
    ['whoever looks at it leaves', () => true],
    [
      'its signal ends',
      (controller) => {
        controller.abort();
        return false;
      },
    ],
  ])('leaves nothing when %s', async (_, end) => {
    let told = 0;
    service.devices.onChange(() => (told += 1));
    const controller = new AbortController();
    const watching = async () => {
      for await (const state of importing(many, {}, controller.signal)) {
        expect(state.result).toBeNull();
        if (end(controller)) return 'left';
      }
      return 'done';
    };
    expect(await watching().catch((error: AppError) => error.code)).toBe(
      controller.signal.aborted ? 'CANCELLED' : 'left',
    );
    expect([service.devices.list(), told]).toEqual([[], 0]);
  });

  test('names its first problems, and the others in pages', async () => {
    const bad = `address,port\n10.0.0.1,22\n${'10.0.0.2,x\n'.repeat(130)}`;
    const result = await load(bad, { skipProblems: true });
    expect(result).toMatchObject({ ...counts(1, 0, 0), problemCount: 130 });
    expect(result?.problems).toHaveLength(100);
    const { problems } = service.devices.importPreviewPage({
      preview: result?.id ?? '',
      offset: 100,
      limit: 100,
    });
    expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 30 }, (_, index) => index + 103));
  });
});

describe('a CSV file', () => {
  test('is shown before anything is written, without a secret', async () => {
    const { rows, ...rest } = await preview(fleet);
    expect(rest).toEqual({
      id: expect.any(String),
      format: 'csv',
      problems: [],
      notes: [],
      counts: { add: 3, update: 0, same: 0, skip: 0, problems: 0 },
    });
    expect(rows).toEqual([
      {
        ...{ line: 2, name: 'gate-1', address: '10.0.0.1', user: 'root', port: 22222, group: 'Gates' },
        ...{ tags: ['north', 'balena'], login: 'password', action: 'add', note: '' },
      },
      expect.objectContaining({ line: 3, name: '10.0.0.2', port: null, login: 'agent' }),
      expect.objectContaining({ line: 4, address: 'fe80::1%eth0', port: 22 }),
    ]);
    expect(service.devices.list()).toEqual([]);
  });

  test('adds all at once, and a second time changes only what differs', async () => {
    let changes = 0;
    service.devices.onChange(() => (changes += 1));
    expect(await load(fleet)).toMatchObject(counts(3, 0, 0));
    expect(changes).toBe(1);
    expect(service.devices.get('gate-1')).toMatchObject({
      port: 22222,
      credential: { kind: 'password' },
      group: 'Gates',
      tags: ['balena', 'north'],
      hostKeys: [],
    });
    expect(await load(fleet)).toMatchObject(counts(0, 0, 3));
    const moved = 'address,name,user,password\n10.0.0.1,,pi,wooden horse\n10.0.0.7,bench,,\n';
    expect((await preview(moved)).rows.map(({ action, note }) => [action, note])).toEqual([
      ['update', 'changes user'],
      ['update', 'changes address'],
    ]);
    expect(await load(moved)).toMatchObject(counts(0, 2, 0));
    expect(service.devices.get('gate-1')).toMatchObject({ user: 'pi', group: 'Gates', port: 22222 });
    expect(service.devices.get('bench').address).toBe('10.0.0.7');
    expect(service.devices.list()).toHaveLength(3);
    expect((await preview('address,password\n10.0.0.1,other\n')).rows[0]?.note).toBe('changes login');
  });

  test('names every bad line with field, problem and way out, and writes nothing', async () => {
    const bad = `address,name,port,keyFile,tags
10.0.0.1,ok,22,,
,nameless,,,
10.0.0.3,,70000,,
10.0.0.4:22,,,,
10.0.0.5,,,keys/id,
fe80::1,,,,
10.0.0.1,twin,,,
10.0.0.8,ok,,,
10.0.0.9,,x,,-bad
10.0.0.10,,,,,surplus
`;
    const { problems } = await preview(bad);
    expect(problems.map(({ line, field }) => [line, field])).toEqual([
      [3, 'address'],
      [4, 'port'],
      [5, 'address'],
      [6, 'keyFile'],
      [7, 'address'],
      [8, 'address'],
      [9, 'name'],
      [10, 'port'],
      [10, 'tags'],
      [11, 'line'],
    ]);
    expect(problems.every(({ problem, next }) => problem !== '' && next.endsWith('.'))).toBe(true);
    await expect(load(bad)).rejects.toEqual(code('IMPORT_PROBLEMS'));
    expect(service.devices.list()).toEqual([]);
    expect(await load(bad, { skipProblems: true })).toMatchObject({ added: 1, problems });
  });

  test('without a column of addresses, or with nothing, says what to do', async () => {
    expect((await preview('name,user\na,b', { format: 'csv' })).problems).toMatchObject([
      { line: 1, field: 'address' },
    ]);
    expect((await preview('address,address\n', { format: 'csv' })).problems).toMatchObject([
      { line: 1, field: 'address' },
    ]);
    expect((await preview('', { format: 'csv' })).problems).toMatchObject([{ field: 'text' }]);
    expect((await preview('address,serial\n10.0.0.1,7')).notes).toEqual([
      'These columns are not used: serial.',
    ]);
  });

  test('a name that belongs to another device is no address of it', async () => {
    await load('address,name\n10.0.0.1,gate\n10.0.0.2,door\n');
    expect((await preview('address,name\n10.0.0.1,door\n')).problems).toMatchObject([
      { line: 2, field: 'name' },
    ]);
  });

  test('the template reads without a problem', async () => {
    const { text } = service.devices.csvTemplate();
    expect(await preview(text)).toMatchObject({ problems: [], counts: { add: 3 } });
  });
});

describe('logins', () => {
  test('a key beside a password makes it that of sudo; a key that is not here is a remark', async () => {
    const text = 'address,keyFile,password\n10.0.0.1,/nowhere/key,horse\n';
    expect((await preview(text)).rows[0]).toMatchObject({
      login: 'key',
      note: 'logs in with the key; the password is for sudo; there is no key file /nowhere/key on this computer',
    });
    await load(text);
    expect(service.devices.get('10.0.0.1').credential).toEqual({
      kind: 'key',
      file: '/nowhere/key',
      hasSudoPassword: true,
    });
    expect(await load(text)).toMatchObject(counts(0, 0, 1));
  });

  test('a line without one takes that of its group, or the one given', async () => {
    const text = 'address,group\n10.0.0.1,Gates\n';
    service.devices.setGroupLogin({ group: 'Gates', user: 'pi', credential: { kind: 'agent' } });
    expect((await preview(text)).rows[0]?.login).toBe('group');
    const login = { kind: 'key', file: '/k' };
    expect((await preview(text, { login })).rows[0]?.login).toBe('key');
    await expect(preview(text, { login: { kind: 'key', file: 'relative' } })).rejects.toEqual(
      code('BAD_INPUT'),
    );
    await load(text);
    expect(service.devices.get('10.0.0.1')).toMatchObject({ user: 'pi', credential: { kind: 'group' } });
  });

  test('no password is written anywhere in clear, and none is exported', async () => {
    await load(fleet);
    const { text } = await service.devices.export({ selection: { all: true } });
    const stored = ['devices', 'deviceDocuments'].map((table) =>
      service.store.sql.all(`SELECT * FROM ${table}`),
    );
    const shown = JSON.stringify([
      service.book.lines(),
      await preview(fleet),
      service.devices.list(),
      stored,
    ]);
    expect(text + shown).not.toContain('horse');
  });
});

test('what is exported is read back as the same devices', async () => {
  await load('address,name,user,group,tags\n10.0.0.1,=1+1,pi,@home,a b\nfe80::1%eth0,"x, ""y""",,,\n');
  const { text } = await service.devices.export({ selection: { all: true } });
  expect(text).toBe(
    `address,name,user,port,keyFile,group,tags\r\n10.0.0.1,"'=1+1",pi,,,"'@home",a b\r\nfe80::1%eth0,"x, ""y""",root,,,,\r\n`,
  );
  expect(await load(text)).toMatchObject(counts(0, 0, 2));
});

test('an SSH configuration leaves out what it cannot reach, and takes the person for the user', async () => {
  const text = 'Host a\n User pi\nHost far\n ProxyJump a\nHost b\n Port 2222\n';
  const { rows, counts: all } = await preview(text);
  expect(all).toMatchObject({ add: 2, skip: 1 });
  expect(rows.find(({ name }) => name === 'far')?.note).toContain('jump hosts are not supported yet');
  expect(await load(text)).toMatchObject(counts(2, 0, 1));
  expect(service.devices.list().map(({ name, port }) => [name, port])).toEqual([
    ['a', null],
    ['b', 2222],
  ]);
});

test('several that discovery saw are added without a login, those that are known are not', async () => {
  const found = { address: '10.0.0.1', port: 22, name: 'gate' };
  const input = {
    devices: [found, { ...found, address: '10.0.0.2' }, { ...found, address: '10.0.0.2' }],
    ...{
      user: 'root',
      credential: { kind: 'agent' as const },
      sudoPassword: '',
      group: 'New',
      tags: ['seen'],
    },
    hostKey: 'first-contact' as const,
  };
  await load('address\n10.0.0.1\n');
  expect(await service.devices.addFound(input)).toEqual({ added: 1, skipped: 2 });
  expect(service.devices.get('gate')).toMatchObject({ group: 'New', tags: ['seen'], hostKeys: [] });
});
