import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locate, paths } from '#electron/paths.ts';
import { type Connection, openConnection } from './connection.ts';
import { type Content, createContent } from './content.ts';
import { binary, closing, pushMany, repository, startUpload } from './loads.ts';
import { measure } from './measure.ts';
import { readBack } from './read-back.ts';
import { type Server, startOurs } from './servers.ts';

/** Big things against the built engine in a process of its own, as the app starts it. */

const MiB = 1024 * 1024;
const size = (process.env.MOORING_LONG ? 6 * 1024 : 1024) * MiB;
/** MB of the engine's memory, in an upload and in one download. */
const memoryLimit = 130;

let folder = '';
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-big-'));
  server = await startOurs(folder, locate(join(paths.root, 'dist', 'electron')).engine, [repository]);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const connect = async (): Promise<Connection> => {
  await server.renewLogin();
  return openConnection(server.address);
};

/** The content from a byte on. */
const from = function* ({ parts }: Content, offset: number): Generator<Buffer> {
  let at = 0;
  for (const part of parts) {
    if (at + part.length > offset) yield part.subarray(Math.max(0, offset - at));
    at += part.length;
  }
};

/** Sends half of the content in one PATCH and hangs up in the middle of it. */
const pushHalf = async (content: Content): Promise<string> => {
  const connection = await connect();
  const path = await startUpload(connection);
  const half = function* () {
    let sent = 0;
    for (const part of content.parts) {
      if (sent >= content.size / 2) return connection.close();
      yield part;
      sent += part.length;
    }
  };
  await expect(connection.ask('PATCH', path, { body: half(), isChunked: true })).rejects.toThrow();
  return path;
};

const received = (range: string | undefined): number => Number(range?.split('-')[1]) + 1;

/** Asks how much arrived and sends the rest, once more when the broken request was still being written. */
const resume = async (path: string, content: Content): Promise<number> => {
  const connection = await connect();
  let offset = received((await connection.ask('GET', path)).headers.range);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const rest = { 'Content-Range': `${offset}-${content.size - 1}`, 'Content-Type': binary['Content-Type'] };
    const answer = await connection.ask('PATCH', path, { headers: rest, body: from(content, offset) });
    if (answer.status === 202) {
      expect((await connection.ask('PUT', closing(path, content.digest))).status).toBe(201);
      connection.close();
      return offset;
    }
    expect(answer.status).toBe(416);
    offset = received(answer.headers.range);
  }
  throw new Error('the session never came to rest');
};

const pull = async (content: Content, range?: { start: number; end: number }) => {
  const connection = await connect();
  const hash = createHash('sha256');
  const answer = await connection.ask('GET', `/v2/${repository}/blobs/${content.digest}`, {
    ...(range ? { headers: { Range: `bytes=${range.start}-${range.end}` } } : {}),
    sink: (bytes) => hash.update(bytes),
  });
  connection.close();
  return { answer, digest: `sha256:${hash.digest('hex')}` };
};

/** Digest of bytes `start` to `end`, inclusive. */
const digestOfRange = (content: Content, start: number, end: number): string => {
  const hash = createHash('sha256');
  let left = end - start + 1;
  for (const part of from(content, start)) {
    hash.update(part.subarray(0, left));
    left -= Math.min(left, part.length);
    if (left === 0) break;
  }
  return `sha256:${hash.digest('hex')}`;
};

describe('big things', () => {
  it(
    `a blob of ${size / 1024 / MiB} GiB is pushed, interrupted, resumed and pulled whole and by Range`,
    { timeout: 900_000 },
    async () => {
      const content = createContent(size);
      const upload = await measure(server.pid, async () => resume(await pushHalf(content), content));
      expect(upload.result).toBeGreaterThan(0);
      expect(upload.result).toBeLessThan(size);
      expect(upload.memory).toBeLessThan(memoryLimit);

      const download = await measure(server.pid, () => pull(content));
      expect(download.result.answer.status).toBe(200);
      expect(download.result.answer.size).toBe(size);
      expect(download.result.digest).toBe(content.digest);
      expect(download.memory).toBeLessThan(memoryLimit);

      const range = { start: size / 2 - 12_345, end: size - 7 * MiB - 1 };
      const part = await pull(content, range);
      expect(part.answer.status).toBe(206);
      expect(part.answer.headers['content-range']).toBe(`bytes ${range.start}-${range.end}/${size}`);
      expect(part.digest).toBe(digestOfRange(content, range.start, range.end));
    },
  );

  it('an artifact of 100 layers is pushed and pulled, each layer whole', { timeout: 120_000 }, async () => {
    const layers = Array.from({ length: 100 }, (_, index) =>
      createContent(index % 2 === 0 ? MiB : 50_000 + index),
    );
    const config = createContent(512);
    await server.renewLogin();
    await pushMany(server.address, [...layers, config], 8);
    const connection = await connect();
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: type,
        artifactType: 'application/vnd.example.model',
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: config.digest, size: config.size },
        layers: layers.map((layer) => ({
          mediaType: 'application/octet-stream',
          digest: layer.digest,
          size: layer.size,
        })),
      }),
    );
    const path = `/v2/${repository}/manifests/hundred`;
    const pushed = await connection.ask('PUT', path, { headers: { 'Content-Type': type }, body: [manifest] });
    expect(pushed.status).toBe(201);
    expect((await connection.ask('GET', path, { keeps: true })).body).toEqual(manifest);
    connection.close();
    for (const layer of layers) expect((await pull(layer)).digest).toBe(layer.digest);
  });

  it('lie on the disk as they were sent', { timeout: 300_000 }, async () => {
    expect(await readBack(folder)).toBeGreaterThanOrEqual(102);
  });
});
