import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../engine.fixture.ts';
import { digestOf } from '../storage/blobs.ts';

let registry: TestEngine;
const bytes = randomBytes(3 * 1024 * 1024 + 17);
let path = '';

beforeAll(async () => {
  registry = await startTestEngine();
  path = `/v2/many/blobs/${await registry.pushBlob('many', bytes)}`;
});
afterAll(() => registry.close());

/** Hangs up when the first bytes of the blob have come. */
const hangUp = () =>
  new Promise<void>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: registry.engine.port, path, ca: registry.certificate.certPem };
    const outgoing = request({ ...options, servername: 'localhost', agent: false }, (response) => {
      response.once('data', () => outgoing.destroy());
      response.once('close', resolve);
      response.on('error', () => undefined);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });

describe('downloads', () => {
  it('give everyone the right bytes, however many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => registry.ask('GET', path)));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(digestOf(body)).toBe(digestOf(bytes));
    }
  });

  it('are the right bytes, whole and in part', async () => {
    expect((await registry.ask('GET', path)).body.equals(bytes)).toBe(true);
    for (const [start, end] of [
      [0, 256 * 1024],
      [1, 512 * 1024],
      [77, bytes.length - 1],
    ] as const) {
      const { body } = await registry.ask('GET', path, { headers: { range: `bytes=${start}-${end}` } });
      expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
    }
  });

  it('go on for the others when many clients hang up', async () => {
    const others = Array.from({ length: 5 }, () => registry.ask('GET', path));
    await Promise.all(Array.from({ length: 40 }, hangUp));
    for (const { body } of await Promise.all(others)) expect(digestOf(body)).toBe(digestOf(bytes));
    const after = await registry.ask('GET', path, { headers: { range: 'bytes=1000000-2999999' } });
    expect(after.status).toBe(206);
    expect(after.body.equals(bytes.subarray(1_000_000, 3_000_000))).toBe(true);
  });
});
