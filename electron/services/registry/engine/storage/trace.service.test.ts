import type * as Files from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestEngine, type TestEngine } from '../engine.fixture.ts';
import { digestOf } from './blobs.ts';
import { ociIndex, ociManifest } from './media-types.ts';
import type * as Quick from './quick.ts';
import { findLosses, type Step } from './trace.fixture.ts';

/** The file system of the engine under test, which notes every change it makes. */
const recorder = vi.hoisted(() => ({ steps: [] as Step[], root: '' }));

const short = (path: unknown) => relative(recorder.root, String(path));
const note = (step: Step) => void (recorder.root && !step.path.startsWith('..') && recorder.steps.push(step));
const noteFolders = (folder: string, first: string | undefined) => {
  for (let made = folder; first !== undefined; made = dirname(made)) {
    note({ call: 'mkdir', path: short(made) });
    if (made === first || made === dirname(made)) break;
  }
};

vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof Files>();
  return {
    ...files,
    async rename(from: string, to: string) {
      await files.rename(from, to);
      note({ call: 'rename', path: short(from), to: short(to) });
    },
    async mkdir(path: string, options?: { recursive?: boolean }) {
      const first = await files.mkdir(path, options);
      noteFolders(path, options?.recursive ? first : path);
      return first;
    },
    async rm(path: string, options?: Parameters<typeof files.rm>[1]) {
      const isThere = await files.stat(path).catch(() => null);
      await files.rm(path, options);
      if (isThere) note({ call: 'remove', path: short(path) });
    },
    async unlink(path: string) {
      await files.unlink(path);
      note({ call: 'remove', path: short(path) });
    },
    async rmdir(path: string) {
      await files.rmdir(path);
      note({ call: 'remove', path: short(path) });
    },
  };
});

vi.mock('./quick.ts', async (original) => {
  const quick = await original<typeof Quick>();
  const opened = new Map<number, string>();
  const pathOf = (descriptor: number) => short(opened.get(descriptor));
  const removing = (remove: (path: string) => void) => (path: string) => {
    remove(path);
    note({ call: 'remove', path: short(path) });
  };
  return {
    ...quick,
    makeFolders(folder: string) {
      const first = quick.makeFolders(folder);
      noteFolders(folder, first);
      return first;
    },
    openNow(path: string, flags: 'r' | 'r+' | 'wx') {
      const descriptor = quick.openNow(path, flags);
      opened.set(descriptor, path);
      return descriptor;
    },
    writeNow(descriptor: number, bytes: Buffer) {
      note({ call: 'write', path: pathOf(descriptor) });
      quick.writeNow(descriptor, bytes);
    },
    writeAt(descriptor: number, ...rest: [Buffer[], number]) {
      note({ call: 'write', path: pathOf(descriptor) });
      return quick.writeAt(descriptor, ...rest);
    },
    async syncDescriptor(descriptor: number) {
      const path = pathOf(descriptor);
      await quick.syncDescriptor(descriptor);
      note({ call: 'fsync', path });
    },
    renameNow(from: string, to: string) {
      quick.renameNow(from, to);
      note({ call: 'rename', path: short(from), to: short(to) });
    },
    unlinkNow: removing(quick.unlinkNow),
    removeFolderNow: removing(quick.removeFolderNow),
  } satisfies typeof quick;
});

let lab: TestEngine;
beforeEach(async () => {
  recorder.root = '';
  lab = await startTestEngine();
  recorder.root = lab.root;
});
afterEach(async () => {
  recorder.root = '';
  await lab.close();
});

const manifestType = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };

/** Everything one request did to the disk, in order, with the answer in its place. */
const traceOf = async (...request: Parameters<TestEngine['ask']>) => {
  recorder.steps.length = 0;
  const answer = await lab.ask(...request);
  recorder.steps.push({ call: 'answer', path: '' });
  expect(answer.status, request.join(' ').slice(0, 200)).toBeLessThan(300);
  return { answer, trace: [...recorder.steps] };
};

