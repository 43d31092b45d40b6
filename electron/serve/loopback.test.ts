import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createDoubleRouter } from '../conformance.fixture.ts';
import { attach } from './attach.ts';
import { createLoopback, type Loopback } from './loopback.ts';

let folder = '';
let now = 0;
let loopback: Loopback;
let host = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-loopback-'));
  await writeFile(join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  const { router } = createDoubleRouter();
  loopback = await createLoopback({
    router,
    instance: 'test',
    rendererDir: folder,
    endpointToken: 'endpoint-token',
    now: () => now,
  });
  host = `127.0.0.1:${loopback.port}`;
});
afterAll(async () => {
  await loopback.close();
  await rm(folder, { recursive: true, force: true });
});

interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> => {
  const call = request({
    host: '127.0.0.1',
    port: loopback.port,
    path,
    method,
    headers: { host, ...headers },
  });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
};

const pathOf = (link: string): string => link.slice(loopback.url.length - 1);
const enter = async (): Promise<string> => {
  const { headers } = await ask(pathOf(loopback.link()));
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
};

/** Status of the answer to a WebSocket handshake; 101 when it was let in. */
const knock = async (headers: Record<string, string>, path = '/rpc'): Promise<number> => {
  const socket = new WebSocket(`ws://${host}${path}`, { headers });
  socket.on('error', () => undefined);
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, response]) => (response as IncomingMessage).statusCode ?? 0),
  ]);
  socket.terminate();
  return status;
};

test('a link becomes a cookie and a URL without the token', async () => {
  const link = loopback.link();
  const reply = await ask(pathOf(link));
  expect(reply.status).toBe(303);
  expect(reply.headers.location).toBe('/welcome');
  expect(reply.headers['set-cookie']).toEqual([
    expect.stringMatching(/^mooring-test=[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/),
  ]);
  const cookie = reply.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  expect(cookie).not.toContain(new URL(link).searchParams.get('token'));
  expect((await ask('/welcome')).body).toContain('content="0;url=/"');
  expect((await ask('/', { cookie })).status).toBe(200);
});

test('a used link says what to run', async () => {
  const path = pathOf(loopback.link());
  await ask(path);
  const again = await ask(path);
  expect(again.status).toBe(401);
  expect(again.body).toContain('<code>mooring open</code>');
  expect(again.headers['set-cookie']).toBeUndefined();
});

test('a link of more than 60 seconds ago does not work', async () => {
  const path = pathOf(loopback.link());
  now += 60_000;
  const late = await ask(path);
  expect(late.status).toBe(401);
  expect(late.headers['set-cookie']).toBeUndefined();
});

test('looking ahead does not use a link up', async () => {
  const path = pathOf(loopback.link());
  expect((await ask(path, {}, 'HEAD')).status).toBe(403);
  expect((await ask(path, { 'sec-purpose': 'prefetch' })).status).toBe(403);
  expect((await ask(path)).status).toBe(303);
});

test('without a session there is no page', async () => {
  for (const path of ['/', '/index.html', '/assets/x.js']) {
    const reply = await ask(path);
    expect(reply.status).toBe(401);
    expect(reply.body).toContain('mooring open');
  }
});

test('a foreign Host is refused, also with a session and with a link', async () => {
  const cookie = await enter();
  const link = pathOf(loopback.link());
  for (const foreign of ['evil.example', `evil.example:${loopback.port}`, '127.0.0.1', '127.0.0.1:1']) {
    expect((await ask('/', { host: foreign, cookie })).status).toBe(403);
    expect((await ask(link, { host: foreign })).status).toBe(403);
  }
  expect((await ask(link)).status).toBe(303);
});

test('a foreign Origin is refused', async () => {
  const cookie = await enter();
  expect((await ask('/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask('/', { cookie, origin: 'http://127.0.0.1:1' })).status).toBe(403);
  expect((await ask('/', { cookie, origin: `http://${host}` })).status).toBe(200);
});

test('only reading methods are answered', async () => {
  const cookie = await enter();
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await ask('/', { cookie }, method)).status).toBe(405);
  }
});

test('a path out of the page is refused', async () => {
  const cookie = await enter();
  expect((await ask('/%2e%2e/%2e%2e/etc/passwd', { cookie })).status).toBe(400);
  expect((await ask('/../package.json', { cookie })).status).toBe(400);
});

test('the page carries the nonce of its policy, a new one each time', async () => {
  const cookie = await enter();
  const nonces = await Promise.all(
    [1, 2].map(async () => {
      const { headers, body } = await ask('/', { cookie });
      const nonce = /content="([^"]+)"/.exec(body)?.[1] ?? '';
      expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
      expect(headers['content-security-policy']).toContain(`connect-src 'self' ws://${host}`);
      expect(headers['cache-control']).toBe('no-store');
      return nonce;
    }),
  );
  expect(nonces[0]).not.toBe(nonces[1]);
});

