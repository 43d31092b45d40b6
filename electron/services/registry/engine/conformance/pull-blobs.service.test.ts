import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { algorithms, digestBy, overEveryTransport } from './registry.fixture.ts';

const size = 300_000;

/** The parts of a multipart/byteranges body: their Content-Range and their bytes. */
const partsOf = (contentType: string, body: Buffer): [string, Buffer][] => {
  const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(contentType)?.[1] ?? '';
  const text = body.toString('latin1');
  expect(text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  return `\r\n${text}`
    .split(`\r\n--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      const range = /Content-Range: (.+)/.exec(part.slice(0, end))?.[1] ?? '';
      return [range, Buffer.from(part.slice(end + 4), 'latin1')];
    });
};

overEveryTransport('pull blobs', (client) => {
  const prepare = async (algorithm: (typeof algorithms)[number]) => {
    const bytes = randomBytes(size);
    const digest = await client().pushBlob('pull/blobs', bytes, algorithm);
    const path = `/v2/pull/blobs/blobs/${digest}`;
    const get = (headers: Record<string, string> = {}) => client().ask('GET', path, { headers });
    return { bytes, digest, path, get };
  };

  for (const algorithm of algorithms) {
    it(`end-2: HEAD and GET tell length and digest (${algorithm})`, async () => {
      const { bytes, digest, path, get } = await prepare(algorithm);
      const told = {
        'content-length': String(size),
        'docker-content-digest': digest,
        'content-type': 'application/octet-stream',
        etag: `"${digest}"`,
        'accept-ranges': 'bytes',
      };
      const head = await client().ask('HEAD', path);
      expect(head.status).toBe(200);
      expect(head.headers).toMatchObject(told);
      const whole = await get({ 'accept-encoding': 'zstd, gzip, deflate' });
      expect(whole.headers).toMatchObject(told);
      expect(whole.headers['content-encoding']).toBeUndefined();
      expect(whole.body.equals(bytes)).toBe(true);
    });
  }

  it('end-2: 404 BLOB_UNKNOWN where this repository does not hold it, 400 where it is no digest', async () => {
    const { digest } = await prepare('sha256');
    for (const path of [`other/blobs/${digest}`, `pull/blobs/blobs/${digestBy('sha512', 'x')}`]) {
      const answer = await client().ask('GET', `/v2/${path}`);
      expect([answer.status, answer.code()]).toEqual([404, 'BLOB_UNKNOWN']);
      expect((await client().ask('HEAD', `/v2/${path}`)).status).toBe(404);
    }
    const bad = await client().ask('GET', '/v2/pull/blobs/blobs/sha256:baddigeststring');
    expect([bad.status, bad.code()]).toEqual([400, 'DIGEST_INVALID']);
  });

  it('end-2: one range is 206 with exactly its bytes', async () => {
    const { bytes, get } = await prepare('sha256');
    const cases: [string, number, number][] = [
      ['500-1499', 500, 1499],
      ['500-', 500, size - 1],
      ['-500', size - 500, size - 1],
      [`${size - 48}-${size + 5000}`, size - 48, size - 1],
      ['0-0', 0, 0],
      [`-${size * 2}`, 0, size - 1],
    ];
    for (const [range, from, to] of cases) {
      const part = await get({ range: `bytes=${range}` });
      expect([part.status, part.headers['content-range']]).toEqual([206, `bytes ${from}-${to}/${size}`]);
      expect(part.headers['content-length']).toBe(String(to - from + 1));
      expect(part.body.equals(bytes.subarray(from, to + 1)), range).toBe(true);
    }
  });

  it('end-2: several ranges are parts of one answer, in the order asked for', async () => {
    const { bytes, get } = await prepare('sha512');
    const asked = ['100-199', '0-9', `${size}-`, '-5', '150000-249999'];
    const answer = await get({ range: `bytes=${asked.join(', ')}` });
    expect(answer.status).toBe(206);
    const parts = partsOf(String(answer.headers['content-type']), answer.body);
    const expected = [
      [100, 199],
      [0, 9],
      [size - 5, size - 1],
      [150_000, 249_999],
    ] as const;
    expect(parts.map(([range]) => range)).toEqual(
      expected.map(([from, to]) => `bytes ${from}-${to}/${size}`),
    );
    for (const [index, [from, to]] of expected.entries()) {
      expect(parts[index]?.[1].equals(bytes.subarray(from, to + 1))).toBe(true);
    }
    const many = Array.from({ length: 1000 }, (_, index) => `${index * 3}-${index * 3 + 1}`);
    const pieces = await get({ range: `bytes=${many.join(',')}` });
    expect(partsOf(String(pieces.headers['content-type']), pieces.body)).toHaveLength(1000);
  });

  it('end-2: 416 where no byte is meant, the whole where the range may be ignored', async () => {
    const { get } = await prepare('sha256');
    for (const range of ['500-0', `${size}-`, `${size + 1}-${size + 9}`, '-0', `${size}-,-0`]) {
      const none = await get({ range: `bytes=${range}` });
      expect([none.status, none.headers['content-range']], range).toEqual([416, `bytes */${size}`]);
    }
    const tooMany = `bytes=${Array.from({ length: 1025 }, (_, at) => `${at}-${at}`).join(',')}`;
    for (const range of ['bytes=a-b', 'lines=1-2', 'bytes=-', 'bytes=0-,0-', tooMany]) {
      const whole = await get({ range });
      expect([whole.status, whole.body.length], range.slice(0, 40)).toEqual([200, size]);
    }
  });

  it('end-2: If-None-Match and If-Range compare the digest', async () => {
    const { digest, path, get } = await prepare('sha256');
    for (const tag of [`"${digest}"`, `W/"${digest}"`, `"x", "${digest}"`, '*']) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await client().ask(method, path, { headers: { 'if-none-match': tag } });
        expect([answer.status, answer.body.length, answer.headers.etag]).toEqual([304, 0, `"${digest}"`]);
      }
    }
    expect((await get({ 'if-none-match': '"x"' })).status).toBe(200);
    expect((await get({ range: 'bytes=0-1', 'if-range': '"x"' })).status).toBe(200);
    expect((await get({ range: 'bytes=0-1', 'if-range': `"${digest}"` })).status).toBe(206);
  });

  it('end-10: deletes at once and here alone', async () => {
    const { bytes, digest, path } = await prepare('sha256');
    await client().pushBlob('pull/keeps', bytes);
    const deleted = await client().ask('DELETE', path);
    expect([deleted.status, deleted.headers['content-length']]).toEqual([202, '0']);
    for (const method of ['GET', 'DELETE']) {
      const answer = await client().ask(method, path);
      expect([answer.status, answer.code()]).toEqual([404, 'BLOB_UNKNOWN']);
    }
    expect((await client().ask('HEAD', `/v2/pull/keeps/blobs/${digest}`)).status).toBe(200);
  });
});
