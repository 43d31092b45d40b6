import fc from 'fast-check';
import { digestBy } from './registry.fixture.ts';

/** One request as the fuzz test sends it; `{session}` in the path stands for the last session that was opened. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

const bodies = ['', 'x', 'hello world', '{}', '[]', '{"schemaVersion":2}', 'z'.repeat(5000)];
const template = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: { mediaType: 'a/b', digest: digestBy('sha256', '{}'), size: 2 },
  layers: [],
};
const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] };

/** Manifests with fields of every kind in every place. */
const manifest = fc
  .record({
    base: fc.constantFrom(template, index),
    field: fc.constantFrom(
      ...[
        'schemaVersion',
        'mediaType',
        'config',
        'layers',
        'manifests',
        'subject',
        'annotations',
        'artifactType',
      ],
      '__proto__',
    ),
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(template.config, [template.config], [null], { constructor: {} }),
    ),
  })
  .map(({ base, field, value }) => JSON.stringify({ ...base, [field]: value }));

const digest = fc.oneof(
  fc
    .constantFrom(...bodies, JSON.stringify(template), JSON.stringify(index))
    .map((text) => digestBy('sha256', text)),
  fc.constantFrom(...bodies).map((text) => digestBy('sha512', text)),
  fc.constantFrom('sha256:', 'sha256:bad', 'sha512:x', `sha256:${'A'.repeat(64)}`, `md5:${'0'.repeat(32)}`),
  fc.constantFrom(`sha256:${'/'.repeat(64)}`, `sha256:${'..%2f'.repeat(13)}`),
);

/** Text that means something to a shell, a path, a parser or a terminal. */
const nasty = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    '%00',
    '%2e%2e',
    '%2f',
    '..%2f..%2fetc',
    '%',
    '%zz',
    '%ff',
    '\\',
    '..\\..\\x',
  ),
  fc.constantFrom('_uploads', '_manifests', '_mooring', 'con', 'nul', 'a:b', 'a'.repeat(300), '%F0%9F%98%80'),
  fc.string({ maxLength: 12, unit: 'binary' }).map(encodeURIComponentLoosely),
);

function encodeURIComponentLoosely(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, (char) => `%${Buffer.from(char).toString('hex').slice(0, 2)}`);
}

const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', 'a/b', 'a/blobs/uploads', 'c-d__e.f') },
  { weight: 2, arbitrary: fc.array(nasty, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: fc.constant('mooring/hello') },
);
const tag = fc.constantFrom('v1', 'latest', '_', 'x'.repeat(128));
const reference = fc.oneof(tag, tag, digest, nasty);
const read = ['GET', 'HEAD'];

/** Paths, and the methods that mean something there. */
const target: fc.Arbitrary<[string, string[]]> = fc.oneof(
  at(6, fc.constant('{session}'), ['PATCH', 'PATCH', 'PUT', 'PUT', 'GET', 'DELETE']),
  at(
    6,
    name.map((it) => `/v2/${it}/blobs/uploads/`),
    ['POST'],
  ),
  at(
    8,
    fc.tuple(name, reference).map(([it, to]) => `/v2/${it}/manifests/${to}`),
    ['PUT', 'PUT', ...read, 'DELETE'],
  ),
  at(
    5,
    fc.tuple(name, digest).map(([it, to]) => `/v2/${it}/blobs/${to}`),
    [...read, 'GET', 'DELETE'],
  ),
  at(
    2,
    fc.tuple(name, digest).map(([it, to]) => `/v2/${it}/referrers/${to}`),
    read,
  ),
  at(
    1,
    fc.tuple(name, nasty).map(([it, to]) => `/v2/${it}/blobs/uploads/${to}`),
    ['PATCH', 'PUT', 'GET', 'DELETE'],
  ),
  at(
    1,
    name.map((it) => `/v2/${it}/tags/list`),
    read,
  ),
  at(1, fc.constantFrom('/v2/', '/v2', '/v2/_catalog', '/token', '/', '*', '//v2//'), ['GET', 'POST']),
  at(
    1,
    fc.array(nasty, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
    read,
  ),
);

function at(weight: number, path: fc.Arbitrary<string>, methods: string[]) {
  return { weight, arbitrary: path.map((it): [string, string[]] => [it, methods]) };
}

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'digest',
        'mount',
        'from',
        'n',
        'last',
        'tag',
        'artifactType',
        'digest-algorithm',
        'scope',
      ),
      fc.oneof(digest, nasty, fc.constantFrom('a', '0', '1', '-1', '1e9', 'sha512', '999999999999')),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join('&'));

