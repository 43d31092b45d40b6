import bcrypt from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Answer, basic, password, startTestEngine, type TestEngine, user } from '../engine.fixture.ts';

let registry: TestEngine;
beforeEach(async () => {
  registry = await startTestEngine();
});
afterEach(() => registry.close());

const rules = {
  pull: 'anyone' as const,
  challenge: 'bearer' as const,
  canonicalHost: 'registry.local:5000',
  certNames: ['localhost', '127.0.0.1', 'registry.local'],
};
const anonymous = { login: false };
const withHeader = (authorization: string) => ({ login: false, headers: { authorization } });
const challengeOf = (answer: Answer) => String(answer.headers['www-authenticate']);

const tokenFor = async (scope: string, login: Record<string, string> = {}) => {
  const path = `/token?service=mooring-registry&scope=${encodeURIComponent(scope)}`;
  const answer = await registry.ask('GET', path, { login: false, headers: login });
  return { answer, token: answer.json<{ token: string }>().token };
};
const admin = { authorization: basic() };
const accessOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { access: unknown }).access;

describe('challenge', () => {
  it('is one, Bearer, also on the base end-point, with the API version', async () => {
    const answer = await registry.ask('GET', '/v2/', anonymous);
    expect([answer.status, answer.code()]).toEqual([401, 'UNAUTHORIZED']);
    const realm = `https://127.0.0.1:${registry.engine.port}/token`;
    expect(challengeOf(answer)).toBe(`Bearer realm="${realm}",service="mooring-registry"`);
    expect(answer.headers['docker-distribution-api-version']).toBe('registry/2.0');
  });

  it('names all that is needed', async () => {
    const cases: [string, string, string][] = [
      ['POST', '/v2/a/blobs/uploads/', 'repository:a:pull,push'],
      ['PUT', '/v2/a/manifests/v1', 'repository:a:pull,push'],
      ['DELETE', '/v2/a/manifests/v1', 'repository:a:delete'],
      ['DELETE', `/v2/a/blobs/sha256:${'0'.repeat(64)}`, 'repository:a:delete'],
      [
        'POST',
        `/v2/a/blobs/uploads/?mount=sha256:${'0'.repeat(64)}&from=b/c`,
        'repository:a:pull,push repository:b/c:pull',
      ],
    ];
    for (const [method, path, scope] of cases) {
      const answer = await registry.ask(method, path, anonymous);
      expect([answer.status, challengeOf(answer)]).toEqual([
        401,
        expect.stringContaining(`scope="${scope}"`),
      ]);
    }
  });

  it('names the host the client used only when the certificate does', async () => {
    const realmFor = async (host: string) => {
      const answer = await registry.ask('GET', '/v2/', { login: false, headers: { host } });
      return /realm="([^"]*)"/.exec(challengeOf(answer))?.[1];
    };
    const canonical = 'https://registry.local:5000/token';
    expect(await realmFor('localhost:5443')).toBe('https://localhost:5443/token');
    expect(await realmFor('Registry.Local')).toBe('https://Registry.Local/token');
    for (const forged of ['evil.example:5000', 'localhost@evil.example', 'localhost:5443/x', '[::1', 'a"b']) {
      expect(await realmFor(forged)).toBe(canonical);
    }
  });

  it('is Basic where that is configured', async () => {
    registry.engine.setRules({ ...rules, challenge: 'basic' });
    expect(challengeOf(await registry.ask('GET', '/v2/', anonymous))).toBe('Basic realm="Mooring registry"');
  });
});

