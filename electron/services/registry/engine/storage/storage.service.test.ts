import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../grammar.ts';
import { digestOf } from './blobs.ts';
import { openStorage, type Storage } from './index.ts';
import { ociIndex } from './media-types.ts';

let root: string;
let storage: Storage;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mooring-storage-'));
  storage = await openStorage(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const v2 = (...parts: string[]) => join(root, 'docker', 'registry', 'v2', ...parts);
async function* stream(bytes: Buffer, piece: number) {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}
const upload = async (name: string, bytes: Buffer, piece = 16_000) => {
  const id = await storage.uploads.start(name);
  await storage.uploads.finish(name, id, digestOf(bytes), { bytes: stream(bytes, piece) });
};
const index = (note: string) =>
  Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [], annotations: { note } }),
  );
const putIndex = (name: string, note: string, tag: string) =>
  storage.manifests.put(name, { bytes: index(note), declared: ociIndex, tags: [tag] });
const blobFile = (digest: Digest) => v2('blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data');

describe('blobs', () => {
  it('are stored as sent for pieces of every size', async () => {
    for (const [size, piece] of [
      [0, 1],
      [1, 1],
      [524_288, 65_536],
      [524_289, 524_289],
      [3_000_001, 7001],
    ] as const) {
      const bytes = randomBytes(size);
      await upload('pieces', bytes, piece);
      expect((await readFile(blobFile(digestOf(bytes)))).equals(bytes), `${size} by ${piece}`).toBe(true);
    }
  });

  it('may be uploaded by many at once', async () => {
    const bytes = randomBytes(1_000_000);
    await Promise.all(['a', 'b', 'c', 'a'].map((name) => upload(name, bytes)));
    expect((await readFile(blobFile(digestOf(bytes)))).equals(bytes)).toBe(true);
    for (const name of ['a', 'b', 'c'])
      expect(await storage.blobs.size(name, digestOf(bytes))).toBe(1_000_000);
    expect(await storage.blobs.size('d', digestOf(bytes))).toBeNull();
  });

  it('lie where Distribution looks for them', async () => {
    const bytes = Buffer.from('layout');
    await upload('team/app', bytes);
    const hex = digestOf(bytes).slice(7);
    const link = v2('repositories/team/app/_layers/sha256', hex, 'link');
    expect(await readFile(link, 'utf8')).toBe(`sha256:${hex}`);
    const { digest } = await putIndex('team/app', 'x', 'v1');
    const manifests = v2('repositories/team/app/_manifests');
    const own = digest.slice(7);
    for (const path of [
      ['revisions/sha256', own, 'link'],
      ['tags/v1/current/link'],
      ['tags/v1/index/sha256', own, 'link'],
    ]) {
      expect(await readFile(join(manifests, ...path), 'utf8')).toBe(digest);
    }
  });

  it('are not there any more when their file vanished', async () => {
    const bytes = Buffer.from('vanish');
    await upload('gone', bytes);
    await rm(blobFile(digestOf(bytes)));
    expect(await storage.blobs.size('gone', digestOf(bytes))).toBeNull();
    await expect(storage.blobs.open('gone', digestOf(bytes))).rejects.toMatchObject({ kind: 'blob-unknown' });
  });
});

describe('uploads', () => {
  it('keep what came before an error, and hash it again', async () => {
    const id = await storage.uploads.start('broken');
    async function* breaking() {
      yield Buffer.from('first ');
      throw new Error('the line broke');
    }
    await expect(storage.uploads.append('broken', id, { bytes: breaking() })).rejects.toThrow(
      'the line broke',
    );
    expect(await storage.uploads.size('broken', id)).toBe(6);
    await storage.uploads.finish('broken', id, digestOf('first second'), {
      bytes: stream(Buffer.from('second'), 3),
      start: 6,
    });
    expect((await storage.blobs.read(digestOf('first second')))?.toString()).toBe('first second');
  });

  it('that nobody touched for a week are removed, others stay', async () => {
    const [old, fresh] = [await storage.uploads.start('tidy'), await storage.uploads.start('tidy')];
    await putIndex('tidy', 'x', 'v1');
    const longAgo = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    await utimes(v2('repositories/tidy/_mooring/uploads', old), longAgo, longAgo);
    await storage.tidy();
    expect(await readdir(v2('repositories/tidy/_mooring/uploads'))).toEqual([fresh]);
  });

  it('of Distribution go too once nobody touched them for a week', async () => {
    const folders = ['old', 'fresh'].map((id) => v2('repositories/theirs/_uploads', id));
    for (const folder of folders) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'data'), 'part');
    }
    const longAgo = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    await utimes(v2('repositories/theirs/_uploads/old/data'), longAgo, longAgo);
    await storage.tidy();
    expect(await readdir(v2('repositories/theirs/_uploads'))).toEqual(['fresh']);
  });
});

describe('tags', () => {
  it('end at one of the manifests they were set to at once', async () => {
    const notes = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(notes.map((note) => putIndex('race', note, 'latest')));
    const digest = await storage.tags.get('race', 'latest');
    expect(notes.map((note) => digestOf(index(note)))).toContain(digest);
    expect(await storage.tags.list('race')).toEqual(['latest']);
  });

  it('move, and vanish with their manifest', async () => {
    const first = await putIndex('move', 'a', 'latest');
    const second = await putIndex('move', 'b', 'latest');
    await putIndex('move', 'b', 'other');
    expect(await storage.tags.get('move', 'latest')).toBe(second.digest);
    await storage.manifests.remove('move', first.digest);
    expect(await storage.tags.list('move')).toEqual(['latest', 'other']);
    await storage.manifests.remove('move', second.digest);
    expect(await storage.tags.list('move')).toEqual([]);
  });
});

describe('opening', () => {
  it('throws away what a crash left half-written', async () => {
    await mkdir(join(root, '_mooring/staging/half'), { recursive: true });
    await writeFile(join(root, '_mooring/staging/half/link'), 'x');
    await openStorage(root);
    expect(await readdir(join(root, '_mooring/staging'))).toEqual([]);
  });

  it('reads the media type of a manifest that another engine stored', async () => {
    const { digest } = await putIndex('theirs', 'x', 'v1');
    await rm(v2('repositories/theirs/_mooring'), { recursive: true });
    expect((await storage.manifests.get('theirs', digest)).mediaType).toBe(ociIndex);
  });
});