test('every answer carries the security headers', async () => {
  const replies = [
    await ask('/'),
    await ask('/', { host: 'evil' }),
    await ask('/open'),
    await ask('/welcome'),
  ];
  for (const { headers } of replies) {
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  }
});

test('a WebSocket without cookie, Origin or our address is refused', async () => {
  const cookie = await enter();
  const origin = `http://${host}`;
  expect(await knock({ origin })).toBe(401);
  expect(await knock({ cookie })).toBe(403);
  expect(await knock({ cookie, origin: 'http://evil.example' })).toBe(403);
  expect(await knock({ cookie, origin, host: 'evil.example' })).toBe(403);
  expect(await knock({ cookie, origin }, '/other')).toBe(404);
  expect(await knock({ cookie, origin })).toBe(101);
});

test('a bearer must be the endpoint token', async () => {
  expect(await knock({ authorization: 'Bearer wrong' })).toBe(401);
  expect(await knock({ authorization: 'Bearer endpoint-token', origin: 'http://evil.example' })).toBe(403);
  expect(await knock({ authorization: 'Bearer endpoint-token' })).toBe(101);
});

test('attaching with a stale endpoint yields nobody', async () => {
  expect(await attach({ port: loopback.port, token: 'old' })).toBe(null);
  const closed = await createLoopback({
    router: {},
    instance: 'gone',
    rendererDir: folder,
    endpointToken: 'x',
  });
  await closed.close();
  expect(await attach({ port: closed.port, token: 'x' })).toBe(null);
});

test('rubbish on the socket ends nothing but itself', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const raw = connect(loopback.port, '127.0.0.1');
  raw.on('error', () => undefined);
  raw.resume();
  raw.end('\x00\x01rubbish\r\n\r\n');
  await once(raw, 'close');
  const socket = new WebSocket(`ws://${host}/rpc`, { headers: { authorization: 'Bearer endpoint-token' } });
  await once(socket, 'open');
  socket.send('{"not": "ours"');
  socket.send('[]');
  socket.terminate();
  const attachment = await attach({ port: loopback.port, token: 'endpoint-token' });
  expect((await attachment?.client.app.info())?.pid).toBe(42);
  attachment?.close();
  told.mockRestore();
});

test('a refused WebSocket whose client holds on does not outlive the door', async () => {
  const other = await createLoopback({ router: {}, instance: 'c', rendererDir: folder, endpointToken: 't' });
  const client = connect({ port: other.port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined);
  client.resume();
  client.write(
    `GET /rpc HTTP/1.1\r\nhost: 127.0.0.1:${other.port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  );
  await once(client, 'end');
  await other.close();
  client.destroy();
});

test('the end of a connection ends its streams', async () => {
  const { router, streams } = createDoubleRouter();
  const other = await createLoopback({ router, instance: 'b', rendererDir: folder, endpointToken: 't' });
  const attachment = await attach({ port: other.port, token: 't' });
  const stream = await attachment?.client.jobs.watch({ id: 'endless' });
  await stream?.next();
  expect(streams.open).toBe(1);
  await other.close();
  await expect.poll(() => streams.open, { interval: 5 }).toBe(0);
});