describe('tokens', () => {
  it('are given anonymously for what anyone may do, and open exactly that', async () => {
    const { bytes } = await registry.pushImage('open', 'v1');
    const { answer, token } = await tokenFor('repository:open:pull,push');
    expect(answer.json()).toMatchObject({ access_token: token, expires_in: 300 });
    expect(accessOf(token)).toEqual([{ type: 'repository', name: 'open', actions: ['pull'] }]);
    const bearer = withHeader(`Bearer ${token}`);
    expect((await registry.ask('GET', '/v2/', bearer)).status).toBe(200);
    expect((await registry.ask('GET', '/v2/open/manifests/v1', bearer)).body.equals(bytes)).toBe(true);
    for (const path of ['/v2/open/blobs/uploads/', '/v2/other/blobs/uploads/']) {
      const refused = await registry.ask('POST', path, bearer);
      expect([refused.status, challengeOf(refused)]).toEqual([
        401,
        expect.stringContaining('error="insufficient_scope"'),
      ]);
    }
  });

  it('accept repeated and space-joined scopes, GET and POST', async () => {
    const path =
      '/token?scope=repository:a:push&scope=repository:b:pull%20repository:c:delete&scope=nonsense';
    const answer = await registry.ask('GET', path, withHeader(basic()));
    const wanted = [
      { type: 'repository', name: 'a', actions: ['push'] },
      { type: 'repository', name: 'b', actions: ['pull'] },
      { type: 'repository', name: 'c', actions: ['delete'] },
    ];
    expect(accessOf(answer.json<{ token: string }>().token)).toEqual(wanted);
    const form = new URLSearchParams({
      grant_type: 'password',
      username: user,
      password,
      scope: 'repository:a:push repository:b:pull repository:c:delete',
    });
    const posted = await registry.ask('POST', '/token', { login: false, body: form.toString() });
    expect(accessOf(posted.json<{ access_token: string }>().access_token)).toEqual(wanted);
    form.set('grant_type', 'refresh_token');
    expect((await registry.ask('POST', '/token', { login: false, body: form.toString() })).status).toBe(400);
  });

  it('are refused when changed, foreign, or made for an older password', async () => {
    const { token } = await tokenFor('repository:a:push', admin);
    const [head, body, signature] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const other = Buffer.from('{"sub":"mooring","aud":"mooring-registry"}').toString('base64url');
    for (const forged of [`${head}.${other}.${signature}`, `${none}.${body}.`, `${head}.${body}.x`, 'junk']) {
      const answer = await registry.ask('GET', '/v2/', withHeader(`Bearer ${forged}`));
      expect([answer.status, challengeOf(answer)]).toEqual([
        401,
        expect.stringContaining('error="invalid_token"'),
      ]);
    }
    expect((await registry.ask('GET', '/v2/', withHeader(`Bearer ${token}`))).status).toBe(200);
    registry.engine.setUsers([{ name: user, hash: bcrypt.hashSync('new', 4), isAdmin: true }]);
    expect((await registry.ask('GET', '/v2/', withHeader(`Bearer ${token}`))).status).toBe(401);
    expect((await registry.ask('GET', '/v2/', withHeader(basic()))).status).toBe(401);
    expect((await registry.ask('GET', '/v2/', withHeader(basic(user, 'new')))).status).toBe(200);
  });

  it('are refused with a wrong login, which is told as an event', async () => {
    const { answer } = await tokenFor('repository:a:pull', { authorization: basic(user, 'wrong') });
    expect([answer.status, answer.code(), challengeOf(answer)]).toEqual([
      401,
      'UNAUTHORIZED',
      'Basic realm="Mooring registry"',
    ]);
    await tokenFor('repository:a:pull', admin);
    await tokenFor('repository:a:pull', admin);
    expect(registry.events().map(({ action }) => action)).toEqual(['denied', 'login']);
  });
});

describe('Basic credentials', () => {
  it('are accepted wherever a token is, though never asked for', async () => {
    expect((await registry.pushImage('basic', 'v1')).answer.status).toBe(201);
    const wrong = await registry.ask('GET', '/v2/basic/manifests/v1', withHeader(basic(user, 'wrong')));
    expect([wrong.status, challengeOf(wrong)]).toEqual([401, expect.stringMatching(/^Bearer /)]);
    expect(registry.events().at(-1)).toMatchObject({ action: 'denied', user, repository: 'basic' });
    for (const header of ['Basic', 'Basic !!', 'Digest x', basic('nobody', password), basic(user, '')]) {
      expect((await registry.ask('GET', '/v2/', withHeader(header))).status, header).toBe(401);
    }
    const long = bcrypt.hashSync('x'.repeat(72), 4);
    registry.engine.setUsers([{ name: user, hash: long, isAdmin: true }]);
    expect((await registry.ask('GET', '/v2/', withHeader(basic(user, 'x'.repeat(73))))).status).toBe(401);
  });
});

