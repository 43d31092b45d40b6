import type { KeyboardAuthContext, PasswordAuthContext } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { byKey, soon, useBench } from './lab/bench.fixture.ts';
import { startService } from './lab/service.fixture.ts';
import { newEd25519, newRsa, startOther } from './ssh/fake-server.fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const bench = useBench();
const { fake, other, add } = bench;

describe('what answers', () => {
  test('nobody listens', async () => {
    const { port, stop } = await startOther(() => undefined);
    await stop();
    await expect(add(port)).rejects.toMatchObject({ code: 'DEVICE_REFUSED', retryable: true });
  });

  test('a server that never speaks, and one that speaks HTTP', async () => {
    await bench.restart({ limits: { loginMs: 1500 } });
    const mute = await other(() => undefined);
    await expect(add(mute.port)).rejects.toEqual(code('DEVICE_NOT_SSH'));
    const web = await other((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    await expect(add(web.port)).rejects.toEqual(code('DEVICE_NOT_SSH'));
    await expect(bench.service().devices.contact({ address: '127.0.0.1', port: web.port })).rejects.toEqual(
      code('DEVICE_NOT_SSH'),
    );
  });

  test('a server that stops in the middle of the handshake', async () => {
    await bench.restart({ limits: { loginMs: 1500 } });
    const stuck = await other((socket) => socket.write('SSH-2.0-stuck\r\n'));
    await expect(add(stuck.port)).rejects.toEqual(code('DEVICE_TIMEOUT'));
  });

  test('a server that closes at once', async () => {
    const closing = await other((socket) => socket.end());
    await expect(add(closing.port)).rejects.toEqual(code('DEVICE_NOT_SSH'));
  });

  test('a server with outdated algorithms alone', async () => {
    const old = await fake({ algorithms: { kex: ['diffie-hellman-group14-sha1'] } });
    await expect(add(old.port)).rejects.toEqual(code('DEVICE_HANDSHAKE'));
  });

  test('a name nobody answers for, and one that mDNS knows', async () => {
    await expect(add(22, { address: 'nobody.invalid' })).rejects.toEqual(code('DEVICE_NAME_UNKNOWN'));
    const { port } = await fake();
    bench.service().resolved['gate.local'] = ['127.0.0.1'];
    expect(await add(port, { address: 'Gate.local.' })).toMatchObject({ address: 'Gate.local.', port });
  });

  test('an address that drops everything: the time limit is ours, and cancel is at once', async () => {
    const cancel = new AbortController();
    const adding = bench
      .service()
      .devices.add(bench.service().input({ address: '192.0.2.1', credential: byKey }), cancel.signal);
    cancel.abort();
    await expect(adding).rejects.toEqual(code('CANCELLED'));
  });
});

describe('host keys', () => {
  test('the fingerprint confirmed may be of any type the device has', async () => {
    const { port } = await fake({ hostKeys: [newEd25519(), newRsa()] });
    const { hostKeys } = await bench.service().devices.contact({ address: '127.0.0.1', port });
    expect(hostKeys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ssh-rsa']);
    const hostKey = { kind: 'confirmed', fingerprint: hostKeys[1]?.fingerprint };
    const added = await add(port, { hostKey });
    expect(added.hostKeys).toMatchObject([{ type: 'ssh-rsa', how: 'shown' }]);
    (await bench.service().devices.connect(added.id, soon())).close();
  });

  test('a change is refused with both fingerprints before any login is tried', async () => {
    const first = await fake();
    const second = await fake({ hostKeys: [newEd25519()] });
    const { id, hostKeys } = await add(first.port);
    bench.service().devices.update({ device: id, port: second.port });
    await expect(bench.service().devices.connect(id, soon())).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
      details: { expected: hostKeys[0]?.fingerprint, fingerprint: expect.stringMatching(/^SHA256:.{43}$/) },
    });
    expect(second.tried).toEqual([]);
    const [shown] = (await bench.service().devices.contact({ address: '127.0.0.1', port: second.port }))
      .hostKeys;
    await bench.service().devices.acceptHostKey({ device: id, fingerprint: shown?.fingerprint ?? '' });
    (await bench.service().devices.connect(id, soon())).close();
  });

  test('a device that shows only another type than the pinned one counts as changed', async () => {
    const first = await fake();
    const second = await fake({ hostKeys: [newRsa()] });
    const { id } = await add(first.port);
    bench.service().devices.update({ device: id, port: second.port });
    await expect(bench.service().devices.connect(id, soon())).rejects.toEqual(code('HOST_KEY_CHANGED'));
  });
});

describe('logins', () => {
  test('a refused key adds nothing, and nothing else is tried', async () => {
    const { port, tried } = await fake({ authenticate: () => false });
    await expect(add(port)).rejects.toMatchObject({
      code: 'AUTH_REFUSED',
      details: { user: 'root', method: 'private key' },
    });
    expect(bench.service().devices.list()).toEqual([]);
    expect(tried).not.toContain('none');
  });

  test('a password by keyboard-interactive where password is not on offer', async () => {
    const { port, tried } = await fake({
      authenticate(context) {
        if (context.method !== 'keyboard-interactive') return ['keyboard-interactive'];
        const asking = context as KeyboardAuthContext;
        asking.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
          answers[0] === 'secret' ? asking.accept() : asking.reject(),
        );
        return 'later';
      },
    });
    await add(port, { credential: { kind: 'password', password: 'secret' } });
    expect(tried).toEqual(['password', 'keyboard-interactive']);
  });

  test('a wrong password is tried once', async () => {
    const { port, tried } = await fake({
      authenticate: (context) =>
        context.method === 'password' && (context as PasswordAuthContext).password === 'right'
          ? true
          : ['password', 'keyboard-interactive'],
    });
    const credential = { kind: 'password', password: 'wrong' };
    await expect(add(port, { credential })).rejects.toEqual(code('AUTH_REFUSED'));
    expect(tried).toEqual(['password']);
    const added = await add(port, { credential: { ...credential, password: 'right' } });
    expect(added.credential).toEqual({ kind: 'password', file: null, hasSudoPassword: false });
  });

  test('a key that cannot be used is said so before anything is dialled', async () => {
    const { port, open } = await fake();
    const missing = { kind: 'key', file: '/nonexistent/key' };
    await expect(add(port, { credential: missing })).rejects.toEqual(code('AUTH_KEY_UNREADABLE'));
    await expect(add(port, { credential: { kind: 'key', pem: 'no key' } })).rejects.toEqual(
      code('AUTH_KEY_UNREADABLE'),
    );
    await expect(add(port, { credential: { kind: 'key', file: 'relative' } })).rejects.toEqual(
      code('BAD_INPUT'),
    );
    await expect(add(port, { credential: { kind: 'key' } })).rejects.toEqual(code('BAD_INPUT'));
    await expect(add(port, { credential: { kind: 'agent' } })).rejects.toEqual(code('AUTH_AGENT_MISSING'));
    expect(open()).toBe(0);
  });
});

