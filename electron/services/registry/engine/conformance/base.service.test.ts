import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { expect, it } from 'vitest';
import { basic, startTestEngine } from '../engine.fixture.ts';
import { type Client, overEveryTransport } from './registry.fixture.ts';

/** What comes back for raw bytes on a connection of its own. */
const exchange = ({ engine }: Client, isPlain: boolean, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const target = { host: '127.0.0.1', port: engine.engine.port };
    const socket = isPlain
      ? connectPlain(target)
      : connectSecure({ ...target, ca: engine.certificate.certPem });
    let text = '';
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });

overEveryTransport('base and errors', (client, { isPlain, rules }) => {
  it('end-1: answers 401 with one challenge to someone unknown, 200 once logged in', async () => {
    const stranger = await client().send('GET', '/v2/');
    expect([stranger.status, stranger.code()]).toEqual([401, 'UNAUTHORIZED']);
    expect(stranger.headers['docker-distribution-api-version']).toBe('registry/2.0');
    const scheme = rules.challenge === 'basic' ? /^Basic realm="[^"]+"$/ : /^Bearer realm="[^"]+",service="/;
    expect(stranger.lines('www-authenticate')).toEqual([expect.stringMatching(scheme)]);
    expect((await client().ask('GET', '/v2/')).status).toBe(200);
    expect((await client().ask('HEAD', '/v2/')).status).toBe(200);
  });

  it('answers in the form of the specification where there is nothing, or nothing of the kind', async () => {
    const cases: [string, string, number, string][] = [
      ['GET', '/v2/nothing', 404, 'UNSUPPORTED'],
      ['GET', '/v2/a/unknown/b', 404, 'UNSUPPORTED'],
      ['GET', '/v2/%zz/tags/list', 404, 'UNSUPPORTED'],
      ['GET', '/v2/UPPER/tags/list', 400, 'NAME_INVALID'],
      ['GET', '/v2/a//b/tags/list', 400, 'NAME_INVALID'],
      ['GET', '/v2/-a/tags/list', 400, 'NAME_INVALID'],
      ['GET', '/v2/a%00b/tags/list', 400, 'NAME_INVALID'],
      ['GET', '/v2/a/../b/tags/list', 400, 'NAME_INVALID'],
      ['GET', `/v2/${'a'.repeat(256)}/tags/list`, 400, 'NAME_INVALID'],
      ['PUT', '/v2/', 405, 'UNSUPPORTED'],
      ['POST', '/v2/a/manifests/x', 405, 'UNSUPPORTED'],
      ['PATCH', `/v2/a/blobs/sha256:${'0'.repeat(64)}`, 405, 'UNSUPPORTED'],
      ['DELETE', '/v2/a/tags/list', 405, 'UNSUPPORTED'],
    ];
    for (const [method, path, status, code] of cases) {
      const answer = await client().ask(method, path);
      expect([answer.status, answer.code()], `${method} ${path}`).toEqual([status, code]);
      if (status === 405) expect(answer.headers.allow).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
    }
  });

  it('answers what is no request, or could be two, with 4xx in the same form and ends the connection', async () => {
    const smuggled =
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v2/ HTTP/1.1\r\n\r\n';
    const shapes: [string, string][] = [
      [`POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\n${smuggled}`, '400'],
      ['POST /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', '400'],
      ['GET /v2/ HTTP/1.1\r\nHost : x\r\n\r\n', '400'],
      ['nonsense\r\n\r\n', '400'],
      [`GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(70_000)}\r\n\r\n`, '431'],
    ];
    for (const [bytes, status] of shapes) {
      const answer = await exchange(client(), isPlain, bytes);
      expect(answer.split('HTTP/1.1 '), bytes.slice(0, 80)).toHaveLength(2);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*registry/2.0[^]*"code":"UNSUPPORTED"`));
    }
  });

  it('pages the catalog', async () => {
    for (const name of ['cat/a', 'cat/b', 'cat/c']) await client().put(name, 'v1', client().manifestOf(name));
    const page = async (query: string) => {
      const { status, headers, json } = await client().ask('GET', `/v2/_catalog?${query}`);
      return [status, json<{ repositories?: string[] }>().repositories, headers.link];
    };
    const next = '</v2/_catalog?n=2&last=cat%2Fb>; rel="next"';
    expect(await page('n=2&last=c')).toEqual([200, ['cat/a', 'cat/b'], next]);
    expect(await page('n=9&last=cat/b')).toEqual([
      200,
      ['cat/c', 'mooring/hello', 'mooring/probe'],
      undefined,
    ]);
    expect(await page('n=0')).toEqual([200, [], undefined]);
    expect((await page('n=-1'))[0]).toBe(400);
  });

  it('tells a wrong login from a right one, and a changed token from one too narrow', async () => {
    const headers = { authorization: basic('mooring', 'wrong') };
    expect((await client().send('GET', '/v2/', { headers })).status).toBe(401);
    if (rules.challenge === 'basic') return;
    const errorOf = async (token: string) => {
      const answer = await client().send('POST', '/v2/x/blobs/uploads/', {
        headers: { authorization: `Bearer ${token}` },
      });
      return [answer.status, /error="([a-z_]+)"/.exec(String(answer.headers['www-authenticate']))?.[1]];
    };
    const given = await client().send('GET', '/token?scope=repository:x:pull', {
      headers: { authorization: basic() },
    });
    const { token } = given.json<{ token: string }>();
    expect(await errorOf(token)).toEqual([401, 'insufficient_scope']);
    expect(await errorOf(`${token}x`)).toEqual([401, 'invalid_token']);
  });
});

it('a connection without a request under way does not hold up the end', async () => {
  const test = await startTestEngine();
  expect((await test.ask('GET', '/v2/')).status).toBe(200);
  await test.engine.close(3_600_000);
  await test.close();
});
