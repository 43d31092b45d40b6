import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, startTestEngine, type TestEngine } from '../engine.fixture.ts';
import { fuzzBytes, type FuzzRequest, fuzzRequest } from './fuzz.fixture.ts';

/**
 * Random requests over every route. In the suite the seed is fixed; `MOORING_FUZZ=endless` goes on with new seeds
 * until something breaks, and a number in its place is the seed to repeat.
 */
const wish = process.env.MOORING_FUZZ ?? '';
const isEndless = wish === 'endless';
const firstSeed = isEndless ? Date.now() % 2 ** 31 : Number(wish || 20261121);
/** On a busy machine. */
const timeout = 120_000;

let outer: string;
let engine: TestEngine;
beforeAll(async () => {
  outer = await mkdtemp(join(tmpdir(), 'mooring-fuzz-'));
  engine = await startTestEngine({ storageRoot: join(outer, 'deep', 'store') }, { isPlain: true });
});
afterAll(async () => {
  await engine.close({ keepStore: true });
  await rm(outer, { recursive: true, force: true });
});

const check = (property: fc.IAsyncProperty<unknown>, seed: number) =>
  fc.assert(property, { seed, numRuns: 250, endOnFailure: true });
const faults = () => engine.messages.filter((message) => message.type === 'log' && message.level === 'error');

const layout = [
  /^docker\/registry\/v2\/blobs\/sha(256|512)\/[0-9a-f]{2}\/[0-9a-f]+\/data$/,
  /^docker\/registry\/v2\/repositories\/[a-z0-9][a-z0-9._/-]*\/(_layers|_manifests|_uploads|_mooring)\/[^]+$/,
  /^_mooring\/[^]+$/,
];

/** Every file lies where the layout has it, and every blob is what its name says. */
const expectSound = async () => {
  const root = join(outer, 'deep', 'store');
  for (const entry of await readdir(outer, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(root, file).split(sep).join('/');
    expect(entry.isFile() && layout.some((pattern) => pattern.test(path)), path).toBe(true);
    const blob = /blobs\/(sha\d+)\/..\/([0-9a-f]+)\/data$/.exec(path);
    if (!blob?.[1]) continue;
    expect(
      createHash(blob[1])
        .update(await readFile(file))
        .digest('hex'),
    ).toBe(blob[2]);
  }
};

describe('fuzz', () => {
  const run = async (requests: FuzzRequest[]) => {
    let session = '/v2/a/blobs/uploads/none';
    for (const { method, path, headers, body } of requests) {
      const at = path.replace('{session}', session);
      const length: Record<string, string> = headers['transfer-encoding']
        ? {}
        : { 'content-length': String(Buffer.byteLength(body)) };
      const all = { authorization: basic(), ...length, ...headers };
      const answer = await engine.send(method, at, { headers: all, body });
      expect(answer.status < 500 || answer.status === 507, `${method} ${at}: ${answer.status}`).toBe(true);
      expect(answer.headers['docker-distribution-api-version']).toBe('registry/2.0');
      if (answer.status >= 400 && method !== 'HEAD') expect(answer.code()).toMatch(/^[A-Z_]+$/);
      if (answer.status === 202 && answer.headers.location) session = answer.headers.location;
    }
    expect(faults()).toEqual([]);
  };

  const requests = fc.asyncProperty(fc.array(fuzzRequest, { minLength: 1, maxLength: 12 }), run);

  const exchange = (bytes: string): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const socket = connect(engine.engine.port, '127.0.0.1');
      socket.on('data', (part) => (text += part.toString('latin1')));
      // Who sends nonsense may be cut off; what was answered until then counts.
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
      socket.end(Buffer.from(bytes, 'latin1'));
    });
  const runBytes = async (bytes: string) => {
    const answers = (await exchange(bytes)).matchAll(/^HTTP\/1\.1 (\d{3}) /gm);
    for (const [line, status] of answers) expect(Number(status), line).toBeLessThan(500);
    expect(faults()).toEqual([]);
  };

  const pieces = fc.asyncProperty(fuzzBytes, runBytes);

  it(
    'requests over every route are answered below 500 in the form of the specification',
    () => check(requests, firstSeed),
    timeout,
  );

  it(
    'bytes that are almost requests are answered below 500 or cut off',
    () => check(pieces, firstSeed),
    timeout,
  );

  it('left no byte outside the store, nothing misplaced, no blob that is not its digest, and the engine alive', async () => {
    await expectSound();
    const alive = await engine.send('GET', '/v2/', { headers: { authorization: basic() } });
    expect(alive.status).toBe(200);
    const stored = await readdir(join(outer, 'deep', 'store', 'docker/registry/v2/repositories'));
    expect(stored).toContain('a');
  });

  const goOn = async () => {
    for (let seed = firstSeed + 1; ; seed += 1) {
      await check(requests, seed);
      await check(pieces, seed);
      await expectSound();
      process.stderr.write(`seed ${seed} is sound\n`);
    }
  };
  if (isEndless) it('endless: nothing breaks', goOn, 0x7fffffff);
});
