import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basic, password, startTestEngine, type TestEngine, user } from '../engine.fixture.ts';

let registry: TestEngine;
beforeEach(async () => {
  registry = await startTestEngine();
});
afterEach(() => registry.close());

const lines = () => registry.messages.filter((message) => message.type === 'log');
const wrong = `sha256:${'0'.repeat(64)}`;

/** Sends bytes as they are; resolves with everything that came back until the engine closed. */
const sendRaw = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const { engine, certificate } = registry;
    const socket = connect({ port: engine.port, host: '127.0.0.1', ca: certificate.certPem });
    let answer = '';
    socket.on('data', (part: Buffer) => (answer += part.toString()));
    socket.on('error', reject).on('close', () => resolve(answer));
    socket.write(bytes);
  });

describe('the id of a request', () => {
  it('is in every answer, and another one each time', async () => {
    const answers = [
      await registry.ask('GET', '/v2/'),
      await registry.ask('GET', '/v2/', { login: false }),
      await registry.ask('GET', '/v2/app/manifests/none'),
      await registry.ask('GET', '/v2/%zz'),
      await registry.ask('HEAD', `/v2/app/blobs/${wrong}`),
    ];
    const ids = answers.map(({ headers }) => String(headers['x-request-id']));
    const malformed = await sendRaw('no request at all\r\n\r\n');
    ids.push(/^x-request-id: (.*)$/im.exec(malformed)?.[1] ?? '');
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-z]+$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is in the event of a push, a pull and a refused login', async () => {
    const { answer } = await registry.pushImage('app', 'v1');
    const pull = await registry.ask('GET', '/v2/app/manifests/v1');
    const headers = { authorization: basic(user, 'wrong') };
    const denied = await registry.ask('GET', '/token', { headers });
    const told = registry.events().map(({ action, requestId }) => [action, requestId]);
    const expected = Object.entries({ push: answer, pull, denied });
    for (const [action, { headers }] of expected)
      expect(told).toContainEqual([action, headers['x-request-id']]);
  });
});

describe('a line of the log', () => {
  it('says what a refused request was', async () => {
    const headers = { 'user-agent': 'docker/20.10' };
    const path = '/v2/app/blobs/uploads/';
    const answer = await registry.ask('POST', `${path}?digest=${wrong}`, { body: 'x', headers });
    expect(lines()).toMatchObject([
      {
        level: 'warn',
        message: `refused POST ${path}: 400 DIGEST_INVALID`,
        details: {
          ...{ requestId: answer.headers['x-request-id'], method: 'POST', path, status: 400 },
          ...{ code: 'DIGEST_INVALID', remote: '127.0.0.1', agent: 'docker/20.10' },
        },
      },
    ]);
    expect(lines()[0]?.details.ms).toBeGreaterThanOrEqual(0);
  });

  it('says what failed here, and the client is told under which id', async () => {
    const link = join(registry.root, 'docker/registry/v2/repositories/app/_manifests/tags/v1/current/link');
    await registry.pushImage('app', 'v1');
    await rm(link);
    await mkdir(link);
    const answer = await registry.ask('GET', '/v2/app/manifests/v1');
    const requestId = answer.headers['x-request-id'];
    expect([answer.status, answer.json().errors]).toMatchObject([500, [{ detail: { requestId } }]]);
    expect(lines()).toMatchObject([{ level: 'error', details: { requestId, status: 500 } }]);
    expect(lines()[0]?.details.error).toContain('EISDIR');
  });

  it('is not written for what is everyday life', async () => {
    await registry.ask('GET', '/v2/', { login: false });
    await registry.ask('GET', '/v2/app/manifests/none');
    await registry.ask('GET', '/elsewhere');
    await registry.ask('POST', '/token', { body: 'grant_type=refresh_token' });
    await registry.ask('GET', '/v2/', { headers: { authorization: 'Bearer old.old.old' } });
    expect(lines()).toEqual([]);
  });

  it('holds nothing that a client authenticates with', async () => {
    const secret = 'hunter2-hunter2';
    const token = String((await registry.ask('GET', '/token?scope=registry:catalog:*')).json().token);
    const ask = (path: string, authorization: string, method = 'GET') =>
      registry.ask(method, path, { headers: { authorization } });
    await ask(`/v2/?password=${secret}`, basic(user, secret));
    await ask(`/token?account=${user}&password=${secret}`, basic(user, secret));
    await ask(`/v2/app/blobs/uploads/?digest=${secret}&token=${token}`, basic());
    await ask(`/v2/app/manifests/v1?token=${token}`, `Bearer ${token}`, 'PUT');
    await ask('/v2/app/blobs/uploads/?digest=no', `Basic ${secret}`, 'POST');
    const form = `grant_type=password&username=${user}&password=${secret}`;
    await registry.ask('POST', '/token', { login: false, body: form });
    await sendRaw(`GET /v2/ HTTP/9.9\r\nAuthorization: ${basic()}\r\n\r\n`);
    await sendRaw(`GET https://${user}:${secret}@localhost/v2/${'x'.repeat(40_000)} HTTP/1.1\r\n\r\n`);
    expect(lines().length).toBeGreaterThan(3);
    const told = JSON.stringify(registry.messages);
    for (const one of [secret, password, token, basic().slice(6), basic(user, secret).slice(6)])
      expect(told).not.toContain(one);
  });
});
