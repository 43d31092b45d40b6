import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../engine.fixture.ts';
import { dockerManifest, ociIndex, ociManifest } from '../storage/media-types.ts';

let registry: TestEngine;
beforeAll(async () => {
  registry = await startTestEngine();
});
afterAll(() => registry.close());

const put = (path: string, body: unknown, type = ociManifest) =>
  registry.ask('PUT', `/v2/${path}`, {
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const absent = { mediaType: 'application/x', digest: `sha256:${'1'.repeat(64)}`, size: 3 };

describe('manifests', () => {
  it('returns the very bytes and the media type by tag and by digest', async () => {
    const { answer, bytes, digest } = await registry.pushImage('team/app', 'v1');
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      location: `/v2/team/app/manifests/${digest}`,
      'docker-content-digest': digest,
      'docker-distribution-api-version': 'registry/2.0',
    });
    for (const reference of ['v1', digest, digest.replace(':', '%3A')]) {
      const read = await registry.ask('GET', `/v2/team/app/manifests/${reference}`);
      expect(read.body.equals(bytes)).toBe(true);
      expect(read.headers).toMatchObject({
        'content-type': ociManifest,
        'docker-content-digest': digest,
        'content-length': String(bytes.length),
      });
    }
    const head = await registry.ask('HEAD', '/v2/team/app/manifests/v1');
    expect([head.status, head.headers['content-length']]).toEqual([200, String(bytes.length)]);
    const cached = { headers: { 'if-none-match': `"${digest}"` } };
    expect((await registry.ask('GET', '/v2/team/app/manifests/v1', cached)).status).toBe(304);
  });

  it('takes the media type from the header without parameters, from the document, or from its form', async () => {
    const { bytes } = await registry.pushImage('types', 'a');
    const document = JSON.parse(bytes.toString()) as Record<string, unknown>;
    const typeOf = async (reference: string) =>
      (await registry.ask('HEAD', `/v2/types/manifests/${reference}`)).headers['content-type'];
    await put('types/manifests/b', document, `${ociManifest}; charset=utf-8`);
    expect(await typeOf('b')).toBe(ociManifest);
    const bare = { ...document, mediaType: undefined };
    await put('types/manifests/c', bare, dockerManifest);
    expect(await typeOf('c')).toBe(dockerManifest);
    const clash = await put('types/manifests/d', document, dockerManifest);
    expect([clash.status, clash.code()]).toEqual([400, 'MANIFEST_INVALID']);
    expect((await put('types/manifests/d', document, 'application/json')).code()).toBe('MANIFEST_INVALID');
  });

  it('verifies a manifest pushed by digest', async () => {
    const { bytes, digest } = await registry.pushImage('verify', 'v1');
    const other = await put(`verify/manifests/${digest}`, `${bytes.toString()} `);
    expect([other.status, other.code()]).toEqual([400, 'DIGEST_INVALID']);
    const path = `/v2/verify/manifests/${digest}?tag=x&tag=y`;
    const tagged = await registry.ask('PUT', path, { headers: { 'content-type': ociManifest }, body: bytes });
    expect([tagged.status, tagged.headers['oci-tag']]).toEqual([201, 'x, y']);
    expect((await registry.ask('GET', '/v2/verify/manifests/y')).headers['docker-content-digest']).toBe(
      digest,
    );
  });

  it('refuses what is no manifest or is too large', async () => {
    const cases: [unknown, string, number, string][] = [
      ['{', 't', 400, 'MANIFEST_INVALID'],
      ['[]', 't', 400, 'MANIFEST_INVALID'],
      [{ schemaVersion: 1, name: 'x' }, 't', 400, 'MANIFEST_INVALID'],
      [
        { schemaVersion: 2, config: { ...absent, digest: 'sha256:x' }, layers: [] },
        't',
        400,
        'MANIFEST_INVALID',
      ],
      [{ schemaVersion: 2, config: absent, layers: [] }, '.bad', 400, 'MANIFEST_INVALID'],
      [{ schemaVersion: 2, config: absent, layers: [] }, 'sha256:short', 400, 'DIGEST_INVALID'],
      [' '.repeat(4 * 1024 * 1024 + 1), 't', 413, 'SIZE_INVALID'],
    ];
    for (const [body, reference, status, code] of cases) {
      const answer = await put(`refuse/manifests/${reference}`, body);
      expect([answer.status, answer.code()]).toEqual([status, code]);
    }
    expect((await registry.ask('GET', '/v2/refuse/manifests/t')).status).toBe(404);
  });

  it('answers a body that turns out too large while it is still being sent', async () => {
    const answer = await registry.ask('PUT', '/v2/refuse/manifests/t', {
      headers: { 'transfer-encoding': 'chunked', 'content-type': ociManifest },
      body: ' '.repeat(6 * 1024 * 1024),
    });
    expect([answer.status, answer.code()]).toEqual([413, 'SIZE_INVALID']);
  });

  it('takes manifests of almost 4 MiB, foreign layers, and sparse ones, about which it warns', async () => {
    const annotations = { large: 'x'.repeat(3_900_000) };
    expect((await registry.pushImage('large', 'v1', { annotations })).answer.status).toBe(201);
    const config = { ...absent, digest: await registry.pushBlob('foreign', Buffer.from('{}')), size: 2 };
    const layers = [{ ...absent, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }];
    expect((await put('foreign/manifests/v1', { schemaVersion: 2, config, layers })).status).toBe(201);
    const sparse = await put('sparse/manifests/v2', { schemaVersion: 2, config, layers: [absent, config] });
    expect([sparse.status, sparse.headers.warning]).toEqual([
      201,
      `299 - "this repository does not hold ${config.digest} and 1 more of this manifest"`,
    ]);
    const index = { schemaVersion: 2, mediaType: ociIndex, manifests: [absent] };
    expect((await put('sparse/manifests/v1', index, ociIndex)).status).toBe(201);
  });

  it('tells wrong references apart', async () => {
    const codes = async (reference: string) => {
      const { status, code } = await registry.ask('GET', `/v2/team/app/manifests/${reference}`);
      return [status, code()];
    };
    expect(await codes('.INVALID_MANIFEST_NAME')).toEqual([404, 'MANIFEST_UNKNOWN']);
    expect(await codes('sha256:totallywrong')).toEqual([400, 'DIGEST_INVALID']);
    expect(await codes(`sha256:${'1'.repeat(64)}`)).toEqual([404, 'MANIFEST_UNKNOWN']);
  });
});

