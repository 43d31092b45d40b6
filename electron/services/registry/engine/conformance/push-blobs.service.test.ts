import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Digest } from '../grammar.ts';
import { algorithms, type Client, digestBy, overEveryTransport } from './registry.fixture.ts';

type Way = (client: Client, name: string, bytes: Buffer, digest: Digest) => ReturnType<Client['ask']>;

const range = (from: number, to: number) => ({ 'content-range': `${from}-${to - 1}` });
const chunk = (client: Client, at: string, bytes: Buffer, from: number, to: number) =>
  client.ask('PATCH', at, { headers: range(from, to), body: bytes.subarray(from, to) });

/** The ways of section "Pushing blobs"; each ends with the answer that creates the blob. */
const ways: Record<string, Way> = {
  'end-4b: one POST': (client, name, bytes, digest) =>
    client.ask('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: bytes }),
  'end-4a, 6: POST then PUT': async (client, name, bytes, digest) =>
    client.ask('PUT', `${await client.start(name)}?digest=${digest}`, { body: bytes }),
  'end-4c: with digest-algorithm': async (client, name, bytes, digest) => {
    const at = await client.start(name, `?digest-algorithm=${digest.slice(0, 6)}`);
    return client.ask('PUT', `${at}?digest=${digest}`, { body: bytes });
  },
  'end-5: streamed': async (client, name, bytes, digest) => {
    const at = await client.start(name);
    const headers = { 'transfer-encoding': 'chunked' };
    const patched = await client.ask('PATCH', at, { headers, body: bytes });
    const last = Math.max(0, bytes.length - 1);
    expect([patched.status, patched.headers.range]).toEqual([202, `0-${last}`]);
    return client.ask('PUT', `${String(patched.headers.location)}?digest=${digest}`);
  },
  'end-5: in chunks': async (client, name, bytes, digest) => {
    const at = await client.start(name);
    const half = bytes.length >> 1;
    if (half > 0) {
      expect((await chunk(client, at, bytes, 0, half)).headers.range).toBe(`0-${half - 1}`);
      expect((await chunk(client, at, bytes, half, bytes.length)).status).toBe(202);
    }
    return client.ask('PUT', `${at}?digest=${digest}`);
  },
  'end-6: the last chunk in the PUT': async (client, name, bytes, digest) => {
    const at = await client.start(name);
    const half = bytes.length >> 1;
    if (half > 0) await chunk(client, at, bytes, 0, half);
    const headers = half > 0 ? range(half, bytes.length) : {};
    return client.ask('PUT', `${at}?digest=${digest}`, { headers, body: bytes.subarray(half) });
  },
};

overEveryTransport('push blobs', (client) => {
  for (const [way, push] of Object.entries(ways)) {
    it(`${way}: 201, and the blob is at its Location`, async () => {
      for (const algorithm of algorithms) {
        for (const bytes of [randomBytes(70_001), Buffer.alloc(0)]) {
          const digest = digestBy(algorithm, bytes);
          const put = await push(client(), 'push/ways', bytes, digest);
          expect([put.status, put.headers['docker-content-digest']]).toEqual([201, digest]);
          expect(put.headers.location).toBe(`/v2/push/ways/blobs/${digest}`);
          const read = await client().ask('GET', String(put.headers.location));
          expect(read.body.equals(bytes)).toBe(true);
          expect((await client().ask('DELETE', String(put.headers.location))).status).toBe(202);
        }
      }
    });

    it(`${way}: 400 DIGEST_INVALID for other bytes, and nothing is there`, async () => {
      for (const algorithm of algorithms) {
        const bytes = randomBytes(2000);
        const digest = digestBy(algorithm, bytes);
        const spoilt = Buffer.concat([bytes, Buffer.from('oh no')]);
        const put = await push(client(), 'push/bad', spoilt, digest);
        expect([put.status, put.code()]).toEqual([400, 'DIGEST_INVALID']);
        expect((await client().ask('HEAD', `/v2/push/bad/blobs/${digest}`)).status).toBe(404);
      }
    });
  }

  it('end-4b, 4c, 6: 400 for digests and algorithms that are none, and the session survives', async () => {
    const at = await client().start('push/form');
    for (const digest of [
      '',
      'sha256:',
      'sha256:baddigeststring',
      `md5:${'0'.repeat(32)}`,
      `sha512:${'0'.repeat(64)}`,
    ]) {
      const once = await client().ask('POST', `/v2/push/form/blobs/uploads/?digest=${digest}`, { body: 'x' });
      expect([once.status, once.code()], digest).toEqual([400, 'DIGEST_INVALID']);
      expect((await client().ask('PUT', `${at}?digest=${digest}`)).code()).toBe('DIGEST_INVALID');
    }
    expect((await client().ask('PUT', at)).code()).toBe('DIGEST_INVALID');
    const unknown = await client().ask('POST', '/v2/push/form/blobs/uploads/?digest-algorithm=md5');
    expect([unknown.status, unknown.code()]).toEqual([400, 'DIGEST_INVALID']);
    expect((await client().ask('GET', at)).status).toBe(204);
  });

  it('end-5, 6: 416 for a chunk out of order, on the oldest Location too, and the upload goes on', async () => {
    for (const algorithm of algorithms) {
      const bytes = randomBytes(3000);
      const at = await client().start('push/order', `?digest-algorithm=${algorithm}`);
      const early = await chunk(client(), at, bytes, 1000, 2000);
      expect([early.status, early.headers.range, early.headers.location]).toEqual([416, '0-0', at]);
      const first = await chunk(client(), at, bytes, 0, 1000);
      for (const location of [at, String(first.headers.location)]) {
        const again = await chunk(client(), location, bytes, 0, 1000);
        expect([again.status, again.headers.range]).toEqual([416, '0-999']);
        const state = await client().ask('GET', location);
        expect([state.status, state.headers.range]).toEqual([204, '0-999']);
      }
      const nonsense = { headers: { 'content-range': 'bytes=x' }, body: 'x' };
      expect((await client().ask('PATCH', at, nonsense)).status).toBe(416);
      const digest = digestBy(algorithm, bytes);
      const closing = { headers: range(2000, 3000), body: bytes.subarray(2000) };
      expect((await client().ask('PUT', `${at}?digest=${digest}`, closing)).status).toBe(416);
      await chunk(client(), at, bytes, 1000, 2000);
      expect((await client().ask('PUT', `${at}?digest=${digest}`, closing)).status).toBe(201);
    }
  });

  it('end-13, 14: knows a session until it is cancelled or finished', async () => {
    const at = await client().start('push/cancel');
    await client().ask('PATCH', at, { body: 'abc' });
    expect((await client().ask('GET', at)).headers).toMatchObject({ location: at, range: '0-2' });
    expect((await client().ask('DELETE', at)).status).toBe(204);
    const done = await client().start('push/cancel');
    await client().ask('PUT', `${done}?digest=${digestBy('sha256', '')}`);
    const never = '/v2/push/cancel/blobs/uploads/00000000-0000-4000-8000-000000000000';
    for (const location of [at, done, never, `${never}x`]) {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const answer = await client().ask(method, location);
        expect([answer.status, answer.code()]).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
      }
      const put = await client().ask('PUT', `${location}?digest=${digestBy('sha256', '')}`);
      expect(put.code()).toBe('BLOB_UPLOAD_UNKNOWN');
    }
  });

  it('end-11: mounts what another repository holds, named or not, and opens a session otherwise', async () => {
    for (const algorithm of algorithms) {
      const digest = await client().pushBlob(`push/source-${algorithm}`, randomBytes(99), algorithm);
      const missing = digestBy(algorithm, randomBytes(9));
      const cases: [string, number][] = [
        [`mount=${digest}&from=push/source-${algorithm}`, 201],
        [`mount=${digest}`, 201],
        [`mount=${missing}&from=push/source-${algorithm}`, 202],
        [`mount=${digest}&from=push/nowhere`, 202],
        [`mount=${missing}`, 202],
        ['mount=sha256:bad&from=push/source', 202],
      ];
      for (const [query, status] of cases) {
        const answer = await client().ask('POST', `/v2/push/target/blobs/uploads/?${query}`);
        expect(answer.status, query).toBe(status);
        if (status === 202) expect(answer.headers.location).toMatch(/^\/v2\/push\/target\/blobs\/uploads\/./);
        else expect(answer.headers.location).toBe(`/v2/push/target/blobs/${digest}`);
      }
      expect((await client().ask('HEAD', `/v2/push/target/blobs/${digest}`)).status).toBe(200);
    }
  });
});
