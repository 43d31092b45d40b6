import { absolute, type Shell } from './shell.ts';

const unary: Record<string, (shell: Shell, word: string) => boolean> = {
  '-n': (_shell, word) => word !== '',
  '-z': (_shell, word) => word === '',
  '-e': (shell, word) => nodeOf(shell, word) !== null,
  '-f': (shell, word) => nodeOf(shell, word)?.kind === 'file',
  '-d': (shell, word) => nodeOf(shell, word)?.kind === 'folder',
  '-L': (shell, word) => nodeOf(shell, word, true)?.kind === 'link',
  '-h': (shell, word) => nodeOf(shell, word, true)?.kind === 'link',
  '-r': (shell, word) => nodeOf(shell, word) !== null,
  '-w': (shell, word) => nodeOf(shell, word) !== null,
  '-x': (shell, word) => ((nodeOf(shell, word)?.mode ?? 0) & 0o111) !== 0,
  '-s': (shell, word) => {
    const node = nodeOf(shell, word);
    return node?.kind === 'file' ? node.data !== '' : node !== null;
  },
  // Sockets, pipes, devices and terminals: a simulated device has none.
  '-S': () => false,
  '-p': () => false,
  '-b': () => false,
  '-c': (_shell, word) => word === '/dev/null',
  '-t': () => false,
};

const nodeOf = (shell: Shell, word: string, keepsLink = false) =>
  word === '' ? null : shell.machine.files.find(absolute(shell.folder, word), { keepsLink });

const binary: Record<string, (shell: Shell, left: string, right: string) => boolean> = {
  '=': (_shell, left, right) => left === right,
  '==': (_shell, left, right) => left === right,
  '!=': (_shell, left, right) => left !== right,
  '-eq': (_shell, left, right) => Number(left) === Number(right),
  '-ne': (_shell, left, right) => Number(left) !== Number(right),
  '-lt': (_shell, left, right) => Number(left) < Number(right),
  '-le': (_shell, left, right) => Number(left) <= Number(right),
  '-gt': (_shell, left, right) => Number(left) > Number(right),
  '-ge': (_shell, left, right) => Number(left) >= Number(right),
  '-ef': (shell, left, right) => {
    const node = nodeOf(shell, left);
    return node !== null && node === nodeOf(shell, right);
  },
  '-nt': () => false,
  '-ot': () => false,
};

/** What `[` says about its words, without the closing bracket. */
export const isTrue = (shell: Shell, words: readonly string[]): boolean => {
  const [first = '', second = '', third = ''] = words;
  if (words.length === 0) return false;
  if (words.length === 1) return first !== '';
  if (words.length === 3 && binary[second]) return binary[second](shell, first, third);
  if (first === '!') return !isTrue(shell, words.slice(1));
  if (words.length === 2) return unary[first]?.(shell, second) ?? false;
  const or = words.indexOf('-o');
  if (or > 0) return isTrue(shell, words.slice(0, or)) || isTrue(shell, words.slice(or + 1));
  const and = words.indexOf('-a');
  return and > 0 && isTrue(shell, words.slice(0, and)) && isTrue(shell, words.slice(and + 1));
};
