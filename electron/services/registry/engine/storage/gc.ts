import { rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GcOptions, GcResult } from '#shared/model/storage.ts';
import { type Algorithm, type Digest, isDigest } from '../grammar.ts';
import { ignoreMissing, removeLinkFolder } from './durable.ts';
import type { Collection, InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import type { Locks } from './locks.ts';
import type { Manifests } from './manifests.ts';
import { forEach } from './parallel.ts';
import { livingOf, withoutParents } from './references.ts';
import { listRepositories } from './repositories.ts';
import { algorithms, digestsIn, graphOf, list, lookAt, readRevisions, type Revision } from './revisions.ts';
import type { Tags } from './tags.ts';
import type { Report, Task } from './task.ts';

/** What was removed, or would be. */
type Collected = Omit<GcResult, 'isDryRun'>;

/** Removals under one lock of a repository; pushes to it wait that long. */
const batch = 50;

/**
 * Mark and sweep while the store is in use (see the README for what a push may expect).
 * @param graceMs how long a push may take from a blob to the manifest that names it, over a restart too
 */
export const createGc = (needs: {
  layout: Layout;
  tags: Tags;
  manifests: Manifests;
  inUse: InUse;
  locked: Locks;
  graceMs: number;
  onRemoved: (digest: Digest, bytes: number) => void;
  now?: () => number;
}) => {
  const { layout, tags, manifests, inUse, locked, graceMs, now = Date.now } = needs;
  const openedAt = now();

  /** What was written shortly before this process began may belong to a push that goes on; later ones it knows. */
  const isFromBefore = (time: number) => time < openedAt && time >= now() - graceMs;

  const taggedIn = async (name: string): Promise<Set<Digest>> => {
    const digests = new Set<Digest>();
    for (const tag of await tags.list(name).catch(() => [])) {
      const digest = await tags.get(name, tag);
      if (digest) digests.add(digest);
    }
    return digests;
  };

  /** What nothing needs, given what the tags name. */
  const deadOf = (
    ...[name, revisions, tagged, run]: [string, ReadonlyMap<Digest, Revision>, Set<Digest>, Collection]
  ): Digest[] => {
    const roots = new Set(tagged);
    for (const [digest, { time }] of revisions) {
      if (isFromBefore(time) || inUse.isExpected(digest, name) || run.isSeen(digest)) roots.add(digest);
    }
    const living = livingOf(graphOf(revisions), roots);
    return [...revisions.keys()].filter((digest) => !living.has(digest));
  };

  /** Removes what nothing needs, a batch at a time; what became needed meanwhile keeps its children too. */
  const dropUntagged = async (name: string, first: Map<Digest, Revision>, run: Collection, task: Task) => {
    let revisions = first;
    let count = 0;
    for (let isDone = false; !isDone;) {
      task.signal.throwIfAborted();
      await locked(`repository ${name}`, async () => {
        revisions = await readRevisions(layout, name, revisions);
        const tagged = await taggedIn(name);
        // From here to the removal nothing can become needed.
        const dead = deadOf(name, revisions, tagged, run);
        const next = withoutParents(graphOf(revisions), dead).slice(0, batch);
        const subjectOf = (digest: Digest) => revisions.get(digest)?.references?.subject ?? null;
        const gone = await run.remove(next, (free) =>
          manifests.discard(
            name,
            free.map((digest) => ({ digest, subject: subjectOf(digest) })),
          ),
        );
        for (const digest of gone) revisions.delete(digest);
        count += gone.length;
        isDone = gone.length === dead.length;
      });
    }
    return { count, revisions: await readRevisions(layout, name, revisions) };
  };

  /** Adds what a repository keeps alive to `living`, and takes its unused links away. */
  const markRepository = async (
    ...[name, options, run, task, living]: [string, GcOptions, Collection, Task, Set<Digest>]
  ): Promise<number> => {
    let revisions = await readRevisions(layout, name);
    let dropped = 0;
    if (options.removeUntagged) {
      const dead = deadOf(name, revisions, await taggedIn(name), run);
      dropped = dead.length;
      if (options.isDryRun) dead.forEach((digest) => revisions.delete(digest));
      else if (dead.length > 0) {
        const done = await dropUntagged(name, revisions, run, task);
        ({ revisions, count: dropped } = done);
      }
    }
    const used = new Set<Digest>();
    for (const [digest, { references }] of revisions) {
      for (const one of [digest, ...(references?.blobs ?? []), ...(references?.children ?? [])])
        used.add(one);
    }
    await forEach(await digestsIn(layout.layers(name)), async (digest) => {
      if (used.has(digest)) return;
      const link = await lookAt(layout.layerLink(name, digest));
      if (link && (isFromBefore(link.time) || inUse.isExpected(digest, name))) used.add(digest);
      else if (!options.isDryRun)
        await run.remove([digest], () => removeLinkFolder(dirname(layout.layerLink(name, digest))));
    });
    used.forEach((digest) => living.add(digest));
    return dropped;
  };

  const sweepFolder = async (
    ...[algorithm, prefix, options, run, living]: [Algorithm, string, GcOptions, Collection, Set<Digest>]
  ): Promise<{ blobs: number; freedBytes: number }> => {
    const sum = { blobs: 0, freedBytes: 0 };
    await forEach(await list(join(layout.blobs, algorithm, prefix)), async (hex) => {
      const digest = `${algorithm}:${hex}`;
      if (!isDigest(digest) || living.has(digest) || inUse.isExpected(digest) || run.isSeen(digest)) return;
      const file = layout.blob(digest);
      const found = await lookAt(file);
      if (!found || isFromBefore(found.time)) return;
      if (!options.isDryRun) {
        const gone = await run.remove([digest], async () => {
          await unlink(file).catch(ignoreMissing);
          await rmdir(dirname(file)).catch(() => undefined);
        });
        if (gone.length === 0) return;
        needs.onRemoved(digest, found.size);
      }
      sum.blobs += 1;
      sum.freedBytes += found.size;
    });
    return sum;
  };

  const collect = async (options: GcOptions, run: Collection, task: Task): Promise<Collected> => {
    const living = new Set<Digest>();
    const result: Collected = { freedBytes: 0, blobs: 0, manifests: 0 };
    const names = await listRepositories(layout, ['_manifests', '_layers']);
    const report = (phase: Report['phase'], done: number, total: number) =>
      task.report({ phase, done, total, unit: 'items' });
    for (const [index, name] of names.entries()) {
      task.signal.throwIfAborted();
      report('mark', index, names.length);
      result.manifests += await markRepository(name, options, run, task, living);
    }
    for (const algorithm of algorithms) {
      const prefixes = await list(join(layout.blobs, algorithm));
      for (const [index, prefix] of prefixes.entries()) {
        task.signal.throwIfAborted();
        report('sweep', index, prefixes.length);
        const sum = await sweepFolder(algorithm, prefix, options, run, living);
        result.blobs += sum.blobs;
        result.freedBytes += sum.freedBytes;
      }
    }
    return result;
  };

  return async (options: GcOptions, task: Task): Promise<Collected> => {
    const run = inUse.collect();
    try {
      return await collect(options, run, task);
    } finally {
      run.end();
    }
  };
};
