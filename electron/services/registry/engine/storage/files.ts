import { type Stats, statSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { isMissing } from './durable.ts';

/**
 * Reads small files and folders, and remembers them. What is remembered is compared with the disk at every use, so
 * that it is never older than what lies there, whoever changed it.
 */
export interface Files {
  /** Bytes of a small file, null when there is no such file. Not to be changed. */
  read(file: string): Promise<Buffer | null>;
  /** The same as text. */
  text(file: string): Promise<string | null>;
  /** Names in a folder that `isWanted` takes, sorted; null when there is no such folder. Not to be changed. */
  list(folder: string, isWanted: (name: string) => boolean): Promise<string[] | null>;
}

interface Entry<T> {
  value: T;
  state: Stats;
  bytes: number;
}

/** What is larger is read anew each time. */
const largest = 1024 * 1024;
/** An entry's path, its `Stats` and the map's own cost, about. */
const overhead = 500;
/**
 * Times of files advance in ticks: what changed less than this long ago, ms, could change again and show the same time.
 * Younger things are not remembered.
 */
const settled = 100;

const isSame = (a: Stats, b: Stats): boolean =>
  a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;

const createMemory = <T>(maxBytes: number) => {
  const entries = new Map<string, Entry<T>>();
  let held = 0;
  const drop = (path: string) => {
    const entry = entries.get(path);
    if (entry && entries.delete(path)) held -= entry.bytes;
  };
  return {
    /**
     * What is remembered and still true. The look at the disk is synchronous: it is at something looked at before, so
     * it takes microseconds, a tenth of what handing it to another thread would take.
     */
    recall(path: string): T | undefined {
      const entry = entries.get(path);
      if (!entry) return undefined;
      const state = statSync(path, { throwIfNoEntry: false });
      const isTrue = state !== undefined && isSame(state, entry.state);
      entries.delete(path);
      if (isTrue) entries.set(path, entry);
      else held -= entry.bytes;
      return isTrue ? entry.value : undefined;
    },
    /** @param state of the disk, taken after `at` and before `value` was read */
    keep(path: string, value: T, { state, at, size }: { state: Stats; at: number; size: number }) {
      drop(path);
      if (size > largest || at - Math.max(state.mtimeMs, state.ctimeMs) < settled) return;
      const bytes = size + overhead;
      entries.set(path, { value, state, bytes });
      held += bytes;
      for (const oldest of entries.keys()) {
        if (held <= maxBytes) return;
        drop(oldest);
      }
    },
  };
};

const missingAsNull = (error: unknown): null => {
  if (isMissing(error)) return null;
  throw error;
};

/**
 * @param maxBytes memory for files, and as much again for lists
 * @param now milliseconds since the epoch
 */
export const createFiles = (maxBytes = 8 * 1024 * 1024, now: () => number = Date.now): Files => {
  const contents = createMemory<Buffer>(maxBytes);
  const lists = createMemory<string[]>(maxBytes);

  const load = async (file: string): Promise<Buffer> => {
    const handle = await open(file, 'r');
    try {
      const at = now();
      const state = await handle.stat();
      const bytes = await handle.readFile();
      contents.keep(file, bytes, { state, at, size: bytes.length });
      return bytes;
    } finally {
      await handle.close();
    }
  };
  const read = async (file: string) => contents.recall(file) ?? (await load(file).catch(missingAsNull));

  const loadList = async (folder: string, isWanted: (name: string) => boolean): Promise<string[]> => {
    const at = now();
    const state = await stat(folder);
    const names = (await readdir(folder)).filter(isWanted).sort();
    // A string costs its characters and a header.
    const size = names.reduce((sum, name) => sum + name.length + 24, 0);
    lists.keep(folder, names, { state, at, size });
    return names;
  };

  return {
    read,
    text: async (file) => (await read(file))?.toString('utf8') ?? null,
    list: async (folder, isWanted) =>
      lists.recall(folder) ?? (await loadList(folder, isWanted).catch(missingAsNull)),
  };
};
