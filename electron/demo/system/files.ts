/** A file, folder or link of a simulated device. Contents are strings of bytes (latin1). */
export type Node = { mode: number; uid: number; gid: number } & (
  | { kind: 'file'; data: string }
  | { kind: 'folder'; entries: Map<string, Node> }
  | { kind: 'link'; target: string }
);

export type Folder = Extract<Node, { kind: 'folder' }>;
export type File = Extract<Node, { kind: 'file' }>;

/** What the system says when something cannot be done; texts as in the C library. */
export class FileProblem extends Error {}

const texts = {
  missing: 'No such file or directory',
  notFolder: 'Not a directory',
  isFolder: 'Is a directory',
  exists: 'File exists',
  notEmpty: 'Directory not empty',
  readOnly: 'Read-only file system',
  loop: 'Too many levels of symbolic links',
};
type Why = keyof typeof texts;
const fail = (why: Why): never => {
  throw new FileProblem(texts[why]);
};

interface Place {
  folder: Folder;
  name: string;
  node: Node | null;
  path: string;
}

export const newFolder = (mode = 0o755): Folder => ({
  kind: 'folder',
  mode,
  uid: 0,
  gid: 0,
  entries: new Map(),
});
export const newFile = (data = '', mode = 0o644): File => ({ kind: 'file', mode, uid: 0, gid: 0, data });

/** The file system of one simulated device, in memory. Paths are absolute. */
export interface Files {
  /** Null when nothing is there. Follows a link at the end unless told otherwise. */
  find(path: string, options?: { keepsLink: boolean }): Node | null;
  /** As `find`. @throws FileProblem */
  require(path: string, options?: { keepsLink: boolean }): Node;
  /** Names in a folder, sorted; empty for anything else. */
  names(path: string): string[];
  read(path: string): string;
  /** Creates the file, or replaces or extends its content. */
  write(path: string, data: string, options: { appends: boolean; mode: number }): void;
  put(path: string, node: Node, options?: { replaces: boolean }): void;
  /** Takes a name away, never a folder with something in it. */
  remove(path: string): Node;
  /** The path without links. */
  real(path: string): string;
}

const most = 40;

/**
 * Strings cut from a script would keep the whole script in memory, for each of thousands of devices: contents are
 * copied once, and equal ones shared.
 */
const shared = new Map<string, string>();
const mostShared = 200;
const compact = (data: string): string => {
  if (data.length < 13) return data;
  const known = shared.get(data);
  if (known !== undefined) return known;
  const copy = Buffer.from(data, 'latin1').toString('latin1');
  if (shared.size >= mostShared) shared.clear();
  shared.set(copy, copy);
  return copy;
};

/** @param isReadOnly tells whether a path lies where nothing can be written */
export const createFiles = (root: Folder, isReadOnly: (path: string) => boolean = () => false): Files => {
  const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

  /** Folder and name that a path ends in, with links on the way followed. */
  const seek = (path: string, keepsLink: boolean, depth = 0): Place | Why => {
    if (depth > most) return 'loop';
    const parts = partsOf(path);
    let node: Node = root;
    let at = '';
    let folder = root;
    let name = '';
    for (const [index, part] of parts.entries()) {
      if (node.kind !== 'folder') return 'notFolder';
      if (part === '..') {
        const up = at.slice(0, at.lastIndexOf('/'));
        return seek(`${up}/${parts.slice(index + 1).join('/')}`, keepsLink, depth + 1);
      }
      const next: Node | undefined = node.entries.get(part);
      const isLast = index === parts.length - 1;
      if (next?.kind === 'link' && !(isLast && keepsLink)) {
        const base = next.target.startsWith('/') ? next.target : `${at}/${next.target}`;
        return seek([base, ...parts.slice(index + 1)].join('/'), keepsLink, depth + 1);
      }
      folder = node;
      name = part;
      at = `${at}/${part}`;
      if (isLast) return { folder, name, node: next ?? null, path: at };
      if (!next) return 'missing';
      node = next;
    }
    return { folder, name, node, path: at || '/' };
  };

  const locate = (path: string, keepsLink: boolean): Place => {
    const place = seek(path, keepsLink);
    return typeof place === 'string' ? fail(place) : place;
  };

  const find: Files['find'] = (path, { keepsLink } = { keepsLink: false }) => {
    const place = seek(path, keepsLink);
    if (typeof place === 'string') return null;
    return place.node?.kind !== 'folder' && path.endsWith('/') ? null : place.node;
  };
  const writable = (path: string): void => {
    if (isReadOnly(path)) fail('readOnly');
  };

  return {
    find,
    require(path, options) {
      return locate(path, options?.keepsLink ?? false).node ?? fail('missing');
    },
    names(path) {
      const node = find(path);
      return node?.kind === 'folder' ? [...node.entries.keys()].sort() : [];
    },
    read(path) {
      const { node } = locate(path, false);
      if (!node) return fail('missing');
      return node.kind === 'file' ? node.data : fail('isFolder');
    },
    write(path, data, { appends, mode }) {
      const place = locate(path, false);
      if (place.node?.kind === 'folder') fail('isFolder');
      writable(place.path);
      if (place.node?.kind === 'file') place.node.data = compact(appends ? place.node.data + data : data);
      else place.folder.entries.set(compact(place.name), newFile(compact(data), mode));
    },
    put(path, node, { replaces } = { replaces: false }) {
      const place = locate(path, true);
      if (place.node && !replaces) fail('exists');
      writable(place.path);
      place.folder.entries.set(compact(place.name), node);
    },
    remove(path) {
      const { folder, name, node, path: real } = locate(path, true);
      if (!node) return fail('missing');
      writable(real);
      if (node.kind === 'folder' && node.entries.size > 0) fail('notEmpty');
      folder.entries.delete(name);
      return node;
    },
    real: (path) => locate(path, false).path,
  };
};