describe('delete', () => {
  it('removes a tag and leaves the manifest, removes a manifest with all its tags', async () => {
    const { digest } = await registry.pushImage('del', 'a');
    await registry.pushImage('del', 'b');
    const status = async (method: string, reference: string) =>
      (await registry.ask(method, `/v2/del/manifests/${reference}`)).status;
    expect(await status('DELETE', 'a')).toBe(202);
    expect(await status('HEAD', 'a')).toBe(404);
    expect(await status('DELETE', 'a')).toBe(404);
    expect(await status('HEAD', digest)).toBe(200);
    expect(await status('DELETE', digest)).toBe(202);
    expect(await status('HEAD', digest)).toBe(404);
    expect(await status('HEAD', 'b')).toBe(404);
    expect(await status('DELETE', digest)).toBe(404);
    const list = await registry.ask('GET', '/v2/del/tags/list');
    expect([list.status, list.json()]).toEqual([200, { name: 'del', tags: [] }]);
  });
});

describe('lists', () => {
  it('pages tags', async () => {
    for (const tag of ['b', 'a', 'C', 'd']) await registry.pushImage('tags', tag);
    const list = (query: string) => registry.ask('GET', `/v2/tags/tags/list${query}`);
    expect((await list('')).json()).toEqual({ name: 'tags', tags: ['C', 'a', 'b', 'd'] });
    const first = await list('?n=2');
    expect(first.json()).toEqual({ name: 'tags', tags: ['C', 'a'] });
    expect(first.headers.link).toBe('</v2/tags/tags/list?n=2&last=a>; rel="next"');
    const second = await list('?n=2&last=a');
    expect([second.json(), second.headers.link]).toEqual([{ name: 'tags', tags: ['b', 'd'] }, undefined]);
    const none = await list('?n=0');
    expect([none.json(), none.headers.link]).toEqual([{ name: 'tags', tags: [] }, undefined]);
    expect((await list('?n=x')).status).toBe(400);
    expect((await registry.ask('GET', '/v2/never/tags/list')).code()).toBe('NAME_UNKNOWN');
  });

  it('pages the catalog, nested repositories included', async () => {
    await registry.pushImage('cat', 'v1');
    await registry.pushImage('cat/nested', 'v1');
    const all = (await registry.ask('GET', '/v2/_catalog')).json<{ repositories: string[] }>().repositories;
    expect(all).toEqual([...all].sort());
    expect(all).toEqual(expect.arrayContaining(['cat', 'cat/nested', 'mooring/hello', 'mooring/probe']));
    const page = await registry.ask('GET', '/v2/_catalog?n=1&last=cat');
    expect(page.json()).toEqual({ repositories: ['cat/nested'] });
    expect(page.headers.link).toBe('</v2/_catalog?n=1&last=cat%2Fnested>; rel="next"');
  });
});

