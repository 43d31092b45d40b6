import type { Call, Program } from '../../shell/programs.ts';
import { type File, FileProblem, newFile, newFolder, type Node } from '../files.ts';
import { permsOf } from '../perms.ts';

/** Options of one letter and the words behind them. */
export const split = (words: readonly string[]): { flags: string; rest: string[] } => {
  let flags = '';
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!/^-./.test(word)) break;
    flags += word.slice(1);
  }
  return { flags, rest: words.slice(at) };
};

const sizeOf = (node: Node): number => {
  if (node.kind === 'file') return node.data.length;
  return node.kind === 'link' ? node.target.length : 4096;
};

/** Does the same to each word; what fails is said, and the others go on. */
const each = (
  call: Call,
  words: readonly string[],
  say: (word: string, why: string) => string,
  work: (path: string, word: string) => void,
): number => {
  let status = 0;
  for (const word of words) {
    try {
      work(call.path(word), word);
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      call.error(`${say(word, error.message)}\n`);
      status = 1;
    }
  }
  return status;
};

const ls: Program = (call) => {
  const { flags, rest } = split(call.words);
  const { files } = call.machine;
  const show = (name: string, node: Node): void => {
    if (!flags.includes('l')) return call.out(`${name}\n`);
    const links = node.kind === 'folder' ? 2 : 1;
    call.out(
      `${permsOf(node)} ${links} ${node.uid} ${node.gid} ${sizeOf(node)} Jan  1 00:00 ${name}${node.kind === 'link' ? ` -> ${node.target}` : ''}\n`,
    );
  };
  const say = (word: string, why: string) => `ls: cannot access '${word}': ${why}`;
  return each(call, rest.length > 0 ? rest : ['.'], say, (path, word) => {
    const node = files.require(path, { keepsLink: /[ld]/.test(flags) });
    if (node.kind !== 'folder' || flags.includes('d')) return show(word, node);
    for (const name of files.names(path)) {
      const entry = files.find(`${path}/${name}`, { keepsLink: true });
      if (entry && (!name.startsWith('.') || /[aA]/.test(flags))) show(name, entry);
    }
  });
};

const mkdir: Program = (call) => {
  const { flags, rest } = split(call.words);
  const { files } = call.machine;
  const hasMode = flags.includes('m');
  const mode = hasMode ? parseInt(rest[0] ?? '', 8) : 0o777 & ~call.umask;
  const say = (word: string, why: string) => `mkdir: cannot create directory '${word}': ${why}`;
  return each(call, hasMode ? rest.slice(1) : rest, say, (path) => {
    const parts = flags.includes('p')
      ? path.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'))
      : [path];
    for (const part of parts) {
      if (part === '' || (flags.includes('p') && files.find(part)?.kind === 'folder')) continue;
      files.put(part, newFolder(mode));
    }
  });
};

const rmdir: Program = (call) =>
  each(
    call,
    split(call.words).rest,
    (word, why) => `rmdir: failed to remove '${word}': ${why}`,
    (path) => {
      const { files } = call.machine;
      if (files.require(path, { keepsLink: true }).kind !== 'folder')
        throw new FileProblem('Not a directory');
      files.remove(path);
    },
  );

const removeAll = (call: Call, path: string): void => {
  const { files } = call.machine;
  const node = files.require(path, { keepsLink: true });
  if (node.kind === 'folder') for (const name of [...node.entries.keys()]) removeAll(call, `${path}/${name}`);
  files.remove(path);
};

const rm: Program = (call) => {
  const { flags, rest } = split(call.words);
  const { files } = call.machine;
  const say = (word: string, why: string) => `rm: cannot remove '${word}': ${why}`;
  return each(call, rest, say, (path) => {
    const node = files.find(path, { keepsLink: true });
    if (!node && flags.includes('f')) return;
    if (/[rR]/.test(flags)) return removeAll(call, path);
    if (node?.kind === 'folder') throw new FileProblem('Is a directory');
    files.remove(path);
  });
};

/** Where something goes that is put at a path: into it, when a folder is there. */
const landing = (call: Call, path: string, source: string): string =>
  call.machine.files.find(path)?.kind === 'folder'
    ? `${path}/${source.slice(source.lastIndexOf('/') + 1)}`
    : path;

const mv: Program = (call) => {
  const { rest } = split(call.words);
  const target = rest.at(-1) ?? '';
  const { files } = call.machine;
  const say = (word: string, why: string) => `mv: cannot move '${word}' to '${target}': ${why}`;
  return each(call, rest.slice(0, -1), say, (path) => {
    const node = files.require(path, { keepsLink: true });
    const to = landing(call, call.path(target), path);
    // First the new name: what cannot be written leaves the old one.
    files.put(to, node, { replaces: true });
    const { entries } = files.require(path.slice(0, path.lastIndexOf('/')) || '/') as {
      entries: Map<string, Node>;
    };
    entries.delete(path.slice(path.lastIndexOf('/') + 1));
  });
};

