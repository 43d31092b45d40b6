import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../storage/blobs.ts';
import { basic, startTestEngine, type TestEngine } from '../engine.fixture.ts';

let registry: TestEngine;
beforeAll(async () => {
  registry = await startTestEngine();
});
afterAll(() => registry.close());

const start = async (name: string, query = '') => {
  const answer = await registry.ask('POST', `/v2/${name}/blobs/uploads/${query}`);
  expect(answer.status).toBe(202);
  return String(answer.headers.location);
};
const wrong = `sha256:${'0'.repeat(64)}`;

describe('upload', () => {
  it('takes a blob in one request, in chunks, as a stream and as a closing PUT', async () => {
    const bytes = randomBytes(1_500_000);
    const digest = digestOf(bytes);
    const ways: Record<string, () => Promise<number>> = {
      single: async () =>
        (await registry.ask('POST', `/v2/w/single/blobs/uploads/?digest=${digest}`, { body: bytes })).status,
      monolithic: async () => {
        const at = await start('w/monolithic');
        return (await registry.ask('PUT', `${at}?digest=${digest}`, { body: bytes })).status;
      },
      stream: async () => {
        const at = await start('w/stream');
        await registry.ask('PATCH', at, { body: bytes, headers: { 'transfer-encoding': 'chunked' } });
        return (await registry.ask('PUT', `${at}?digest=${digest}`)).status;
      },
      chunks: async () => {
        const at = await start('w/chunks');
        const first = bytes.subarray(0, 700_000);
        const headers = { 'content-range': '0-699999' };
        const patched = await registry.ask('PATCH', at, { body: first, headers });
        expect(patched.status).toBe(202);
        expect(patched.headers.range).toBe('0-699999');
        const rest = { 'content-range': `700000-${bytes.length - 1}` };
        const end = { body: bytes.subarray(700_000), headers: rest };
        return (await registry.ask('PUT', `${at}?digest=${digest}`, end)).status;
      },
    };
    for (const [way, upload] of Object.entries(ways)) {
      expect(await upload(), way).toBe(201);
      const read = await registry.ask('GET', `/v2/w/${way}/blobs/${digest}`);
      expect(digestOf(read.body), way).toBe(digest);
    }
  });

  it('stores what was sent, byte for byte, also after many small and large pieces', async () => {
    const bytes = randomBytes(9 * 1024 * 1024 + 17);
    const digest = await registry.pushBlob('store/bytes', bytes);
    const hex = digest.slice(7);
    const file = join(registry.root, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
    expect(digestOf(await readFile(file))).toBe(digest);
  });

  it('refuses content that does not match its digest, and makes nothing visible', async () => {
    const single = await registry.ask('POST', `/v2/bad/blobs/uploads/?digest=${wrong}`, { body: 'x' });
    expect([single.status, single.code()]).toEqual([400, 'DIGEST_INVALID']);
    const at = await start('bad');
    const put = await registry.ask('PUT', `${at}?digest=${wrong}`, { body: 'x' });
    expect([put.status, put.code()]).toEqual([400, 'DIGEST_INVALID']);
    expect((await registry.ask('HEAD', `/v2/bad/blobs/${wrong}`)).status).toBe(404);
    expect((await registry.ask('PUT', `${await start('bad')}?digest=sha256:abc`)).status).toBe(400);
  });

  it('answers 416 to a chunk out of order, and the session goes on', async () => {
    const at = await start('order');
    await registry.ask('PATCH', at, { body: 'abcde', headers: { 'content-range': '0-4' } });
    const again = await registry.ask('PATCH', at, { body: 'abcde', headers: { 'content-range': '0-4' } });
    expect([again.status, again.headers.range]).toEqual([416, '0-4']);
    const closing = { body: 'xyz', headers: { 'content-range': '9-11' } };
    expect((await registry.ask('PUT', `${at}?digest=${digestOf('abcde')}`, closing)).status).toBe(416);
    const state = await registry.ask('GET', at);
    expect([state.status, state.headers.range, state.headers.location]).toEqual([204, '0-4', at]);
    const length = { body: 'fg', headers: { 'content-range': '5-9' } };
    expect((await registry.ask('PATCH', at, length)).code()).toBe('SIZE_INVALID');
    expect((await registry.ask('PUT', `${at}?digest=${digestOf('abcde')}`)).status).toBe(201);
  });

  it('knows a session until it is cancelled or finished', async () => {
    const at = await start('cancel');
    expect((await registry.ask('GET', at)).headers.range).toBe('0-0');
    expect((await registry.ask('DELETE', at)).status).toBe(204);
    expect((await registry.ask('GET', at)).code()).toBe('BLOB_UPLOAD_UNKNOWN');
    expect((await registry.ask('PATCH', '/v2/cancel/blobs/uploads/../x', { body: 'x' })).status).toBe(404);
  });

  it('keeps a session and what it holds over a restart of the engine', async () => {
    const first = await startTestEngine();
    const begun = await first.ask('POST', '/v2/again/blobs/uploads/');
    const at = String(begun.headers.location);
    await first.ask('PATCH', at, { body: 'first half, ' });
    await first.close({ keepStore: true });
    const second = await startTestEngine({ storageRoot: first.root });
    expect((await second.ask('GET', at)).headers.range).toBe('0-11');
    const whole = digestOf('first half, second half');
    expect((await second.ask('PUT', `${at}?digest=${whole}`, { body: 'second half' })).status).toBe(201);
    expect((await second.ask('GET', `/v2/again/blobs/${whole}`)).body.toString()).toBe(
      'first half, second half',
    );
    await second.close();
  });

  it('keeps what arrived before the connection broke', async () => {
    const bytes = randomBytes(900_000);
    const at = await start('broken');
    const received = async () => Number((await registry.ask('GET', at)).headers.range?.slice(2)) + 1;
    const socket = connect({
      port: registry.engine.port,
      host: '127.0.0.1',
      ca: registry.certificate.certPem,
    });
    socket.on('error', () => undefined);
    const lines = [
      `PATCH ${at} HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${basic()}`,
      'Content-Length: 900000',
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    socket.write(bytes.subarray(0, 700_000));
    await expect.poll(received).toBeGreaterThanOrEqual(512 * 1024);
    socket.destroy();
    // The next request waits for the broken one, so what it is told does not change any more.
    const early = await registry.ask('PATCH', at, { headers: { 'content-range': '0-0' }, body: 'x' });
    expect(early.status).toBe(416);
    const size = Number(early.headers.range?.slice(2)) + 1;
    const rest = { body: bytes.subarray(size), headers: { 'content-range': `${size}-899999` } };
    expect((await registry.ask('PUT', `${at}?digest=${digestOf(bytes)}`, rest)).status).toBe(201);
  });

  it('takes empty blobs and sha512 like any other', async () => {
    const empty = await registry.pushBlob('odd', Buffer.alloc(0));
    const head = await registry.ask('HEAD', `/v2/odd/blobs/${empty}`);
    expect([head.status, head.headers['content-length']]).toEqual([200, '0']);
    expect((await registry.ask('GET', `/v2/odd/blobs/${empty}`)).body).toHaveLength(0);
    const bytes = randomBytes(1000);
    const digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
    const at = await start('odd');
    await registry.ask('PATCH', at, { body: bytes });
    const put = await registry.ask('PUT', `${at}?digest=${digest}`);
    expect([put.status, put.headers['docker-content-digest']]).toEqual([201, digest]);
    expect((await registry.ask('GET', String(put.headers.location))).body.equals(bytes)).toBe(true);
    expect((await registry.ask('POST', '/v2/odd/blobs/uploads/?digest-algorithm=md5')).code()).toBe(
      'DIGEST_INVALID',
    );
  });

  it('leaves no session and no staged file behind', async () => {
    await registry.pushBlob('tidy', randomBytes(100));
    expect(
      await readdir(join(registry.root, 'docker/registry/v2/repositories/tidy/_mooring/uploads')),
    ).toEqual([]);
    expect(await readdir(join(registry.root, '_mooring/staging'))).toEqual([]);
  });
});

describe('mount', () => {
  it('shares a blob that the source holds and opens a session otherwise', async () => {
    const digest = await registry.pushBlob('from/here', Buffer.from('shared'));
    const mount = (query: string) => registry.ask('POST', `/v2/to/there/blobs/uploads/?${query}`);
    const done = await mount(`mount=${digest}&from=from/here`);
    expect([done.status, done.headers.location]).toEqual([201, `/v2/to/there/blobs/${digest}`]);
    expect((await registry.ask('GET', `/v2/to/there/blobs/${digest}`)).body.toString()).toBe('shared');
    expect((await mount(`mount=${wrong}&from=from/here`)).status).toBe(202);
    expect((await mount(`mount=${digest}&from=never/seen`)).status).toBe(202);
    expect((await mount(`mount=${digest}`)).status).toBe(201);
    expect((await mount(`mount=${wrong}`)).status).toBe(202);
    expect((await mount(`mount=${digest}&from=No/Name`)).status).toBe(202);
  });

  it('shows a blob only in repositories that hold it', async () => {
    const digest = await registry.pushBlob('mine', Buffer.from('mine alone'));
    expect((await registry.ask('GET', `/v2/other/blobs/${digest}`)).code()).toBe('BLOB_UNKNOWN');
  });
});

describe('read', () => {
  it('serves ranges', async () => {
    const bytes = randomBytes(600_000);
    const digest = await registry.pushBlob('range', bytes);
    const get = (range: string, extra: Record<string, string> = {}) =>
      registry.ask('GET', `/v2/range/blobs/${digest}`, { headers: { range, ...extra } });
    const cases: [string, number, number][] = [
      ['bytes=500-1499', 500, 1500],
      ['bytes=599000-', 599_000, 600_000],
      ['bytes=-500', 599_500, 600_000],
      ['bytes=599990-700000', 599_990, 600_000],
      ['bytes=0-599999', 0, 600_000],
    ];
    for (const [range, from, to] of cases) {
      const part = await get(range);
      expect([part.status, part.headers['content-range']]).toEqual([206, `bytes ${from}-${to - 1}/600000`]);
      expect(part.body.equals(bytes.subarray(from, to)), range).toBe(true);
    }
    for (const range of ['bytes=500-0', 'bytes=600000-', 'bytes=-0']) {
      const none = await get(range);
      expect([none.status, none.headers['content-range']], range).toEqual([416, 'bytes */600000']);
      expect(none.headers['content-length']).toBe(String(none.body.length));
    }
    expect((await get('bytes=0-1', { 'if-range': '"another"' })).status).toBe(200);
    expect((await get('bytes=0-1', { 'if-range': `"${digest}"` })).status).toBe(206);
  });

  it('answers 404 once a blob was deleted', async () => {
    const digest = await registry.pushBlob('gone', Buffer.from('gone'));
    expect((await registry.ask('DELETE', `/v2/gone/blobs/${digest}`)).status).toBe(202);
    expect((await registry.ask('GET', `/v2/gone/blobs/${digest}`)).status).toBe(404);
    expect((await registry.ask('DELETE', `/v2/gone/blobs/${digest}`)).status).toBe(404);
    expect((await registry.ask('GET', '/v2/gone/blobs/sha256:nothex')).code()).toBe('DIGEST_INVALID');
  });
});
