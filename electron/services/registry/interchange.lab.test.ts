import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDistribution } from './clients.fixture.ts';
import { startTestEngine, type TestEngine } from './engine/engine.fixture.ts';
import { digestOf } from './engine/storage/blobs.ts';
import { openStorage } from './engine/storage/index.ts';
import { ociIndex, ociManifest } from './engine/storage/media-types.ts';
import { freePort } from './registry.fixture.ts';

/** One folder, two engines: ours, and docker-registry 2.8 from Debian. */

let folder = '';
let lab: TestEngine;
let theirs: Awaited<ReturnType<typeof startDistribution>>;
let origin = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-interchange-'));
  lab = await startTestEngine();
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  theirs = await startDistribution(folder, lab.root, port);
});
afterAll(async () => {
  await theirs?.stop();
  await lab.close();
  await rm(folder, { recursive: true, force: true });
});

const accept = { accept: `${ociManifest}, ${ociIndex}` };
const askThem = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${origin}${path}`, { headers: accept, ...init });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()), headers: answer.headers };
};
const describeAs = (mediaType: string, digest: string, bytes: Buffer) => ({
  mediaType,
  digest,
  size: bytes.length,
});
const manifestOf = (digest: string, blob: Buffer, extra = {}) => {
  const layer = describeAs('application/octet-stream', digest, blob);
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config: layer, layers: [layer], ...extra }),
  );
};
const put = (name: string, reference: string, bytes: Buffer, type = ociManifest) =>
  lab.ask('PUT', `/v2/${name}/manifests/${reference}`, { body: bytes, headers: { 'content-type': type } });

/** What our engine is given: an image, one behind an index, one by sha512, a signature, and a tag that is gone. */
const fill = async (name: string) => {
  const push = async (extra = {}) => {
    const blob = randomBytes(2000);
    const bytes = manifestOf(await lab.pushBlob(name, blob), blob, extra);
    return { blob, bytes, digest: digestOf(bytes), layer: digestOf(blob) };
  };
  const image = await push();
  await put(name, 'v1', image.bytes);
  const child = await push({ annotations: { child: 'yes' } });
  await put(name, child.digest, child.bytes);
  const indexBytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociIndex,
      manifests: [describeAs(ociManifest, child.digest, child.bytes)],
    }),
  );
  await put(name, 'multi', indexBytes, ociIndex);
  const signature = await push({ subject: describeAs(ociManifest, image.digest, image.bytes) });
  await put(name, signature.digest, signature.bytes);
  const gone = await push({ annotations: { gone: 'yes' } });
  await put(name, 'gone', gone.bytes);
  await lab.ask('DELETE', `/v2/${name}/manifests/gone`);
  const blob = randomBytes(500);
  const layer = digestOf(blob, 'sha512');
  await lab.ask('POST', `/v2/${name}/blobs/uploads/?digest=${layer}`, { body: blob });
  const bytes = manifestOf(layer, blob);
  const long = { blob, bytes, layer, digest: digestOf(bytes, 'sha512') };
  await put(name, `${long.digest}?tag=long`, bytes);
  return { image, child, signature, gone, long, indexBytes };
};

it('they serve what ours stored', async () => {
  const { image, child, signature, gone, long, indexBytes } = await fill('ours');
  for (const [reference, bytes] of [
    ['v1', image.bytes],
    [image.digest, image.bytes],
    ['multi', indexBytes],
    [child.digest, child.bytes],
    [signature.digest, signature.bytes],
    [gone.digest, gone.bytes],
    ['long', long.bytes],
    [long.digest, long.bytes],
  ] as const) {
    const { status, body } = await askThem(`/v2/ours/manifests/${reference}`);
    expect([status, body.equals(bytes)], reference).toEqual([200, true]);
  }
  for (const { layer, blob } of [image, child, long]) {
    const { status, body } = await askThem(`/v2/ours/blobs/${layer}`);
    expect([status, body.equals(blob)], layer).toEqual([200, true]);
  }
  expect((await askThem('/v2/ours/manifests/gone')).status).toBe(404);
  const { body } = await askThem('/v2/ours/tags/list');
  expect((JSON.parse(body.toString()) as { tags: string[] }).tags.sort()).toEqual(['long', 'multi', 'v1']);
});

it('ours serves what they stored, a deletion too', async () => {
  const blob = randomBytes(3000);
  const layer = digestOf(blob);
  const bytes = manifestOf(layer, blob);
  const started = await askThem('/v2/theirs/blobs/uploads/', { method: 'POST' });
  const location = started.headers.get('location') ?? '';
  const sent = await fetch(`${location}&digest=${layer}`, { method: 'PUT', body: blob });
  expect(sent.status).toBe(201);
  const pushManifest = (tag: string) =>
    askThem(`/v2/theirs/manifests/${tag}`, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': ociManifest },
    });
  expect((await pushManifest('v1')).status).toBe(201);
  const manifest = await lab.ask('GET', '/v2/theirs/manifests/v1');
  expect([manifest.status, manifest.headers['content-type'], manifest.body.equals(bytes)]).toEqual([
    200,
    ociManifest,
    true,
  ]);
  expect((await lab.ask('GET', `/v2/theirs/blobs/${layer}`)).body.equals(blob)).toBe(true);
  expect((await pushManifest('v2')).status).toBe(201);
  expect((await lab.ask('DELETE', '/v2/theirs/manifests/v1')).status).toBe(202);
  expect((await askThem('/v2/theirs/manifests/v1')).status).toBe(404);
  expect((await askThem('/v2/theirs/manifests/v2')).status).toBe(200);
  expect((await lab.ask('GET', '/v2/theirs/tags/list')).json()).toEqual({ name: 'theirs', tags: ['v2'] });
});

const collectTheirs = async (...flags: string[]) => {
  const copy = join(folder, `copy${flags.length}`);
  await cp(lab.root, copy, { recursive: true });
  const config = join(folder, 'gc.yml');
  await writeFile(config, JSON.stringify({ version: 0.1, storage: { filesystem: { rootdirectory: copy } } }));
  execFileSync('docker-registry', ['garbage-collect', ...flags, config], { stdio: 'pipe' });
  return openStorage(copy);
};

const all = [true, true];
const none = [false, false];
const whole = { image: all, child: all, signature: all, gone: all, long: all };

it.each([
  [[], whole],
  // It knows neither children of OCI indexes nor subjects, and its blobs are not ours to bring back.
  [['--delete-untagged'], { ...whole, child: none, signature: none, gone: none }],
])('their garbage-collect %j leaves of an image and its layer', async (flags, left) => {
  const name = `gc${flags.length}`;
  const { image, child, signature, gone, long } = await fill(name);
  const storage = await collectTheirs(...flags);
  const found: Record<string, [boolean, boolean]> = {};
  for (const [what, one] of Object.entries({ image, child, signature, gone, long })) {
    const isThere = await storage.manifests.get(name, one.digest).then(
      () => true,
      () => false,
    );
    found[what] = [isThere, (await storage.blobs.size(name, one.layer)) !== null];
  }
  expect(found).toEqual(left);
  expect(await storage.tags.list(name)).toEqual(['long', 'multi', 'v1']);
});

it('our garbage collection takes nothing that either needs', async () => {
  const { image, child, signature, gone, long } = await fill('both');
  await lab.engine.work.begin('gc', { kind: 'gc', isDryRun: false, removeUntagged: true });
  for (const { digest, layer, bytes } of [image, child, signature, long]) {
    expect((await askThem(`/v2/both/manifests/${digest}`)).body.equals(bytes), digest).toBe(true);
    expect((await askThem(`/v2/both/blobs/${layer}`)).status).toBe(200);
  }
  expect((await askThem(`/v2/both/manifests/${gone.digest}`)).status).toBe(404);
});
