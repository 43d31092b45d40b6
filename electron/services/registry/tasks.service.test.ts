import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { gcResult, verifyResult } from '#shared/model/storage.ts';
import { digestOf } from './engine/storage/blobs.ts';
import { openStorage } from './engine/storage/index.ts';
import { measureUsage } from './engine/storage/usage.ts';
import { createTestRegistry, type TestRegistry } from './registry.fixture.ts';

let lab: TestRegistry | null = null;
afterEach(async () => {
  await lab?.close();
  lab = null;
});

const root = () => join(lab?.dataDir ?? '', 'registry');
async function* once(bytes: Buffer) {
  yield bytes;
}
/** Puts a blob into a store that nobody serves. */
const store = async (folder: string, name: string, bytes: Buffer) => {
  const storage = await openStorage(folder);
  const id = await storage.uploads.start(name);
  await storage.uploads.finish(name, id, digestOf(bytes), { bytes: once(bytes) });
  return digestOf(bytes);
};
const fileOf = (folder: string, digest: string) =>
  join(folder, 'docker/registry/v2/blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data');

/** A blob that takes seconds to hash and no room: sparse, and another than its digest says. */
const storeLong = async () => {
  await truncate(fileOf(root(), await store(root(), 'big', Buffer.from('x'))), 16 * 1024 ** 3);
};

describe('work on the store', () => {
  it('frees, verifies and counts as jobs of the app, over the engine process', async () => {
    lab = await createTestRegistry();
    const { registry, jobs, ask } = lab;
    const broken = await store(root(), 'app', Buffer.alloc(100_000, 7));
    await writeFile(fileOf(root(), broken), Buffer.alloc(100_000, 8));
    await registry.start();
    expect((await ask(`/v2/app/blobs/${broken}`)).status).toBe(200);

    const verify = await jobs.finished(registry.verify().jobId);
    expect(verify).toMatchObject({ state: 'failed', items: [{ error: { code: 'BLOBS_BROKEN' } }] });
    expect(verify.items[0]?.progress?.unit).toBe('bytes');
    const { quarantined } = verifyResult.parse(verify.result);
    expect(quarantined).toEqual([{ digest: broken, problem: 'content', repositories: ['app'] }]);
    expect((await ask(`/v2/app/blobs/${broken}`)).status).toBe(404);
    expect(await readdir(join(root(), '_mooring/quarantine'))).toHaveLength(1);
    expect(await jobs.finished(registry.verify().jobId)).toMatchObject({ state: 'succeeded' });

    const gc = await jobs.finished(registry.gc({ isDryRun: true, removeUntagged: true }).jobId);
    expect(gc.state).toBe('succeeded');
    expect(gcResult.parse(gc.result)).toEqual({ isDryRun: true, freedBytes: 0, blobs: 0, manifests: 0 });
    const usage = await registry.usage();
    expect(usage.quarantine).toEqual({ count: 1, bytes: 100_000 });
    expect(usage.repositories.map(({ name }) => name).sort()).toEqual(['mooring/hello', 'mooring/probe']);
  });

  it('is refused while the registry does not serve, and while other work runs', async () => {
    lab = await createTestRegistry();
    const { registry, jobs } = lab;
    expect(() => registry.verify()).toThrow(expect.objectContaining({ code: 'REGISTRY_DOWN' }));
    await storeLong();
    await registry.start();
    const { jobId } = registry.verify();
    expect(() => registry.gc({ isDryRun: true, removeUntagged: false })).toThrow(
      expect.objectContaining({ code: 'STORE_BUSY' }),
    );
    jobs.cancel(jobId);
    expect((await jobs.finished(jobId)).state).toBe('cancelled');
  });

  it('fails when the engine goes away', async () => {
    lab = await createTestRegistry();
    const { registry, jobs } = lab;
    await storeLong();
    await registry.start();
    const { jobId } = registry.verify();
    for await (const job of jobs.watch(jobId)) if (job.running[0]?.progress) break;
    process.kill(registry.status().pid ?? 0, 'SIGKILL');
    expect(await jobs.finished(jobId)).toMatchObject({ state: 'failed', error: { code: 'REGISTRY_DOWN' } });
  });
});

describe('a quota', () => {
  it('refuses uploads with 507 and says so until there is room again', async () => {
    lab = await createTestRegistry();
    const { registry, ask } = lab;
    registry.setLimits({ quotaBytes: 10, reserveBytes: 0 });
    await registry.start();
    const headers = { authorization: `Basic ${Buffer.from('mooring:correct horse').toString('base64')}` };
    const post = () => ask('/v2/app/blobs/uploads/', { method: 'POST', headers });
    const refused = await post();
    expect(refused.status).toBe(507);
    expect(JSON.parse(refused.body)).toMatchObject({ errors: [{ code: 'DENIED' }] });
    await expect.poll(() => registry.status().error?.code).toBe('STORAGE_FULL');
    expect((await ask('/v2/mooring/hello/tags/list')).status).toBe(200);
    registry.setLimits({ quotaBytes: null, reserveBytes: 0 });
    await expect.poll(() => registry.status().error).toBeNull();
    expect((await post()).status).toBe(202);
  });
});

describe('usage', () => {
  it('counts shared blobs once and says what sharing saves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-usage-'));
    try {
      await store(folder, 'a', Buffer.alloc(1000, 1));
      await store(folder, 'b', Buffer.alloc(1000, 1));
      await store(folder, 'b', Buffer.alloc(500, 2));
      const loose = await store(folder, 'c', Buffer.alloc(30, 3));
      await rm(join(folder, 'docker/registry/v2/repositories/c'), { recursive: true });
      const storage = await openStorage(folder);
      await storage.uploads.append('a', await storage.uploads.start('a'), { bytes: once(Buffer.alloc(70)) });
      const usage = await measureUsage(folder);
      expect(usage).toMatchObject({
        storedBytes: 1530,
        savedBytes: 1000,
        looseBytes: 30,
        uploads: { count: 1 },
        quarantine: { count: 0, bytes: 0 },
      });
      expect(usage.uploads.bytes).toBeGreaterThanOrEqual(70);
      expect(usage.repositories).toEqual([
        { name: 'b', tags: 0, manifests: 0, bytes: 1500, ownBytes: 500 },
        { name: 'a', tags: 0, manifests: 0, bytes: 1000, ownBytes: 0 },
      ]);
      expect(loose).toMatch(/^sha256:/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
