import { FileProblem } from '../system/files.ts';
import { expandText, type Outputs } from './expand.ts';
import { absolute, complain, type Shell } from './shell.ts';
import { nowhere, reading, type Stream, writing } from './streams.ts';
import type { Redirect } from './syntax.ts';

const openFile = (shell: Shell, path: string, operator: '<' | '>' | '>>'): Stream => {
  if (path === '/dev/null') return nowhere;
  const { files } = shell.machine;
  const place = absolute(shell.folder, path);
  if (operator === '<') {
    if (place.startsWith('/proc/')) shell.machine.showTasks();
    return reading(files.read(place));
  }
  const mode = 0o666 & ~shell.umask;
  files.write(place, '', { appends: operator === '>>', mode });
  return writing((text) => files.write(place, text, { appends: true, mode }));
};

/**
 * The descriptors of a command with its redirects.
 * @returns null, and a status, when one cannot be opened
 */
export const openRedirects = (
  shell: Shell,
  redirects: readonly Redirect[],
  outputs: Outputs,
): ReadonlyMap<number, Stream> | null => {
  const streams = new Map(shell.streams);
  for (const { fd, operator, target } of redirects) {
    const text = expandText(shell, target, outputs);
    if (operator === '<<') streams.set(fd, reading(text));
    else if (operator === '<&' || operator === '>&') {
      const from = text === '-' ? undefined : streams.get(Number(text));
      if (from) streams.set(fd, from);
      else streams.delete(fd);
    } else {
      try {
        streams.set(fd, openFile(shell, text, operator));
      } catch (error) {
        if (!(error instanceof FileProblem)) throw error;
        const what = operator === '<' ? 'open' : 'create';
        const errors = { ...shell, streams };
        complain(errors, `cannot ${what} ${text}: ${error.message}`);
        shell.status = 2;
        return null;
      }
    }
  }
  return streams;
};
