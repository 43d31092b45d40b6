import type { Node } from './files.ts';

const kinds = { file: '-', folder: 'd', link: 'l' };

/** The mode of a node as `ls -l` shows it. */
export const permsOf = ({ kind, mode }: Node): string => {
  const part = (shift: number, special: number, letter: string): string => {
    const bits = (mode >> shift) & 7;
    const canRun = (bits & 1) === 1;
    const last = (mode & special) === 0 ? (canRun ? 'x' : '-') : canRun ? letter : letter.toUpperCase();
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`;
  };
  return kinds[kind] + part(6, 0o4000, 's') + part(3, 0o2000, 's') + part(0, 0o1000, 't');
};
