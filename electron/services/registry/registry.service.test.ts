import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createTestRegistry,
  engineEntry,
  freePort,
  isAlive,
  login,
  type TestRegistry,
} from './registry.fixture.ts';

const open: TestRegistry[] = [];
const create = async (...args: Parameters<typeof createTestRegistry>) => {
  const test = await createTestRegistry(...args);
  open.push(test);
  return test;
};
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
});
const basic = (password: string) => `Basic ${Buffer.from(`${login.user}:${password}`).toString('base64')}`;
const pidOf = (test: TestRegistry) => test.registry.status().pid ?? 0;

describe('serving', () => {
  it('starts, tells its state, serves over TLS and stops', async () => {
    const test = await create();
    expect(test.registry.status()).toMatchObject({ state: 'absent', pid: null, pull: 'anyone' });
    const states: string[] = [];
    test.registry.onChange(() => states.push(test.registry.status().state));
    const status = await test.registry.start();
    expect(status).toMatchObject({
      state: 'serving',
      url: `https://registry.local:${test.endpoint.port}`,
      error: null,
      restarts: 0,
    });
    expect((await test.ask('/v2/')).status).toBe(401);
    expect(await test.registry.start()).toMatchObject({ state: 'serving', pid: status.pid });
    await expect.poll(() => test.registry.status().usedBytes).toBeGreaterThan(0);
    const pid = pidOf(test);
    expect(await test.registry.stop()).toMatchObject({ state: 'stopped', pid: null });
    expect(isAlive(pid)).toBe(false);
    expect([...new Set(states)]).toEqual(['starting', 'serving', 'stopped']);
    await expect(test.ask('/v2/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('stops with open connections, and starts again on another port', async () => {
    const test = await create();
    await test.registry.start();
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
    await test.ask('/v2/', { agent });
    await test.registry.stop();
    agent.destroy();
    await test.registry.start();
    test.endpoint.port = await freePort();
    await test.registry.start();
    expect((await test.ask('/v2/')).status).toBe(401);
  });

  it('writes refused requests to the log of the app, without what they authenticate with', async () => {
    const test = await create();
    await test.registry.start();
    await test.ask('/v2/', { headers: { authorization: basic('mistaken-password') } });
    const refused = () => test.lines.find(({ message }) => message === 'refused GET /v2/: 401 UNAUTHORIZED');
    await expect.poll(refused).toMatchObject({
      ...{ area: 'registry', level: 'warn' },
      details: { requestId: expect.stringMatching(/^[0-9a-f]{8}-/) as string, remote: '127.0.0.1' },
    });
    const log = JSON.stringify(test.lines);
    for (const secret of ['mistaken-password', basic('mistaken-password').slice(6)])
      expect(log).not.toContain(secret);
  });

  it('takes a new certificate, new users and another policy without a restart', async () => {
    const test = await create();
    await test.registry.start();
    const pid = pidOf(test);
    const before = await test.ask('/v2/', { headers: { authorization: basic(login.password) } });
    expect(before.status).toBe(200);
    test.replaceCertificate();
    await expect
      .poll(() => test.ask('/v2/').then((answer) => answer.fingerprint))
      .not.toBe(before.fingerprint);
    test.replacePassword('renewed');
    const status = (password: string) =>
      test.ask('/v2/', { headers: { authorization: basic(password) } }).then((answer) => answer.status);
    await expect.poll(() => status('renewed')).toBe(200);
    expect(await status(login.password)).toBe(401);
    const hello = () => test.ask('/v2/mooring/hello/manifests/latest').then((answer) => answer.status);
    expect(await hello()).toBe(200);
    expect(await test.registry.setPull('login')).toMatchObject({ pull: 'login' });
    await expect.poll(hello).toBe(401);
    expect(pidOf(test)).toBe(pid);
  });

  it('goes on with the old certificate when the new one cannot be read', async () => {
    const test = await create();
    await test.registry.start();
    test.replaceCertificate({ certPem: 'broken', keyPem: 'broken' });
    expect(test.registry.status().state).toBe('serving');
    const agent = new Agent({ rejectUnauthorized: false });
    expect((await test.ask('/v2/', { agent })).status).toBe(401);
  });
});

describe('an engine that ends', () => {
  it('is started again, and knows its one-time tags and policy', async () => {
    const test = await create({ timing: { backOff: 20 } });
    await test.registry.start();
    const { digest, tags } = await test.registry.proofs.issue(1);
    const pid = pidOf(test);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => test.registry.status().state).toBe('restarting');
    expect(test.registry.status().error?.code).toBe('REGISTRY_CRASHED');
    await expect.poll(() => test.registry.status().state).toBe('serving');
    expect(test.registry.status()).toMatchObject({ restarts: 1, error: null });
    expect(pidOf(test)).not.toBe(pid);
    await test.ask(`/v2/mooring/probe/manifests/${tags[0]}`);
    await test.ask(`/v2/mooring/probe/manifests/${digest}`);
    expect(await test.registry.proofs.wait(tags[0] ?? '', { timeoutMs: 5000 })).toMatchObject({
      remote: '127.0.0.1',
    });
  });

  it('leaves signals of its process group to the supervisor', async () => {
    const test = await create();
    await test.registry.start();
    const pid = pidOf(test);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect((await test.ask('/v2/')).status).toBe(401);
    expect(test.registry.status()).toMatchObject({ state: 'serving', pid, restarts: 0 });
    expect(await test.registry.stop()).toMatchObject({ state: 'stopped', pid: null });
    expect(isAlive(pid)).toBe(false);
  });

  it('is not started again when it was stopped meanwhile', async () => {
    const test = await create({ timing: { backOff: 100 } });
    await test.registry.start();
    process.kill(pidOf(test), 'SIGKILL');
    await expect.poll(() => test.registry.status().state).toBe('restarting');
    expect(await test.registry.stop()).toMatchObject({ state: 'stopped', pid: null });
  });

  it('ends by itself when its parent vanishes', async () => {
    const forker = `
      import { fork } from 'node:child_process';
      const child = fork(${JSON.stringify(engineEntry)}, [], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      child.on('message', () => console.log(child.pid));
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', forker], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe('what keeps it from serving', () => {
  it('a taken port names its holder and proposes another', async () => {
    const test = await create();
    const other = createServer().listen(test.endpoint.port, '127.0.0.1');
    await once(other, 'listening');
    const error = await test.registry.start().catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code: 'PORT_IN_USE', details: { port: test.endpoint.port } });
    const { details } = error as { details: Record<string, unknown> };
    expect(details.holder).toEqual(expect.any(String));
    expect(details.proposal).not.toBe(test.endpoint.port);
    expect(test.registry.status()).toMatchObject({
      state: 'failed',
      error: { code: 'PORT_IN_USE' },
      pid: null,
    });
    other.close();
    await once(other, 'close');
    expect(await test.registry.start()).toMatchObject({ state: 'serving', error: null });
  });

  it('an address of another computer', async () => {
    const test = await create();
    test.endpoint.listen = '192.0.2.1';
    await expect(test.registry.start()).rejects.toMatchObject({
      code: 'LISTEN_ADDRESS',
      details: { listen: '192.0.2.1', choices: expect.stringContaining('127.0.0.1') },
    });
  });

  it('a folder that cannot be written', async () => {
    const test = await create();
    await writeFile(join(test.dataDir, 'registry'), 'in the way');
    await expect(test.registry.start()).rejects.toMatchObject({
      code: 'STORAGE_UNWRITABLE',
      details: { folder: join(test.dataDir, 'registry') },
    });
    await rm(join(test.dataDir, 'registry'));
  });

  it('no certificate, or a key that does not belong to it', async () => {
    const missing = await create({
      pki: {
        serverFiles: () => {
          throw new Error('no such file');
        },
        onChange: () => () => undefined,
      },
    });
    await expect(missing.registry.start()).rejects.toMatchObject({ code: 'CERTIFICATE_MISSING' });
    const test = await create();
    const { testCertificate } = await import('./certificate.fixture.ts');
    test.replaceCertificate({ certPem: testCertificate().certPem, keyPem: testCertificate().keyPem });
    await expect(test.registry.start()).rejects.toMatchObject({ code: 'CERTIFICATE_MISSING' });
  });
});

describe('proofs', () => {
  it('wait for the record of a real pull, and give up', async () => {
    const test = await create();
    const { proofs } = test.registry;
    await expect(proofs.issue(1)).rejects.toMatchObject({ code: 'REGISTRY_DOWN' });
    await test.registry.start();
    const { repository, digest, tags } = await proofs.issue(3);
    const [one = '', two = '', three = ''] = tags;
    expect(new Set(tags).size).toBe(3);
    const waiting = proofs.wait(one, { timeoutMs: 10_000 });
    const headers = { 'user-agent': 'engine/1' };
    const tagged = await test.ask(`/v2/${repository}/manifests/${one}`, { headers });
    expect(tagged.status).toBe(200);
    await test.ask(`/v2/${repository}/manifests/${digest}`, { headers });
    const record = await waiting;
    expect(record).toMatchObject({
      remote: '127.0.0.1',
      host: `127.0.0.1:${test.endpoint.port}`,
      agent: 'engine/1',
    });
    expect(await proofs.wait(one, { timeoutMs: 0 })).toEqual(record);
    expect(await proofs.wait(two, { timeoutMs: 20 })).toBeNull();
    const aborted = proofs.wait(two, { timeoutMs: 10_000, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' });
    const late = proofs.wait(three, { timeoutMs: 10_000 });
    proofs.withdraw(tags);
    expect(await late).toBeNull();
    const gone = () => test.ask(`/v2/${repository}/manifests/${two}`).then((answer) => answer.status);
    await expect.poll(gone).toBe(404);
  });
});

describe('events', () => {
  it('are kept, newest first, and tell watchers', async () => {
    const test = await create();
    await test.registry.start();
    const told = new Promise<void>((resolve) => test.registry.onEvents(resolve));
    await test.ask('/v2/mooring/hello/manifests/latest', { headers: { 'user-agent': 'engine/1' } });
    await told;
    expect(test.registry.events(10)).toEqual([
      expect.objectContaining({
        action: 'pull',
        repository: 'mooring/hello',
        reference: 'latest',
        remote: '127.0.0.1',
        user: null,
        agent: 'engine/1',
      }),
    ]);
  });
});
