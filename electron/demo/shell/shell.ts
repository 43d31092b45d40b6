import type { Machine } from '../system/machine.ts';
import type { Stream } from './streams.ts';
import type { Command } from './syntax.ts';
import type { Table } from './table.ts';
import type { Step, Task } from './tasks.ts';

/** Why the commands that follow are left out. */
export interface Flow {
  kind: 'return' | 'exit' | 'break' | 'continue';
  /** Loops that are left. */
  count: number;
}

/** The state of one shell: what a fork copies. */
export interface Shell {
  readonly machine: Machine;
  readonly task: Task;
  /** `$$`, also in subshells. */
  readonly pid: number;
  readonly variables: Table<string>;
  readonly exported: Table<true>;
  readonly functions: Table<Command>;
  words: readonly string[];
  streams: ReadonlyMap<number, Stream>;
  traps: Map<string, string>;
  folder: string;
  umask: number;
  status: number;
  lastJob: number | null;
  hasNoGlob: boolean;
  flow: Flow | null;
}

const ignoredOf = (traps: Map<string, string>): Map<string, string> =>
  traps.size === 0 ? new Map() : new Map([...traps].filter(([, action]) => action === ''));

/** A copy of its own; signals that are not ignored have no trap in it. */
const forkShell = (shell: Shell, task: Task): Shell => ({
  ...shell,
  task,
  variables: shell.variables.fork(),
  exported: shell.exported.fork(),
  functions: shell.functions.fork(),
  traps: ignoredOf(shell.traps),
  flow: null,
});

/** Does work in a fork. */
export function* inFork<T>(shell: Shell, work: (child: Shell) => Step<T>, task: Task = shell.task): Step<T> {
  const child = forkShell(shell, task);
  try {
    return yield* work(child);
  } finally {
    for (const table of [child.variables, child.exported, child.functions]) table.release();
  }
}

export const valueOf = (shell: Shell, name: string): string | undefined => {
  const first = name.charCodeAt(0);
  if (first >= 0x31 && first <= 0x39) return shell.words[Number(name) - 1];
  if (name.length > 1 || first > 0x3f) return shell.variables.get(name);
  switch (name) {
    case '?':
      return String(shell.status);
    case '#':
      return String(shell.words.length);
    case '$':
      return String(shell.pid);
    case '!':
      return shell.lastJob === null ? undefined : String(shell.lastJob);
    case '0':
      return 'sh';
    case '-':
      return shell.hasNoGlob ? 'f' : '';
    default:
      return shell.words.length === 0 ? undefined : shell.words.join(' ');
  }
};

/** Absolute form of a path as a program would see it. */
export const absolute = (folder: string, path: string): string =>
  path.startsWith('/') ? path : `${folder === '/' ? '' : folder}/${path}`;

export const say = (shell: Shell, fd: number, text: string): void => shell.streams.get(fd)?.write(text);

export const complain = (shell: Shell, text: string): void => say(shell, 2, `sh: ${text}\n`);
