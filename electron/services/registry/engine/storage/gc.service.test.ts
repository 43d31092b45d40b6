import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GcOptions } from '#shared/model/storage.ts';
import type { Digest } from '../grammar.ts';
import { digestOf } from './blobs.ts';
import { openStorage, type Storage } from './index.ts';
import { ociIndex, ociManifest } from './media-types.ts';
import type { Report, Task } from './task.ts';

let root: string;
let storage: Storage;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mooring-gc-'));
  storage = await openStorage(root);
  // Times of files lag behind the clock by a tick: what a test writes must not look older than its store.
  const opened = Date.now();
  const probe = join(root, 'probe');
  do await writeFile(probe, '');
  while ((await stat(probe)).mtimeMs < opened);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const blobFile = (digest: Digest) =>
  join(root, 'docker/registry/v2/blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data');
const isStored = (digest: Digest) =>
  stat(blobFile(digest)).then(
    () => true,
    () => false,
  );
async function* once(bytes: Buffer) {
  yield bytes;
}
const upload = async (name: string, bytes = randomBytes(1000)) => {
  const digest = digestOf(bytes);
  const id = await storage.uploads.start(name);
  await storage.uploads.finish(name, id, digest, { bytes: once(bytes) });
  return digest;
};
const describeAs = (mediaType: string, digest: Digest, size = 1000) => ({ mediaType, digest, size });
const manifestOf = (layers: Digest[], extra = {}) =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociManifest,
      config: describeAs('application/vnd.oci.empty.v1+json', layers[0] ?? digestOf('')),
      layers: layers.map((digest) => describeAs('application/octet-stream', digest)),
      ...extra,
    }),
  );
const put = async (name: string, bytes: Buffer, tags: string[] = []) =>
  (
    await storage.manifests.put(name, {
      bytes,
      declared: bytes.includes('"manifests"') ? ociIndex : ociManifest,
      tags,
    })
  ).digest;
const indexOf = (children: Digest[], extra = {}) =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociIndex,
      manifests: children.map((digest) => describeAs(ociManifest, digest)),
      ...extra,
    }),
  );
const image = async (name: string, tags: string[] = [], extra = {}) => {
  const layer = await upload(name);
  return { layer, digest: await put(name, manifestOf([layer], extra), tags) };
};
const collect = (options: Partial<GcOptions> = {}, task: Partial<Task> = {}) =>
  storage.collect(
    { isDryRun: false, removeUntagged: false, ...options },
    { signal: new AbortController().signal, report: () => undefined, ...task },
  );
const canPull = async (name: string, digest: Digest, layer: Digest) =>
  (await storage.manifests.resolve(name, digest)) === digest &&
  (await storage.blobs.size(name, layer)) !== null;

type Image = Awaited<ReturnType<typeof image>>;