describe('before the client is told', () => {
  it('a blob is written, synced, renamed, and its folder synced, in this order', async () => {
    const bytes = randomBytes(2_000_000);
    const digest = digestOf(bytes);
    const { answer } = await traceOf('POST', '/v2/new/app/blobs/uploads/');
    const session = answer.headers.location ?? '';
    const patch = await traceOf('PATCH', session, { body: bytes });
    const put = await traceOf('PUT', `${session}?digest=${digest}`);
    expect(findLosses([...patch.trace.slice(0, -1), ...put.trace])).toEqual([]);

    const data = `docker/registry/v2/repositories/new/app/_mooring/uploads/${session.split('/').at(-1)}`;
    const blob = `docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`;
    const order = [...patch.trace, ...put.trace]
      .filter(
        (step) =>
          (step.call === 'write' && step.path === data) ||
          (step.call === 'fsync' && [data, dirname(blob)].includes(step.path)) ||
          (step.call === 'rename' && step.to === blob),
      )
      .map(({ call, path }) => `${call} ${path}`);
    expect([...new Set(order)]).toEqual([
      `write ${data}`,
      `fsync ${data}`,
      `rename ${data}`,
      `fsync ${dirname(blob)}`,
    ]);
  });

  it('a repository that is new lies in folders that are on disk', async () => {
    const { trace } = await traceOf('POST', '/v2/some/deep/name/blobs/uploads/');
    expect(findLosses(trace)).toEqual([]);
    expect(trace.filter(({ call }) => call === 'mkdir').length).toBeGreaterThan(3);
  });

  it('nothing that is told can be lost: whole uploads, mounts, manifests, tags, deletes', async () => {
    const { bytes, digest } = await lab.pushImage('app', 'v1');
    const other = await lab.pushImage('app', 'other', { annotations: { other: 'yes' } });
    const blob = randomBytes(1000);
    const layer = digestOf(blob);
    const requests: Parameters<TestEngine['ask']>[] = [
      ['POST', `/v2/app/blobs/uploads/?digest=${layer}`, { body: blob }],
      ['POST', `/v2/copy/blobs/uploads/?mount=${layer}&from=app`],
      ['PUT', '/v2/app/manifests/v2', { body: bytes, headers: manifestType }],
      ['PUT', '/v2/app/manifests/v2', { body: other.bytes, headers: manifestType }],
      ['PUT', `/v2/app/manifests/${digest}?tag=a&tag=b`, { body: bytes, headers: manifestType }],
      ['DELETE', '/v2/app/manifests/v2'],
      ['DELETE', `/v2/app/manifests/${digest}`],
      ['DELETE', `/v2/copy/blobs/${layer}`],
    ];
    for (const request of requests) {
      const { trace } = await traceOf(...request);
      expect(findLosses(trace), `${request[0]} ${request[1]}`).toEqual([]);
      expect(trace.length, `${request[0]} ${request[1]}`).toBeGreaterThan(2);
    }
  });
});

describe('garbage collection', () => {
  const repository = 'docker/registry/v2/repositories/app';

  it('has an index gone from the disk before its children, and syncs once for many', async () => {
    const children = [];
    for (const tag of ['a', 'b', 'c']) {
      const subject = { mediaType: ociManifest, digest: digestOf('never pushed'), size: 1 };
      const { digest } = await lab.pushImage('app', tag, { subject, annotations: { tag } });
      children.push(digest);
    }
    const manifests = children.map((digest) => ({ mediaType: ociManifest, digest, size: 1 }));
    const index = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests });
    await lab.ask('PUT', '/v2/app/manifests/d', { headers: { 'content-type': ociIndex }, body: index });
    for (const tag of ['a', 'b', 'c', 'd']) await lab.ask('DELETE', `/v2/app/manifests/${tag}`);
    recorder.steps.length = 0;
    await lab.engine.work.begin('gc', { kind: 'gc', isDryRun: false, removeUntagged: true });
    const trace = [...recorder.steps];

    const revisions = `${repository}/_manifests/revisions/sha256`;
    const child = `rename ${revisions}/child`;
    const order = trace
      .filter(({ call, path }) => (call === 'rename' || call === 'fsync') && path.startsWith(revisions))
      .map(({ call, path }) => `${call} ${path}`.replace(digestOf(index).slice(7), 'index'))
      .map((line) => line.replace(/[0-9a-f]{64}/, 'child'));
    expect(order).toEqual([
      `rename ${revisions}/index`,
      `fsync ${revisions}`,
      ...[child, child, child],
      `fsync ${revisions}`,
    ]);
    const meta = trace.filter(({ path }) => /^docker.*(_manifests|_mooring)/.test(path));
    expect(findLosses(meta)).toEqual([]);
    expect(meta.filter(({ call }) => call === 'remove')).toHaveLength(4 + 3);
    // Revisions and media types of both levels, referrers of the lower one.
    expect(meta.filter(({ call }) => call === 'fsync')).toHaveLength(2 + 2 + 1);
  });
});

describe('the look at a trace', () => {
  const whole: Step[] = [
    { call: 'mkdir', path: 'blobs/ab' },
    { call: 'fsync', path: 'blobs' },
    { call: 'write', path: 'x/_mooring/uploads/1' },
    { call: 'fsync', path: 'x/_mooring/uploads/1' },
    { call: 'rename', path: 'x/_mooring/uploads/1', to: 'blobs/ab/data' },
    { call: 'fsync', path: 'blobs/ab' },
    { call: 'answer', path: '' },
  ];
  it('finds nothing in a whole one', () => expect(findLosses(whole)).toEqual([]));
  it.each([
    ['a folder', 1, 'the new folder blobs/ab is not on disk'],
    ['the bytes', 3, 'x/_mooring/uploads/1 was renamed before its bytes were on disk'],
    ['the name', 5, 'the rename to blobs/ab/data is not on disk'],
  ])('misses the sync of %s', (_what, index, loss) => {
    expect(findLosses(whole.toSpliced(index, 1))).toEqual([loss]);
    const late = [...whole.toSpliced(index, 1), whole[index] as Step];
    expect(findLosses(late)).toEqual([loss]);
  });
  it('does not take a sync for one of later bytes', () => {
    expect(findLosses(whole.toSpliced(4, 0, { call: 'write', path: 'x/_mooring/uploads/1' }))).toHaveLength(
      1,
    );
  });
});
