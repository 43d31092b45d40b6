import { patternOf } from './pattern.ts';
import { absolute, type Shell } from './shell.ts';

const isPattern = (part: string): boolean => /(?<!\\)[*?[]/.test(part);
const plain = (part: string): string => part.replace(/\\(.)/gs, '$1');

/** Paths that a pattern matches, sorted; names with a leading dot only where the pattern has one. */
export const glob = (shell: Shell, pattern: string): string[] => {
  const { files } = shell.machine;
  if (pattern.startsWith('/proc/')) shell.machine.showTasks();
  let found = [pattern.startsWith('/') ? '/' : ''];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const next: string[] = [];
    for (const base of found) {
      if (!isPattern(part)) {
        const path = base + plain(part);
        if (!isLast) next.push(`${path}/`);
        else if (files.find(absolute(shell.folder, path), { keepsLink: true })) next.push(path);
        continue;
      }
      const expression = patternOf(part);
      for (const name of files.names(absolute(shell.folder, base || '.'))) {
        if (name.startsWith('.') && !part.startsWith('.')) continue;
        if (expression.test(name)) next.push(isLast ? base + name : `${base}${name}/`);
      }
    }
    found = next;
  }
  return found.sort();
};
