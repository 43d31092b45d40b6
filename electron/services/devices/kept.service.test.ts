import { expect, test } from 'vitest';
import { soon, useBench } from './lab/bench.fixture.ts';
import { type FakeOptions, runHere } from './ssh/fake-server.fixture.ts';

const { service, restart, fake, add } = useBench();

/** A device whose shell can wait for another script; see `nextScript`. */
const withBash: FakeOptions = {
  exec: (command, channel) => runHere(command.replace(/^sh /, 'bash --posix '), channel),
};

const visit = async (id: string) => {
  const session = await service().devices.connect(id, { ...soon(), isKept: true });
  const { records } = await session.run(`emit '{"kind":"here"}'`, { timeoutMs: 10_000 });
  session.close();
  return records;
};

test('a run soon after another goes over the same connection', async () => {
  const server = await fake();
  const { id } = await add(server.port);
  expect(await visit(id)).toEqual([{ kind: 'here' }]);
  const logins = server.tried.length;
  expect(await visit(id)).toEqual([{ kind: 'here' }]);
  expect(server.tried.length).toBe(logins);
  await expect.poll(server.open).toBe(1);
});

test('a run soon after another goes into the same shell; where that has ended, into a new one', async () => {
  const server = await fake(withBash);
  const { id } = await add(server.port);
  const shell = async (body: string, functions = '') => {
    const session = await service().devices.connect(id, { ...soon(), isKept: true });
    const { records } = await session.run(body, { timeoutMs: 10_000, functions });
    session.close();
    return (records as { pid?: string }[])[0]?.pid;
  };
  const tell = 'put pid "$$"; send';
  const before = server.commands.length;
  const first = await shell(tell);
  expect(await shell(tell)).toBe(first);
  expect(await shell('tell', `tell() { ${tell}; }\n`)).toBe(first);
  expect(server.commands.length - before).toBe(1);
  process.kill(Number(first));
  expect(await shell(tell)).not.toBe(first);
  expect(server.commands.length - before).toBe(2);
});

test('a body that was killed takes its shell along, and many bodies leave no listener', async () => {
  const server = await fake(withBash);
  const { id } = await add(server.port);
  const warned: string[] = [];
  const note = ({ name }: Error) => void warned.push(name);
  process.on('warning', note);
  const session = await service().devices.connect(id, { ...soon(), isKept: true });
  const tell = async (body: string) => {
    const { records } = await session.run(`put pid "$$"; send; ${body}`, { timeoutMs: 10_000 });
    return (records as { pid?: string }[])[0]?.pid;
  };
  const pids = new Set<string | undefined>();
  for (let run = 0; run < 12; run += 1) pids.add(await tell(':'));
  expect(pids.size).toBe(1);
  const [first] = pids;
  expect(await tell('sh -c \'kill -9 "$PPID"\'')).toBe(first);
  expect(await tell(':')).not.toBe(first);
  session.close();
  process.off('warning', note);
  expect(warned).toEqual([]);
});

test('a shell that ends as soon as it is free is not waited for', async () => {
  let scripts = 0;
  const server = await fake({
    exec(_command, channel) {
      channel.once('data', (chunk: Buffer) => {
        scripts += 1;
        const nonce = /mooring_nonce=([0-9a-f]+)/.exec(chunk.toString())?.[1] ?? '';
        const said = ['begin', 'end', 'free'].map((step) => `\n\x1e${nonce}{"mooring":"${step}"}\n`);
        channel.write(said.join(''));
        channel.exit(0);
        channel.end();
        channel.close();
      });
    },
  });
  const { id } = await add(server.port);
  const before = scripts;
  await visit(id);
  await visit(id);
  expect(scripts - before).toBe(2);
});

test('another login, or a connection that broke meanwhile, is made anew', async () => {
  const server = await fake();
  const { id } = await add(server.port);
  await visit(id);
  service().devices.update({ device: id, credential: { kind: 'password', password: 'new one' } });
  const before = server.tried.length;
  await visit(id);
  expect(server.tried.slice(before)).toEqual(['password']);
  server.cut();
  await expect.poll(server.open).toBe(0);
  expect(await visit(id)).toEqual([{ kind: 'here' }]);
});

test('a device that went silent meanwhile is dialled anew', async () => {
  await restart({ limits: { aliveMs: 250 } });
  const server = await fake();
  const { id } = await add(server.port);
  await visit(id);
  server.mute();
  const logins = server.tried.length;
  expect(await visit(id)).toEqual([{ kind: 'here' }]);
  expect(server.tried.length).toBeGreaterThan(logins);
});

test('a device whose pinned key was changed is not met over the old connection', async () => {
  const server = await fake();
  const { id } = await add(server.port);
  await visit(id);
  service().store.sql.run('UPDATE hostKeys SET fingerprint = ?', `SHA256:${'x'.repeat(43)}`);
  await expect(visit(id)).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED' });
});

test('only some are kept, not for long, and none beyond the app', async () => {
  await restart({ limits: { kept: 1, aliveMs: 15_000 } });
  const servers = [await fake(), await fake()];
  for (const { port } of servers) await visit((await add(port)).id);
  await expect.poll(() => servers.map(({ open }) => open())).toEqual([0, 1]);
  service().devices.close();
  await expect.poll(() => servers.map(({ open }) => open())).toEqual([0, 0]);

  await restart({ limits: { keepMs: 50 } });
  const brief = await fake();
  await visit((await add(brief.port)).id);
  await expect.poll(brief.open).toBe(0);
});

test('work that was cut short keeps no connection', async () => {
  const server = await fake();
  const { id } = await add(server.port);
  const session = await service().devices.connect(id, { ...soon(), isKept: true });
  await expect(session.run('sleep 30', { timeoutMs: 200 })).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' });
  session.close();
  await expect.poll(server.open).toBe(0);
});
