import { z } from 'zod';
import { sha256Hex } from '#shared/model/common.ts';
import { octalMode } from './mode.ts';
import { placeKey, type Report } from './report.ts';
import { hostsToml } from './script/hosts-toml.ts';
import { sha256 } from './script/pem.ts';

/** The CA as Mooring writes it. */
export const ourFile = 'mooring-ca.crt';

const anchorFolders = ['anchors', 'ca-certificates'];
/** How the paths of our CA in the trust store of a system end. */
export const anchorEnds = anchorFolders.map((folder) => `/${folder}/${ourFile}`);
export const isAnchor = (path: string): boolean => anchorEnds.some((end) => path.endsWith(end));

const owned = { mode: z.string().regex(/^[0-7]{3,4}$/), uid: z.int().min(0), gid: z.int().min(0) };

/** One path that a run changed: how Mooring left it, and what was there before. */
export const undoEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    /** Whose file it is, and as whom it goes back; left out: the system's. */
    user: z.string().optional(),
    /** SHA-256 as Mooring left it, null when it took the file away. */
    left: sha256Hex.nullable(),
    /** Null: there was none. `data` is base64. */
    before: z.object({ sha256: sha256Hex, data: z.string(), ...owned }).nullable(),
  }),
  /** A folder that was made (`before` is null) or taken away. */
  z.object({
    kind: z.literal('folder'),
    path: z.string(),
    user: z.string().optional(),
    before: z.object(owned).nullable(),
  }),
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
      const first = merged.get(placeKey(entry));
      if (first?.kind === 'file' && entry.kind === 'file') {
        merged.set(placeKey(entry), { ...first, left: entry.left });
      } else if (!first) merged.set(placeKey(entry), entry);
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

/** What Mooring had put there, when only what was before is known. */
const leftAt = (path: string, caSha256: string): string | null => {
  const [file, folder] = path.split('/').toReversed();
  if (file === ourFile) return caSha256;
  return file === 'hosts.toml' && folder ? sha256(hostsToml(folder)) : null;
};

const owner = ({ user }: { user: string | null }) => (user ? { user } : {});

/**
 * What undoing this run takes. Of a run whose end was not heard, everything it may have done counts: undo looks
 * before it touches anything, so a change that never happened costs nothing.
 */
export const undoOf = (report: Report, run: { caSha256: string; isComplete: boolean }): UndoData => {
  const before = new Map<string, Before>();
  // A run that was not heard of kept the older state, and its record comes first.
  for (const record of report.before) if (!before.has(placeKey(record))) before.set(placeKey(record), record);
  const entries = new Map<string, UndoEntry>();
  for (const [key, found] of before) {
    const place = { path: found.path, ...owner(found) };
    if (found.kind === 'beforeFolder')
      entries.set(key, { kind: 'folder', ...place, before: folderBefore(found) });
    else {
      const left = leftAt(found.path, run.caSha256);
      entries.set(key, { kind: 'file', ...place, left, before: fileBefore(found) });
    }
  }
  for (const change of report.changes) {
    const { action, what, path, after } = change;
    const key = placeKey(change);
    const place = { path, ...owner(change) };
    const isSure = report.made.has(key) || !run.isComplete;
    if (action === 'keep' || !isSure) continue;
    if (what === 'folder') {
      entries.set(key, { kind: 'folder', ...place, before: folderBefore(before.get(key)) });
    } else if (action === 'create' || before.has(key)) {
      entries.set(key, { kind: 'file', ...place, left: after || null, before: fileBefore(before.get(key)) });
    }
  }
  return { entries: [...entries.values()], caSha256: run.caSha256, isComplete: run.isComplete };
};
