import { z } from 'zod';
import { sha256Hex } from '#shared/model/common.ts';
import { octalMode } from './mode.ts';
import type { Report } from './report.ts';

/** The one file Mooring writes. */
export const ourFile = 'mooring-ca.crt';

const owned = { mode: z.string().regex(/^[0-7]{3,4}$/), uid: z.int().min(0), gid: z.int().min(0) };

/** One path that a run changed: how Mooring left it, and what was there before. */
export const undoEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    /** SHA-256 as Mooring left it, null when it took the file away. */
    left: sha256Hex.nullable(),
    /** Null: there was none. `data` is base64. */
    before: z.object({ sha256: sha256Hex, data: z.string(), ...owned }).nullable(),
  }),
  /** A folder that was made (`before` is null) or taken away. */
  z.object({ kind: z.literal('folder'), path: z.string(), before: z.object(owned).nullable() }),
]);
export type UndoEntry = z.infer<typeof undoEntry>;

/** What undoing one run takes. */
export const undoData = z.object({
  entries: z.array(undoEntry),
  /** SHA-256 of the CA the run put there. */
  caSha256: sha256Hex,
  /** False until the end of the run was heard: the device may hold changes that nobody recorded. */
  isComplete: z.boolean(),
});
export type UndoData = z.infer<typeof undoData>;

/**
 * What undoing several runs takes, oldest first: each path goes back to what was there before the first of them,
 * provided it still is what the last of them left.
 */
export const mergeUndo = (runs: readonly UndoData[]): UndoEntry[] => {
  const merged = new Map<string, UndoEntry>();
  for (const { entries } of runs) {
    for (const entry of entries) {
      const first = merged.get(entry.path);
      if (first?.kind === 'file' && entry.kind === 'file') {
        merged.set(entry.path, { ...first, left: entry.left });
      } else if (!first) merged.set(entry.path, entry);
    }
  }
  return [...merged.values()];
};

type Before = Report['before'][number];

const fileBefore = (found: Before | undefined) =>
  found?.kind === 'before'
    ? { sha256: found.sha256, data: found.data, mode: octalMode(found.perms), uid: found.uid, gid: found.gid }
    : null;

const folderBefore = (found: Before | undefined) =>
  found ? { mode: octalMode(found.perms), uid: found.uid, gid: found.gid } : null;

/**
 * What undoing this run takes. Of a run whose end was not heard, everything it may have done counts: undo looks
 * before it touches anything, so a change that never happened costs nothing.
 */
export const undoOf = (report: Report, run: { caSha256: string; isComplete: boolean }): UndoData => {
  const before = new Map<string, Before>();
  // A run that was not heard of kept the older state, and its record comes first.
  for (const record of report.before) if (!before.has(record.path)) before.set(record.path, record);
  const entries = new Map<string, UndoEntry>();
  const ours = `/${ourFile}`;
  for (const [path, found] of before) {
    if (found.kind === 'beforeFolder')
      entries.set(path, { kind: 'folder', path, before: folderBefore(found) });
    else {
      const left = path.endsWith(ours) ? run.caSha256 : null;
      entries.set(path, { kind: 'file', path, left, before: fileBefore(found) });
    }
  }
  for (const { action, what, path, after } of report.changes) {
    const isSure = report.made.has(path) || !run.isComplete;
    if (action === 'keep' || !isSure) continue;
    if (what === 'folder') {
      entries.set(path, { kind: 'folder', path, before: folderBefore(before.get(path)) });
    } else if (action === 'create' || before.has(path)) {
      entries.set(path, { kind: 'file', path, left: after || null, before: fileBefore(before.get(path)) });
    }
  }
  return { entries: [...entries.values()], caSha256: run.caSha256, isComplete: run.isComplete };
};
