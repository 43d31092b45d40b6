import type { KeyboardAuthContext, PasswordAuthContext } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { soon, useBench } from './lab/bench.fixture.ts';
import { newEd25519 } from './ssh/fake-server.fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const bench = useBench();
const { fake } = bench;

const load = async (port: number, more: object = {}) => {
  const importing = bench.service().devices.import({
    ...{ format: 'csv', text: `address,port,name,password\n127.0.0.1,${port},gate,x\n`, skipProblems: false },
    ...{ hostKey: 'first-contact', ...more },
  });
  for await (const { result } of importing) if (result) return;
};
const devices = () => bench.service().devices;

describe('the host key of an imported device', () => {
  test('is not believed by itself, and nothing is tried before it is', async () => {
    const { port, tried } = await fake();
    await load(port);
    await expect(devices().connect('gate', soon())).rejects.toEqual(code('HOST_KEY_UNKNOWN'));
    expect(tried).toEqual([]);
  });

  test('is pinned at the first connection where the import or the run says so, and only then', async () => {
    const first = await fake();
    await load(first.port);
    await load(first.port, { hostKey: 'accept-new' });
    (await devices().connect('gate', soon())).close();
    expect(devices().get('gate').hostKeys).toMatchObject([{ type: 'ssh-ed25519', how: 'unseen' }]);

    const second = await fake({ hostKeys: [newEd25519()] });
    devices().update({ device: 'gate', port: second.port });
    const accepting = { ...soon(), acceptNewHostKeys: true };
    await expect(devices().connect('gate', accepting)).rejects.toEqual(code('HOST_KEY_CHANGED'));
    expect(second.tried).toEqual([]);
  });

  test('is accepted by a run for devices that were imported without', async () => {
    const { port } = await fake();
    await load(port);
    (await devices().connect('gate', { ...soon(), acceptNewHostKeys: true })).close();
    expect(devices().get('gate').hostKeys).toMatchObject([{ how: 'unseen' }]);
  });

  test('is not believed when a person has given another one while it waited for its place', async () => {
    const { port, tried } = await fake();
    await load(port);
    const place = Promise.withResolvers<() => void>();
    const asked = Promise.withResolvers<void>();
    const enter = () => {
      asked.resolve();
      return place.promise;
    };
    const session = devices().connect('gate', { ...soon(), acceptNewHostKeys: true, enter });
    await asked.promise;
    const other = await fake({ hostKeys: [newEd25519()] });
    const { hostKeys } = await devices().contact({ address: '127.0.0.1', port: other.port });
    const { id: device } = devices().get('gate');
    await devices().acceptHostKeys({ keys: hostKeys.map((key) => ({ ...key, device, port: other.port })) });
    place.resolve(() => undefined);
    await expect(session).rejects.toEqual(code('HOST_KEY_CHANGED'));
    expect(tried).toEqual([]);
    expect(devices().get('gate').hostKeys).toMatchObject([{ fingerprint: hostKeys[0]?.fingerprint }]);
  });

  test('stays unknown when the login is refused', async () => {
    const { port } = await fake({ authenticate: () => false });
    await load(port, { hostKey: 'accept-new' });
    await expect(devices().connect('gate', soon())).rejects.toEqual(code('AUTH_REFUSED'));
    expect(devices().get('gate').hostKeys).toEqual([]);
  });
});

test('a device is busy while a session with it is open', async () => {
  const { port } = await fake();
  await load(port);
  const isBusy = () =>
    devices().page({ filter: {}, sort: { by: 'name', descending: false }, offset: 0, limit: 1 }).rows[0]
      ?.isBusy;
  const session = await devices().connect('gate', { ...soon(), acceptNewHostKeys: true });
  expect(isBusy()).toBe(true);
  session.close();
  session.close();
  expect(isBusy()).toBe(false);
  await expect(devices().connect('gate', { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(isBusy()).toBe(false);
});

test('the login of a group is used with its user and port', async () => {
  const { port } = await fake({
    authenticate: (context) =>
      context.username === 'pi' &&
      context.method === 'password' &&
      (context as PasswordAuthContext).password === 'wooden horse',
  });
  const credential = { kind: 'password', password: 'wooden horse' } as const;
  devices().setGroupLogin({ group: 'Gates', user: 'pi', port, credential });
  const ofGroup = { kind: 'group' };
  const input = bench.service().input({ credential: ofGroup, group: 'Gates', name: 'first' });
  expect(await devices().add(input)).toMatchObject({ user: 'pi', port, credential: ofGroup });
  (await devices().connect('first', soon())).close();
});

describe('what a device asks', () => {
  const asking = (...rounds: { prompt: string; echo: boolean }[][]) =>
    fake({
      authenticate(context) {
        if (context.method !== 'keyboard-interactive') return ['keyboard-interactive'];
        const keyboard = context as KeyboardAuthContext;
        const heard: string[] = [];
        const ask = (index: number) => {
          const round = rounds[index];
          if (round === undefined) {
            if (heard.every((answer) => answer === 'secret')) keyboard.accept();
            else keyboard.reject();
            return;
          }
          keyboard.prompt(round, (answers) => {
            heard.push(...answers);
            ask(index + 1);
          });
        };
        ask(0);
        return 'later';
      },
    });
  const credential = { kind: 'password', password: 'secret' };

  test('a password is told once', async () => {
    const { port } = await asking([{ prompt: 'Password: ', echo: false }], []);
    await bench.add(port, { credential });
  });

  test.each([
    [
      'a second factor',
      [[{ prompt: 'Password: ', echo: false }], [{ prompt: 'Code: ', echo: false }]],
      'Code:',
    ],
    ['a question whose answer is shown', [[{ prompt: 'Your name? ', echo: true }]], 'Your name?'],
    [
      'two at once',
      [
        [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Code: ', echo: false },
        ],
      ],
      'Code:',
    ],
  ])('%s is not answered with the password', async (_, rounds, question) => {
    const { port } = await asking(...rounds);
    await expect(bench.add(port, { credential })).rejects.toMatchObject({
      code: 'AUTH_MORE_ASKED',
      details: { question },
    });
  });
});
