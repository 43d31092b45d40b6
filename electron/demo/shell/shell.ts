import type { Machine } from '../system/machine.ts';
import type { Stream } from './streams.ts';
import type { Command } from './syntax.ts';
import type { Task } from './tasks.ts';

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
  variables: Map<string, string>;
  exported: Set<string>;
  functions: Map<string, Command>;
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

/** A copy of its own; signals that are not ignored have no trap in it. */
export const forkShell = (shell: Shell, task: Task = shell.task): Shell => ({
  ...shell,
  task,
  variables: new Map(shell.variables),
  exported: new Set(shell.exported),
  functions: new Map(shell.functions),
  traps: new Map([...shell.traps].filter(([, action]) => action === '')),
  flow: null,
});

export const valueOf = (shell: Shell, name: string): string | undefined => {
  const first = name.charCodeAt(0);
  if (name.length > 1 || first > 0x3f) return shell.variables.get(name);
  if (first >= 0x31 && first <= 0x39) return shell.words[first - 0x31];
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
