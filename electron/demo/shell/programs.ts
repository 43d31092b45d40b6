import { FileProblem } from '../system/files.ts';
import type { Machine } from '../system/machine.ts';
import { absolute, complain, type Shell, valueOf } from './shell.ts';
import { nowhere, type Stream } from './streams.ts';
import type { Step } from './tasks.ts';

/** What a program of a simulated device is given. */
export interface Call {
  machine: Machine;
  words: readonly string[];
  /** Its standard input, from where the last reader stopped. */
  input: Stream;
  out(text: string): void;
  error(text: string): void;
  /** Absolute form of a path. */
  path(word: string): string;
  variable(name: string): string | undefined;
  umask: number;
  /** Told when the process ends, in whatever way. */
  onEnd(listener: () => void): void;
  /** A shell of its own, for programs that run commands. */
  shell: Shell;
}

/** Yields the exit status. What it throws as FileProblem is said with its name. */
export type Program = (call: Call) => number | Promise<number> | Step<number>;

const callOf = (shell: Shell, words: readonly string[]): Call => ({
  machine: shell.machine,
  words,
  input: shell.streams.get(0) ?? nowhere,
  out: (text) => shell.streams.get(1)?.write(text),
  error: (text) => shell.streams.get(2)?.write(text),
  path: (word) => absolute(shell.folder, word),
  variable: (name) => valueOf(shell, name),
  umask: shell.umask,
  onEnd: shell.task.onEnd,
  shell,
});

/** Runs a program by its name or path. */
export function* runProgram(shell: Shell, name: string, words: readonly string[]): Step<number> {
  const program = shell.machine.program(name);
  if (!program) {
    complain(shell, `${name}: not found`);
    return 127;
  }
  const call = callOf(shell, words);
  try {
    const end = program(call);
    if (typeof end === 'number') return end;
    if (!(end instanceof Promise)) return yield* end;
    return (yield end) as number;
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    call.error(`${name}: ${error.message}\n`);
    return 1;
  }
}