describe('pull policy', () => {
  it('anyone: pulls, lists and catalog need no login, writing does', async () => {
    await registry.pushImage('pub', 'v1');
    for (const path of ['/v2/pub/manifests/v1', '/v2/pub/tags/list', '/v2/_catalog']) {
      expect((await registry.ask('GET', path, anonymous)).status).toBe(200);
    }
    expect((await registry.ask('DELETE', '/v2/pub/manifests/v1', anonymous)).status).toBe(401);
  });

  it('login: only the probe is open, also to an anonymous token; changed while running', async () => {
    await registry.pushImage('priv', 'v1');
    registry.engine.setRules({ ...rules, pull: 'login' });
    const { token } = await tokenFor('repository:priv:pull repository:mooring/probe:pull registry:catalog:*');
    expect(accessOf(token)).toEqual([{ type: 'repository', name: 'mooring/probe', actions: ['pull'] }]);
    for (const how of [anonymous, withHeader(`Bearer ${token}`)]) {
      const status = async (path: string) => (await registry.ask('GET', path, how)).status;
      expect(await status('/v2/priv/manifests/v1')).toBe(401);
      expect(await status('/v2/mooring/hello/manifests/latest')).toBe(401);
      expect(await status('/v2/_catalog')).toBe(401);
      expect(await status('/v2/mooring/probe/manifests/latest')).toBe(200);
    }
    const own = await tokenFor('repository:priv:pull', admin);
    const bearer = withHeader(`Bearer ${own.token}`);
    expect((await registry.ask('GET', '/v2/priv/manifests/v1', bearer)).status).toBe(200);
  });
});

describe('repositories of the app', () => {
  it('are denied to everyone who writes, admins included, by Basic and by token', async () => {
    const { token } = await tokenFor('repository:mooring/hello:pull,push,delete', admin);
    expect(accessOf(token)).toEqual([{ type: 'repository', name: 'mooring/hello', actions: ['pull'] }]);
    for (const authorization of [basic(), `Bearer ${token}`]) {
      for (const [method, path] of [
        ['POST', '/v2/mooring/hello/blobs/uploads/'],
        ['POST', '/v2/mooring/new/blobs/uploads/'],
        ['POST', '/v2/mooring/blobs/uploads/'],
        ['PUT', '/v2/mooring/probe/manifests/latest'],
        ['DELETE', '/v2/mooring/probe/manifests/latest'],
      ] as const) {
        const answer = await registry.ask(method, path, withHeader(authorization));
        expect([answer.status, answer.code()], `${method} ${path}`).toEqual([403, 'DENIED']);
      }
    }
    const denied = registry.events().filter(({ action }) => action === 'denied');
    expect(denied).toHaveLength(10);
    expect(denied[0]).toMatchObject({ user, repository: 'mooring/hello' });
    const stranger = await registry.ask('POST', '/v2/mooring/hello/blobs/uploads/', anonymous);
    expect(stranger.status).toBe(401);
    expect((await registry.ask('GET', '/v2/mooring/probe/manifests/latest')).status).toBe(200);
  });
});

describe('throttling', () => {
  it('answers 429 with Retry-After after repeated failures, also to the right password', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const guess = (secret: string) => registry.ask('GET', '/v2/', withHeader(basic(user, secret)));
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) statuses.push((await guess(`no ${attempt}`)).status);
    expect(statuses).toEqual([...Array<number>(11).fill(401), 429]);
    const right = await guess(password);
    expect([right.status, right.code()]).toEqual([429, 'TOOMANYREQUESTS']);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
    expect((await registry.ask('GET', '/v2/mooring/probe/manifests/latest', anonymous)).status).toBe(200);
  });
});