const ranges = ['0-0', '0-4', '5-9', '9-5', '-1', 'x', '0-99999999999999999999', '0-1,3-4', '-', '0-0,'];
const headers = fc
  .dictionary(
    fc.constantFrom(
      'range',
      'content-range',
      'content-type',
      'if-none-match',
      'if-range',
      'accept',
      'expect',
    ),
    fc.oneof(
      fc.constantFrom(...ranges, ...ranges.map((range) => `bytes=${range}`)),
      fc.constantFrom(template.mediaType, index.mediaType, '*', 'W/"x"', '100-continue', ';', ''),
      fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
    ),
    { maxKeys: 2 },
  )
  .chain((plain) =>
    fc
      .constantFrom<Record<string, string>[]>(
        {},
        {},
        {},
        { 'transfer-encoding': 'chunked' },
        { authorization: 'x' },
        { authorization: 'Bearer a.b.c' },
      )
      .map((more) => ({ ...plain, ...more })),
  );

const body = fc.oneof(fc.constantFrom(...bodies), manifest);
const anyMethod = fc.constantFrom(
  'GET',
  'HEAD',
  'PUT',
  'POST',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
);

const wild: fc.Arbitrary<FuzzRequest> = fc
  .tuple(target, anyMethod, fc.nat(), fc.boolean(), query, headers, body)
  .map(([[path, methods], other, pick, isOther, more, sent, content]) => ({
    method: isOther && pick % 4 === 0 ? other : (methods[pick % methods.length] ?? other),
    path: more === '' ? path : `${path}?${more}`,
    headers: sent,
    body: content,
  }));

/** Requests that belong together, so that there is something for the wild ones to meet. */
const tame: fc.Arbitrary<FuzzRequest> = fc.oneof(
  fc.constantFrom(...bodies).map((content) => ({
    method: 'PUT',
    path: `{session}?digest=${digestBy('sha256', content)}`,
    headers: {},
    body: content,
  })),
  fc.tuple(fc.constantFrom('a', 'a/b'), fc.constantFrom(...bodies)).map(([it, content]) => ({
    method: 'POST',
    path: `/v2/${it}/blobs/uploads/?digest=${digestBy('sha512', content)}`,
    headers: {},
    body: content,
  })),
  fc.tuple(fc.constantFrom('a', 'a/b'), tag, manifest).map(([it, to, content]) => ({
    method: 'PUT',
    path: `/v2/${it}/manifests/${to}`,
    headers: {},
    body: content,
  })),
);

export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { weight: 3, arbitrary: wild },
  { weight: 1, arbitrary: tame },
);

/** Bytes on a connection that are almost a request, or almost two. */
export const fuzzBytes: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'GET /v2/ HTTP/1.1\r\n',
        'PUT /v2/a/../../x/manifests/y HTTP/1.1\r\n',
        'Host: x\r\n',
        '\r\n',
      ),
      fc.constantFrom(
        'POST /v2/a/blobs/uploads/ HTTP/1.1\r\n',
        'GET /v2/\0 HTTP/1.1\r\n',
        'GET http://x/v2/ HTTP/1.1\r\n',
      ),
      fc.constantFrom(
        'Content-Length: 5\r\n',
        'Content-Length: -1\r\n',
        'Content-Length: 99999999999999999999\r\n',
      ),
      fc.constantFrom(
        'Transfer-Encoding: chunked\r\n',
        'Transfer-Encoding: x, chunked\r\n',
        'Transfer-Encoding : chunked\r\n',
      ),
      fc.constantFrom(
        'hello',
        '5\r\nhello\r\n',
        '0\r\n\r\n',
        'ffffffffffffffff\r\n',
        'X: \0\r\n',
        ' folded\r\n',
        '\n',
      ),
      fc.constantFrom(
        'Connection: upgrade\r\n',
        'Upgrade: h2c\r\n',
        'CONNECT x:1 HTTP/1.1\r\n',
        'PRI * HTTP/2.0\r\n',
      ),
      fc.string({ maxLength: 20, unit: 'binary' }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
