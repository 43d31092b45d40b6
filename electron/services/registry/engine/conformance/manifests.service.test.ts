import { expect, it } from 'vitest';
import { dockerList, dockerManifest, ociIndex, ociManifest } from '../storage/media-types.ts';
import { algorithms, digestBy, emptyConfig, overEveryTransport } from './registry.fixture.ts';

const absent = (type: string, note = '') => ({
  mediaType: type,
  digest: digestBy('sha256', `absent ${note}`),
  size: 3,
});
const layer = 'application/vnd.oci.image.layer.v1.tar+gzip';

overEveryTransport('manifests', (client) => {
  const at = (reference: string) => `/v2/man/ifests/manifests/${reference}`;
  const put = (reference: string, document: unknown, type?: string) =>
    client().put('man/ifests', reference, document, type);
  const bytesOf = (document: unknown) => JSON.stringify(document);

  it('end-3, 7a: every form is stored as it came, and read by tag and by digest', async () => {
    await client().pushBlob('man/ifests', '{}');
    const { manifestOf } = client();
    const index = { schemaVersion: 2, mediaType: ociIndex };
    const forms: Record<string, [unknown, string]> = {
      'no layers': [manifestOf('no layers'), ociManifest],
      'artifact without layers': [manifestOf('artifact', { artifactType: 'application/x.y' }), ociManifest],
      'any config type': [
        manifestOf('wasm', { config: { ...emptyConfig, mediaType: 'application/wasm' } }),
        ociManifest,
      ],
      'unknown fields and data': [
        `  {"x":[1, 2],\n${bytesOf(manifestOf('odd', { config: { ...emptyConfig, data: 'e30=' } })).slice(1)}`,
        ociManifest,
      ],
      'foreign layers': [
        manifestOf('foreign', {
          layers: [
            {
              ...absent('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'),
              urls: ['https://a.invalid/b'],
            },
          ],
        }),
        ociManifest,
      ],
      sparse: [manifestOf('sparse', { layers: [absent(layer)] }), ociManifest],
      'missing subject': [manifestOf('subject', { subject: absent(ociManifest, 'subject') }), ociManifest],
      'docker manifest': [{ ...manifestOf('docker'), mediaType: dockerManifest }, dockerManifest],
      'empty index': [{ ...index, manifests: [] }, ociIndex],
      'sparse index': [{ ...index, manifests: [absent(ociManifest)] }, ociIndex],
      'index of layers': [{ ...index, manifests: [absent(layer)] }, ociIndex],
      'docker list': [{ schemaVersion: 2, mediaType: dockerList, manifests: [] }, dockerList],
      large: [manifestOf('x'.repeat(4_100_000)), ociManifest],
    };
    for (const [name, [document, type]] of Object.entries(forms)) {
      const bytes = Buffer.from(typeof document === 'string' ? document : bytesOf(document));
      for (const digest of algorithms.map((algorithm) => digestBy(algorithm, bytes))) {
        const byDigest = await put(digest, bytes.toString(), type);
        expect([byDigest.status, byDigest.headers['docker-content-digest']], name).toEqual([201, digest]);
        const byTag = await put('form', bytes.toString(), `${type}; charset=utf-8`);
        expect(byTag.status, name).toBe(201);
        for (const path of [String(byDigest.headers.location), String(byTag.headers.location), at('form')]) {
          const read = await client().ask('GET', path, { headers: { accept: 'application/x.other' } });
          expect(read.body.equals(bytes), name).toBe(true);
          expect(read.headers['content-type']).toBe(type);
          const head = await client().ask('HEAD', path);
          expect([head.status, head.headers['content-length']]).toEqual([200, String(bytes.length)]);
          expect(head.headers['docker-content-digest']).toBe(read.headers['docker-content-digest']);
        }
      }
    }
  });

  it('end-7a: 413 above 4 MiB, 400 for what is no manifest or not what its digest says', async () => {
    const document = bytesOf(client().manifestOf('digest'));
    const cases: [string, string, number, string][] = [
      ['t', ' '.repeat(4 * 1024 * 1024 + 1), 413, 'SIZE_INVALID'],
      ['t', '', 400, 'MANIFEST_INVALID'],
      ['t', 'null', 400, 'MANIFEST_INVALID'],
      ['t', '{"schemaVersion":1}', 400, 'MANIFEST_INVALID'],
      ['.bad', document, 400, 'MANIFEST_INVALID'],
      ['sha256:baddigeststring', document, 400, 'DIGEST_INVALID'],
      [`md5:${'0'.repeat(32)}`, document, 400, 'DIGEST_INVALID'],
      [digestBy('sha256', document), `${document}  `, 400, 'DIGEST_INVALID'],
      [digestBy('sha512', document), `${document}  `, 400, 'DIGEST_INVALID'],
      [`${digestBy('sha256', document)}?tag=ok&tag=.bad`, document, 400, 'MANIFEST_INVALID'],
    ];
    for (const [reference, body, status, code] of cases) {
      const answer = await put(reference, body);
      expect([answer.status, answer.code()], reference).toEqual([status, code]);
    }
    expect((await client().ask('HEAD', at('ok'))).status).toBe(404);
  });

  it('end-7b: sets every tag it is given, with a line of OCI-Tag for each', async () => {
    for (const algorithm of algorithms) {
      const document = bytesOf(client().manifestOf(`tags ${algorithm}`));
      const digest = digestBy(algorithm, document);
      const tags = Array.from({ length: 25 }, (_, index) => `${algorithm}-${index}`);
      const stored = await put(`${digest}?${tags.map((tag) => `tag=${tag}`).join('&')}`, document);
      expect([stored.status, stored.lines('oci-tag')]).toEqual([201, tags]);
      for (const tag of [tags[0], tags[24]]) {
        const head = await client().ask('HEAD', at(String(tag)));
        expect(head.headers['docker-content-digest']).toBe(digest);
      }
    }
  });

  it('end-3: 404 for what is not there, 404 for names no tag can have, 400 for digests that are none', async () => {
    const cases: [string, number, string][] = [
      ['missing', 404, 'MANIFEST_UNKNOWN'],
      ['.INVALID_MANIFEST_NAME', 404, 'MANIFEST_UNKNOWN'],
      ['x'.repeat(129), 404, 'MANIFEST_UNKNOWN'],
      [digestBy('sha256', 'nothing'), 404, 'MANIFEST_UNKNOWN'],
      [digestBy('sha512', 'nothing'), 404, 'MANIFEST_UNKNOWN'],
      ['sha256:totallywrong', 400, 'DIGEST_INVALID'],
    ];
    for (const [reference, status, code] of cases) {
      const answer = await client().ask('GET', at(reference));
      expect([answer.status, answer.code()], reference).toEqual([status, code]);
      expect((await client().ask('HEAD', at(reference))).status).toBe(status);
    }
  });

  it('end-3: If-None-Match answers 304 for what the client holds', async () => {
    const stored = await put('etag', client().manifestOf('etag'));
    const digest = String(stored.headers['docker-content-digest']);
    for (const method of ['GET', 'HEAD']) {
      const headers = { 'if-none-match': `W/"${digest}"` };
      const answer = await client().ask(method, at('etag'), { headers });
      expect([answer.status, answer.headers['docker-content-digest']]).toEqual([304, digest]);
      const other = { 'if-none-match': `"${digest}x"` };
      expect((await client().ask(method, at('etag'), { headers: other })).status).toBe(200);
    }
  });

  it('end-9: a tag goes alone, a manifest with its tags, both at once and once', async () => {
    for (const algorithm of algorithms) {
      const document = bytesOf(client().manifestOf(`delete ${algorithm}`));
      const digest = digestBy(algorithm, document);
      await put(`${digest}?tag=gone&tag=stays`, document);
      const status = async (method: string, reference: string) =>
        (await client().ask(method, at(reference))).status;
      expect([await status('DELETE', 'gone'), await status('HEAD', 'gone')]).toEqual([202, 404]);
      expect([await status('DELETE', 'gone'), await status('HEAD', digest)]).toEqual([404, 200]);
      expect([await status('DELETE', digest), await status('HEAD', digest)]).toEqual([202, 404]);
      expect([await status('HEAD', 'stays'), await status('DELETE', digest)]).toEqual([404, 404]);
    }
    expect((await client().ask('DELETE', at('sha256:bad'))).status).toBeGreaterThanOrEqual(400);
  });
});