const ln: Program = (call) => {
  const { flags, rest } = split(call.words);
  const { files } = call.machine;
  const [source = '', target = ''] = rest;
  const say = (word: string, why: string) => `ln: failed to create link '${word}': ${why}`;
  return each(call, [target], say, (path) => {
    const to = landing(call, path, source);
    const node: Node = flags.includes('s')
      ? { kind: 'link', target: source, mode: 0o777, uid: 0, gid: 0 }
      : files.require(call.path(source));
    files.put(to, node, { replaces: flags.includes('f') });
  });
};

const cp: Program = (call) => {
  const { flags, rest } = split(call.words);
  const { files } = call.machine;
  const target = rest.at(-1) ?? '';
  const say = (word: string, why: string) =>
    `cp: cannot create regular file '${target}' from '${word}': ${why}`;
  return each(call, rest.slice(0, -1), say, (path) => {
    const source = files.require(path);
    if (source.kind !== 'file') throw new FileProblem('Is a directory');
    const to = landing(call, call.path(target), path);
    const copy: File = /[pa]/.test(flags) ? { ...source } : newFile(source.data, source.mode & ~call.umask);
    const there = files.find(to);
    if (there?.kind === 'file') files.write(to, source.data, { appends: false, mode: 0 });
    else files.put(to, copy);
  });
};

const symbolic = (text: string, mode: number): number => {
  let result = mode;
  for (const [, who = '', operator = '', what = ''] of text.matchAll(/([ugoa]*)([-+=])([rwx]*)/g)) {
    const bits = [...what].reduce((sum, char) => sum | { r: 4, w: 2, x: 1 }[char as 'r'], 0);
    for (const [name, shift] of [['u', 6] as const, ['g', 3] as const, ['o', 0] as const]) {
      if (who !== '' && !who.includes('a') && !who.includes(name)) continue;
      const mask = bits << shift;
      if (operator === '=') result &= ~(7 << shift);
      result = operator === '-' ? result & ~mask : result | mask;
    }
  }
  return result;
};

const chmod: Program = (call) => {
  const [mode = '', ...rest] = split(call.words).rest;
  return each(
    call,
    rest,
    (word, why) => `chmod: cannot access '${word}': ${why}`,
    (path) => {
      const node = call.machine.files.require(path);
      node.mode = /^[0-7]+$/.test(mode) ? parseInt(mode, 8) : symbolic(mode, node.mode);
    },
  );
};

const chown: Program = (call) => {
  const [owner = '', ...rest] = split(call.words).rest;
  const [uid = '', gid = ''] = owner.split(':');
  const numberOf = (name: string): number => (name === 'root' ? 0 : Number(name) || 0);
  return each(
    call,
    rest,
    (word, why) => `chown: cannot access '${word}': ${why}`,
    (path) => {
      const node = call.machine.files.require(path);
      if (uid !== '') node.uid = numberOf(uid);
      if (gid !== '') node.gid = numberOf(gid);
    },
  );
};

const touch: Program = (call) =>
  each(
    call,
    split(call.words).rest,
    (word, why) => `touch: cannot touch '${word}': ${why}`,
    (path) => call.machine.files.write(path, '', { appends: true, mode: 0o666 & ~call.umask }),
  );

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const mktemp: Program = (call) => {
  const { flags, rest } = split(call.words);
  const pattern = rest[0] ?? '/tmp/tmp.XXXXXX';
  const name = pattern.replace(/X{3,}$/, (all) =>
    Array.from(all, () => letters[Math.floor(Math.random() * letters.length)]).join(''),
  );
  const say = (_: string, why: string) =>
    `mktemp: failed to create directory via template '${pattern}': ${why}`;
  const status = each(call, [name], say, (path) =>
    call.machine.files.put(path, flags.includes('d') ? newFolder(0o700) : newFile('', 0o600)),
  );
  if (status === 0) call.out(`${name}\n`);
  return status;
};

const readlink: Program = (call) => {
  const { flags, rest } = split(call.words);
  const path = call.path(rest[0] ?? '');
  const node = call.machine.files.find(path, { keepsLink: true });
  if (flags.includes('f')) call.out(`${call.machine.files.real(path)}\n`);
  else if (node?.kind === 'link') call.out(`${node.target}\n`);
  return node ? 0 : 1;
};

export const filePrograms = { ls, mkdir, rmdir, rm, mv, ln, cp, chmod, chown, touch, mktemp, readlink };
