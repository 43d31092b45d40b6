import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GcOptions, GcResult } from '#shared/model/storage.ts';
import { type Algorithm, type Digest, isDigest } from '../grammar.ts';
import { isMissing } from './durable.ts';
import type { Collection, InUse } from './in-use.ts';
import type { Layout } from './layout.ts';
import type { Locks } from './locks.ts';
import type { Manifests } from './manifests.ts';
import { livingOf, parentsFirst, type References, referencesOf } from './references.ts';
import { listRepositories } from './repositories.ts';
import type { Tags } from './tags.ts';
import type { Report, Task } from './task.ts';

/** What was removed, or would be. */
type Collected = Omit<GcResult, 'isDryRun'>;

const algorithms: Algorithm[] = ['sha256', 'sha512'];
/** Removals under one lock of a repository; pushes to it wait that long. */
const batch = 50;

const list = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/** Newest of the times of a file in milliseconds: a rename changes only the second. Null when it is not there. */
const timeOf = async (file: string): Promise<number | null> => {
  try {
    const { mtimeMs, ctimeMs } = await stat(file);
    return Math.max(mtimeMs, ctimeMs);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** Digests that have a folder `<algorithm>/<hex>` here. */
const digestsIn = async (folder: string): Promise<Digest[]> => {
  const found: Digest[] = [];
  for (const algorithm of algorithms) {
    for (const hex of await list(join(folder, algorithm))) {
      const digest = `${algorithm}:${hex}`;
      if (isDigest(digest)) found.push(digest);
    }
  }
  return found;
};

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

  const readReferences = async (digest: Digest): Promise<References> => {
    try {
      return referencesOf(await readFile(layout.blob(digest)));
    } catch (error) {
      if (isMissing(error)) return { blobs: [], children: [], subject: null };
      throw error;
    }
  };

  interface Revision {
    references: References;
    time: number;
  }
  const readRevisions = async (name: string, known: ReadonlyMap<Digest, Revision>) => {
    const revisions = new Map<Digest, Revision>();
    for (const digest of await digestsIn(layout.revisions(name))) {
      const time = await timeOf(layout.revisionLink(name, digest));
      if (time === null) continue;
      const references = known.get(digest)?.references ?? (await readReferences(digest));
      revisions.set(digest, { references, time });
    }
    return revisions;
  };
  const graphOf = (revisions: ReadonlyMap<Digest, Revision>) =>
    new Map([...revisions].map(([digest, { references }]) => [digest, references]));

  const taggedIn = async (name: string): Promise<Set<Digest>> => {
    const digests = new Set<Digest>();
    for (const tag of await tags.list(name).catch(() => [])) {
      const digest = await tags.get(name, tag);
      if (digest) digests.add(digest);
    }
    return digests;
  };

  const livingIn = async (name: string, revisions: Map<Digest, Revision>, isSeen: (d: Digest) => boolean) => {
    const roots = await taggedIn(name);
    for (const [digest, { time }] of revisions) {
      if (isFromBefore(time) || inUse.isExpected(digest, name) || isSeen(digest)) roots.add(digest);
    }
    return livingOf(graphOf(revisions), roots);
  };

  /** Removes what nothing needs, a batch at a time; what became needed meanwhile keeps its children too. */
  const dropUntagged = async (name: string, first: Map<Digest, Revision>, run: Collection, task: Task) => {
    let revisions = first;
    let count = 0;
    for (;;) {
      const isDone = await locked(`repository ${name}`, async () => {
        revisions = await readRevisions(name, revisions);
        const living = await livingIn(name, revisions, run.isSeen);
        const dead = [...revisions.keys()].filter((digest) => !living.has(digest));
        const graph = graphOf(revisions);
        for (const digest of parentsFirst(graph, dead).slice(0, batch)) {
          task.signal.throwIfAborted();
          if (!(await run.remove(digest, () => manifests.discard(name, digest)))) return false;
          count += 1;
        }
        return dead.length <= batch;
      });
      if (isDone) return { count, revisions: await readRevisions(name, revisions) };
    }
  };

  const removeLink = (name: string, digest: Digest) =>
    rm(dirname(layout.layerLink(name, digest)), { recursive: true, force: true });

  /** Adds what a repository keeps alive to `living`, and takes its unused links away. */
  const markRepository = async (
    ...[name, options, run, task, living]: [string, GcOptions, Collection, Task, Set<Digest>]
  ): Promise<number> => {
    let revisions = await readRevisions(name, new Map());
    let dropped = 0;
    if (options.removeUntagged) {
      const kept = await livingIn(name, revisions, run.isSeen);
      const dead = [...revisions.keys()].filter((digest) => !kept.has(digest));
      dropped = dead.length;
      if (options.isDryRun) dead.forEach((digest) => revisions.delete(digest));
      else if (dead.length > 0) {
        const done = await dropUntagged(name, revisions, run, task);
        ({ revisions, count: dropped } = done);
      }
    }
    const used = new Set<Digest>();
    for (const [digest, { references }] of revisions) {
      for (const one of [digest, ...references.blobs, ...references.children]) used.add(one);
    }
    for (const digest of await digestsIn(layout.layers(name))) {
      if (used.has(digest)) continue;
      const time = await timeOf(layout.layerLink(name, digest));
      if (time !== null && (isFromBefore(time) || inUse.isExpected(digest, name))) used.add(digest);
      else if (!options.isDryRun) await run.remove(digest, () => removeLink(name, digest));
    }
    used.forEach((digest) => living.add(digest));
    return dropped;
  };

  const sweepFolder = async (
    ...[algorithm, prefix, options, run, living]: [Algorithm, string, GcOptions, Collection, Set<Digest>]
  ): Promise<{ blobs: number; freedBytes: number }> => {
    const sum = { blobs: 0, freedBytes: 0 };
    for (const hex of await list(join(layout.blobs, algorithm, prefix))) {
      const digest = `${algorithm}:${hex}`;
      if (!isDigest(digest) || living.has(digest) || inUse.isExpected(digest) || run.isSeen(digest)) continue;
      const file = layout.blob(digest);
      const time = await timeOf(file);
      if (time === null || isFromBefore(time)) continue;
      const { size } = await stat(file);
      const isRemoved =
        options.isDryRun ||
        (await run.remove(digest, async () => {
          await rm(file, { force: true });
          await rmdir(dirname(file)).catch(() => undefined);
        }));
      if (!isRemoved) continue;
      sum.blobs += 1;
      sum.freedBytes += size;
      if (!options.isDryRun) needs.onRemoved(digest, size);
    }
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
