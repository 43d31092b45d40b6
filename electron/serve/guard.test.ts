import { expect, test } from 'vitest';
import { createGuard } from './guard.ts';

const guard = createGuard({ instance: 'abc', port: 4242, endpointToken: 'endpoint-token' });
const host = '127.0.0.1:4242';
const origin = `http://${host}`;
const cookie = guard.openSession().split(';')[0];

test('the session cookie is out of reach for scripts and other sites and carries the instance', () => {
  expect(guard.openSession()).toMatch(/^mooring-abc=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
});

test.each([
  ['no host', {}],
  ['a rebound name', { host: 'evil.example:4242' }],
  ['another port', { host: '127.0.0.1:4243' }],
  ['no port', { host: '127.0.0.1' }],
  ['the name localhost', { host: 'localhost:4242' }],
])('refuses %s as Host', (_, headers) => {
  expect(guard.checkAddress(headers)).toBe('host');
  expect(guard.checkPage({ ...headers, cookie })).toBe('host');
  expect(guard.checkSocket({ ...headers, cookie, origin })).toBe('host');
});

test.each(['null', 'http://evil.example', 'http://127.0.0.1:4243', 'https://127.0.0.1:4242', ''])(
  'refuses the Origin %j',
  (foreign) => {
    expect(guard.checkAddress({ host, origin: foreign })).toBe('origin');
    expect(guard.checkPage({ host, origin: foreign, cookie })).toBe('origin');
    expect(guard.checkSocket({ host, origin: foreign, cookie })).toBe('origin');
  },
);

test('refuses a page without a cookie, with a made-up one, and with that of another instance', () => {
  expect(guard.checkPage({ host })).toBe('session');
  expect(guard.checkPage({ host, cookie: 'mooring-abc=made-up' })).toBe('session');
  const other = createGuard({ instance: 'abc', port: 4242, endpointToken: 'x' }).openSession();
  expect(guard.checkPage({ host, cookie: other.split(';')[0] })).toBe('session');
});

test('accepts a page with the cookie among others', () => {
  expect(guard.checkPage({ host, cookie: `a=1; ${cookie}; b=2` })).toBe(null);
});

test('refuses a socket with the cookie but without an Origin, as no browser sends it', () => {
  expect(guard.checkSocket({ host, cookie })).toBe('origin');
});

test('refuses a socket without cookie and with a wrong bearer, even when the cookie is right', () => {
  expect(guard.checkSocket({ host, origin })).toBe('session');
  expect(guard.checkSocket({ host, authorization: 'Bearer nearly' })).toBe('token');
  expect(guard.checkSocket({ host, origin, cookie, authorization: 'Bearer nearly' })).toBe('token');
  expect(guard.checkSocket({ host, authorization: 'Basic endpoint-token' })).toBe('origin');
});

test('accepts a socket with cookie and Origin, or with the endpoint token', () => {
  expect(guard.checkSocket({ host, origin, cookie })).toBe(null);
  expect(guard.checkSocket({ host, authorization: 'Bearer endpoint-token' })).toBe(null);
});