describe('garbage collection', () => {
  it('frees what no manifest names, says so before, and leaves the rest', async () => {
    const kept = await image('app', ['v1']);
    const gone = await image('app', ['v2']);
    await storage.manifests.remove('app', gone.digest);
    const wanted = { blobs: 2, freedBytes: 1000 + manifestOf([gone.layer]).length, manifests: 0 };
    expect(await collect({ isDryRun: true })).toEqual(wanted);
    expect(await isStored(gone.layer)).toBe(true);
    expect(await collect()).toEqual(wanted);
    expect([await isStored(gone.layer), await isStored(gone.digest)]).toEqual([false, false]);
    expect(await storage.blobs.size('app', gone.layer)).toBeNull();
    expect(await canPull('app', kept.digest, kept.layer)).toBe(true);
    expect(await collect()).toEqual({ blobs: 0, freedBytes: 0, manifests: 0 });
  });

  it('keeps a layer that another repository needs, and takes it from the one that does not', async () => {
    const bytes = randomBytes(500);
    const layer = await upload('a', bytes);
    await upload('b', bytes);
    const here = await put('a', manifestOf([layer]), ['v1']);
    const there = await put('b', manifestOf([layer], { annotations: { b: 'b' } }), ['v1']);
    await storage.manifests.remove('b', there);
    await collect();
    expect(await canPull('a', here, layer)).toBe(true);
    expect(await storage.blobs.size('b', layer)).toBeNull();
  });

  it('removes untagged manifests only when asked', async () => {
    const old = await image('app');
    await put('app', indexOf([old.digest]), ['latest']);
    await put('app', indexOf([]), ['latest']);
    expect(await collect()).toMatchObject({ manifests: 0, blobs: 0 });
    const preview = await collect({ removeUntagged: true, isDryRun: true });
    expect(preview).toMatchObject({ manifests: 2, blobs: 3 });
    expect(await canPull('app', old.digest, old.layer)).toBe(true);
    expect(await collect({ removeUntagged: true })).toEqual(preview);
    expect(await storage.manifests.resolve('app', old.digest)).toBeNull();
  });

  it('leaves children of indexes and referrers of what lives, at any depth', async () => {
    const child = await image('app');
    const inner = await put('app', indexOf([child.digest]));
    const outer = await put('app', indexOf([inner]), ['v1']);
    const signature = await image('app', [], { subject: describeAs(ociIndex, outer) });
    const onSignature = await image('app', [], { subject: describeAs(ociManifest, signature.digest) });
    const ofChild = await image('app', [], { subject: describeAs(ociManifest, child.digest) });
    storage = await openStorage(root, { graceMs: 0 });
    expect(await collect({ removeUntagged: true })).toMatchObject({ manifests: 0, blobs: 0 });
    await storage.manifests.removeTag('app', 'v1');
    expect(await collect({ removeUntagged: true })).toMatchObject({ manifests: 6, blobs: 10 });
    for (const { digest } of [child, signature, onSignature, ofChild])
      expect(await storage.manifests.resolve('app', digest)).toBeNull();
    expect(await storage.referrers.list('app', outer)).toEqual([]);
  });

  it('keeps what a push that has not ended relies on', async () => {
    const layer = await upload('push');
    const child = await image('push');
    expect(await collect({ removeUntagged: true })).toEqual({ blobs: 0, freedBytes: 0, manifests: 0 });
    await put('push', indexOf([child.digest]), ['multi']);
    const digest = await put('push', manifestOf([layer]), ['v1']);
    await collect({ removeUntagged: true });
    expect(await canPull('push', digest, layer)).toBe(true);
    expect(await canPull('push', child.digest, child.layer)).toBe(true);
  });

  it('keeps a layer that a push found here, until its manifest came and went', async () => {
    const old = await image('app', ['v1']);
    await storage.manifests.remove('app', old.digest);
    expect(await storage.blobs.sizeForPush('app', old.layer)).toBe(1000);
    await collect();
    expect(await isStored(old.layer)).toBe(true);
    const digest = await put('app', manifestOf([old.layer], { annotations: { again: 'yes' } }), ['v2']);
    await storage.manifests.remove('app', digest);
    await collect();
    expect(await isStored(old.layer)).toBe(false);
  });

  it('keeps for the grace time what came before a restart', async () => {
    const layer = await upload('restart');
    storage = await openStorage(root);
    expect(await collect()).toMatchObject({ blobs: 0 });
    storage = await openStorage(root, { graceMs: 0 });
    expect(await collect()).toMatchObject({ blobs: 1 });
    expect(await isStored(layer)).toBe(false);
  });

  it('keeps what is mounted, pushed or tagged while it runs', async () => {
    const loose = await Promise.all([1, 2, 3, 4].map(() => image('app')));
    storage = await openStorage(root, { graceMs: 0 });
    const [first, second, third] = loose as [Image, Image, Image];
    let isDone = false;
    const result = await collect(
      { removeUntagged: false },
      {
        async report() {
          if (isDone) return;
          isDone = true;
          await storage.blobs.link('other', first.layer);
        },
      },
    );
    expect(result.blobs).toBe(0);
    await storage.manifests.remove('app', second.digest);
    await storage.manifests.remove('app', third.digest);
    const racing = collect();
    const late = manifestOf([third.layer], { annotations: { late: 'yes' } });
    const { digest, missing } = await storage.manifests.put('app', {
      bytes: late,
      declared: ociManifest,
      tags: ['late'],
    });
    await racing;
    expect(await canPull('app', digest, third.layer)).toBe(missing.length === 0);
    expect(await isStored(second.layer)).toBe(false);
  });

  it('never takes a blob from a manifest that was told to have it, whatever the order of events', async () => {
    let whole = 0;
    for (let round = 0; round < 40; round += 1) {
      const { layer, digest } = await image('race', ['v']);
      await storage.manifests.remove('race', digest);
      const bytes = manifestOf([layer], { annotations: { round: String(round) } });
      const racing = collect({ removeUntagged: round % 2 === 0 });
      for (let turn = 0; turn < round % 10; turn += 1) await new Promise(setImmediate);
      const pushed = await storage.manifests.put('race', {
        bytes,
        declared: ociManifest,
        tags: [`t${round}`],
      });
      await racing;
      expect(await storage.blobs.read(pushed.digest), `round ${round}`).toEqual(bytes);
      // One that came too late is told what it lacks, as any sparse manifest.
      if (pushed.missing.length === 0) whole += 1;
      expect(await canPull('race', pushed.digest, layer), `round ${round}`).toBe(pushed.missing.length === 0);
    }
    expect(whole).toBeGreaterThan(0);
  });

  it('stops when cancelled, and says how far it is', async () => {
    for (const name of ['a', 'b', 'c']) await image(name, ['v1']);
    const abort = new AbortController();
    const reports: Report[] = [];
    const report = (one: Report) => {
      reports.push(one);
      if (one.done === 1) abort.abort(new Error('cancelled'));
    };
    await expect(collect({}, { signal: abort.signal, report })).rejects.toThrow('cancelled');
    expect(reports).toEqual([
      { phase: 'mark', done: 0, total: 3, unit: 'items' },
      { phase: 'mark', done: 1, total: 3, unit: 'items' },
    ]);
  });

  it('lets a push through between two batches, and keeps what that one names', async () => {
    const revisions = join(root, 'docker/registry/v2/repositories/many/_manifests/revisions/sha256');
    const untagged: Digest[] = [];
    for (let number = 0; number < 500; number += 1) {
      const bytes = manifestOf([], { annotations: { number: String(number) } });
      const digest = digestOf(bytes);
      for (const file of [blobFile(digest), join(revisions, digest.slice(7), 'link')]) {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, file.endsWith('data') ? bytes : digest);
      }
      untagged.push(digest);
    }
    storage = await openStorage(root, { graceMs: 0 });
    const collecting = collect({ removeUntagged: true });
    while ((await readdir(revisions)).length === untagged.length) await new Promise(setImmediate);
    const index = await put('many', indexOf(untagged), ['late']);
    const atPush = await readdir(revisions);
    await collecting;
    expect((await readdir(revisions)).sort()).toEqual(atPush.sort());
    expect(atPush.length).toBeGreaterThan(1);
    expect(atPush).toContain(index.slice(7));
    for (const hex of atPush) expect(await isStored(`sha256:${hex}`)).toBe(true);
  });

  it('keeps everything that a manifest of an unknown kind mentions', async () => {
    const layer = await upload('old');
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 1, fsLayers: [{ blobSum: layer }] }));
    const digest = digestOf(bytes);
    await storage.blobs.put(bytes, digest);
    const donor = await image('old', ['v1']);
    const folder = join(
      root,
      'docker/registry/v2/repositories/old/_manifests/revisions/sha256',
      digest.slice(7),
    );
    await mkdir(folder);
    await writeFile(join(folder, 'link'), digest);
    storage = await openStorage(root, { graceMs: 0 });
    expect(await collect()).toMatchObject({ blobs: 0 });
    expect([await isStored(layer), await isStored(donor.layer)]).toEqual([true, true]);
  });
});

describe('upload sessions', () => {
  it('of a repository that never held anything expire too', async () => {
    const id = await storage.uploads.start('never');
    const folder = join(root, 'docker/registry/v2/repositories/never/_mooring/uploads');
    const longAgo = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    await utimes(join(folder, id), longAgo, longAgo);
    await storage.tidy();
    expect(await readdir(folder)).toEqual([]);
  });

  it('are refused when there are too many, until one ends or expires', async () => {
    const before = await storage.uploads.start('many');
    storage = await openStorage(root, { maxUploads: 3 });
    await storage.tidy();
    const [first] = [await storage.uploads.start('many'), await storage.uploads.start('many')];
    await expect(storage.uploads.start('many')).rejects.toMatchObject({ kind: 'too-many-uploads' });
    await storage.uploads.cancel('many', first);
    await storage.uploads.start('many');
    await storage.uploads.finish('many', before, digestOf('on'), { bytes: once(Buffer.from('on')) });
    await storage.uploads.start('many');
    await expect(storage.uploads.start('many')).rejects.toMatchObject({ kind: 'too-many-uploads' });
  });
});