test('no secret stands in the database, the log or an error', async () => {
  const { port } = await fake({ authenticate: (context) => context.method === 'password' });
  const credential = { kind: 'password', password: 'wooden horse' };
  const { id } = await add(port, { credential, sudoPassword: 'second horse' });
  await expect(add(port + 1, { credential })).rejects.toThrow();
  const rows = JSON.stringify(bench.service().store.sql.all('SELECT * FROM devices'));
  const log = JSON.stringify(bench.service().book.lines());
  for (const text of [rows, log, JSON.stringify(bench.service().devices.get(id))])
    expect(text).not.toContain('horse');
});

test('facts are read before the first run as well', async () => {
  await bench.restart({
    registry: () => {
      throw new AppError('NOT_SET_UP');
    },
  });
  const { port } = await fake();
  expect((await add(port)).facts).toMatchObject({ trust: [], hostName: expect.any(String) });
});

test('many devices wait for a place, and a dead one takes none', async () => {
  await bench.restart({ limits: { sessions: 2 } });
  const servers = await Promise.all(Array.from({ length: 6 }, () => fake()));
  for (const { port } of servers) await add(port);
  const dead = await startOther(() => undefined);
  await dead.stop();
  const hostKey = { kind: 'offline' };
  const { id } = await add(dead.port, { hostKey });
  const { jobs, devices } = bench.service();
  const job = await jobs.finished((await devices.probe({ all: true })).jobId);
  expect(job.items.filter(({ state }) => state === 'succeeded')).toHaveLength(6);
  expect(job.items.find((item) => item.id === id)?.error?.code).toBe('DEVICE_REFUSED');
  const results = job.result as { id: string; error: { code: string } | null }[];
  expect(results.find((result) => result.id === id)?.error?.code).toBe('DEVICE_REFUSED');
  expect(results.filter(({ error }) => error === null)).toHaveLength(6);
});

test('what an app that ends leaves of a reading of facts is done by the next one, and nothing twice', async () => {
  const gate = await fake();
  await add(gate.port, { name: 'gate' });
  const door = await fake();
  await add(door.port, { name: 'door' });
  const silent = await bench.other(() => undefined);
  const { devices, jobs, dataDir } = bench.service();
  devices.update({ device: 'door', port: silent.port });
  const { jobId } = await devices.probe({ all: true });
  for await (const { counts } of jobs.watch(jobId)) if (counts.succeeded === 1) break;
  await jobs.close();
  devices.update({ device: 'door', port: door.port });

  const next = await startService({ dataDir });
  try {
    expect(next.jobs.view(jobId)).toMatchObject({ state: 'interrupted', canResume: true });
    await next.jobs.resume(jobId);
    const { state, items, result } = await next.jobs.finished(jobId);
    expect([state, items.map(({ label, attempts }) => `${label} ${attempts}`)]).toEqual([
      'succeeded',
      ['gate 1', 'door 2'],
    ]);
    expect(result).toEqual(items.map(({ id }) => ({ id, error: null })));
  } finally {
    await next.stop();
  }
});