describe('referrers', () => {
  it('lists what names a manifest as its subject, filtered, until it is deleted', async () => {
    const subject = await registry.pushImage('refs', 'v1');
    const about = { mediaType: ociManifest, digest: subject.digest, size: subject.bytes.length };
    const annotations = { 'org.example.a': 'b' };
    const extra = { subject: about, artifactType: 'application/x.sbom', annotations };
    const artifact = await registry.pushImage('refs', 'sbom', extra);
    expect(artifact.answer.headers['oci-subject']).toBe(subject.digest);
    const list = (query = '') => registry.ask('GET', `/v2/refs/referrers/${subject.digest}${query}`);
    const all = await list();
    expect(all.headers['content-type']).toBe(ociIndex);
    const entry = {
      mediaType: ociManifest,
      digest: artifact.digest,
      size: artifact.bytes.length,
      artifactType: 'application/x.sbom',
      annotations,
    };
    expect(all.json()).toEqual({ schemaVersion: 2, mediaType: ociIndex, manifests: [entry] });
    const other = await list('?artifactType=application/y');
    expect(other.headers['oci-filters-applied']).toBe('artifactType');
    expect(other.json()).toMatchObject({ manifests: [] });
    await registry.ask('DELETE', `/v2/refs/manifests/${artifact.digest}`);
    expect((await list()).json()).toMatchObject({ manifests: [] });
  });

  it('answers 200 for what it does not know, and reads the fallback tag', async () => {
    const subject = `sha256:${'2'.repeat(64)}`;
    const unknown = await registry.ask('GET', `/v2/no/such/referrers/${subject}`);
    expect([unknown.status, unknown.headers['content-type']]).toEqual([200, ociIndex]);
    expect((await registry.ask('GET', '/v2/no/such/referrers/sha256:x')).status).toBe(400);
    const index = { schemaVersion: 2, mediaType: ociIndex, manifests: [absent] };
    await put(`fallback/manifests/sha256-${'2'.repeat(64)}`, index, ociIndex);
    const found = await registry.ask('GET', `/v2/fallback/referrers/${subject}`);
    expect(found.json()).toMatchObject({ manifests: [absent] });
  });
});

describe('paths', () => {
  it('refuses what is no name, no end-point or no method', async () => {
    const status = async (method: string, path: string) => (await registry.ask(method, path)).status;
    expect(await status('GET', '/v2/UPPER/tags/list')).toBe(400);
    expect(await status('GET', '/v2/a/../../../etc/passwd/tags/list')).toBe(400);
    expect(await status('GET', '/v2/a%2f..%2fb/tags/list')).toBe(400);
    expect(await status('GET', '/v2/a%00b/tags/list')).toBe(400);
    expect(await status('GET', `/v2/${'a'.repeat(256)}/tags/list`)).toBe(400);
    expect(await status('GET', '/v2/%zz/tags/list')).toBe(404);
    expect(await status('GET', '/')).toBe(404);
    expect(await status('GET', '/v2/alone')).toBe(404);
    const method = await registry.ask('PUT', '/v2/');
    expect([method.status, method.headers.allow]).toEqual([405, 'GET']);
  });
});
