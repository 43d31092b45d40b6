import { parseScript } from '../shell/parse.ts';
import type { Program } from '../shell/programs.ts';
import { runList } from '../shell/run.ts';
import type { Shell } from '../shell/shell.ts';
import type { Stream } from '../shell/streams.ts';
import { createTable } from '../shell/table.ts';
import { type List, SyntaxProblem, Unfinished } from '../shell/syntax.ts';
import { createTasks, type Task, type Tasks } from '../shell/tasks.ts';
import { createFiles, type Files, type Folder, newFile, newFolder } from './files.ts';
import { filePrograms } from './programs/files.ts';
import { systemPrograms } from './programs/system.ts';
import { textPrograms } from './programs/texts.ts';

/** What a machine says of itself. */
export interface About {
  hostName: string;
  kernel: string;
  architecture: string;
}

/** One simulated computer: files, processes, programs and a clock, all in memory. */
export interface Machine {
  readonly about: About;
  readonly files: Files;
  readonly tasks: Tasks;
  /** By name, or by a path that ends in it. */
  program(name: string): Program | undefined;
  now(): Date;
  parse(text: string): List;
  /** Puts the processes of this moment under /proc. */
  showTasks(): void;
  /** Runs a command line as the login shell of root would. */
  login(command: string, streams: { input: Stream; output: Stream; errors: Stream }): Task;
}

const common: Record<string, Program | undefined> = {
  ...filePrograms,
  ...textPrograms,
  ...systemPrograms,
};

const environment: readonly (readonly [string, string])[] = [
  ['PATH', '/usr/bin:/bin'],
  ['HOME', '/root'],
  ['USER', 'root'],
  ['PWD', '/root'],
];

/** Makes a machine over a file system. @param programs what it has beyond what every system has */
export const createMachine = (options: {
  about: About;
  root: Folder;
  programs: Record<string, Program | undefined>;
  now: () => Date;
}): Machine => {
  const { about, root, programs, now } = options;
  const files = createFiles(root);
  const tasks = createTasks();

  const machine: Machine = {
    about,
    files,
    tasks,
    program(name) {
      const short = name.slice(name.lastIndexOf('/') + 1);
      return Object.hasOwn(programs, short)
        ? programs[short]
        : Object.hasOwn(common, short)
          ? common[short]
          : undefined;
    },
    now,
    parse: parseScript,
    showTasks() {
      const proc = files.find('/proc');
      if (proc?.kind !== 'folder') return;
      for (const name of proc.entries.keys()) if (/^[0-9]+$/.test(name)) proc.entries.delete(name);
      for (const { pid, parent } of tasks.all()) {
        const folder = newFolder(0o555);
        folder.entries.set('stat', newFile(`${pid} (sh) S ${parent} ${pid} ${pid} 0 -1\n`, 0o444));
        proc.entries.set(String(pid), folder);
      }
    },
    login: (command, { input, output, errors }) =>
      tasks.start(1, function* (task) {
        const shell: Shell = {
          machine,
          task,
          pid: task.pid,
          variables: createTable(environment),
          exported: createTable(environment.map(([name]) => [name, true])),
          functions: createTable(),
          words: [],
          streams: new Map([
            [0, input],
            [1, output],
            [2, errors],
          ]),
          traps: new Map(),
          folder: '/root',
          umask: 0o022,
          status: 0,
          lastJob: null,
          hasNoGlob: false,
          flow: null,
        };
        try {
          return yield* runList(shell, parseScript(`${command}\n`));
        } catch (error) {
          if (!(error instanceof SyntaxProblem) && !(error instanceof Unfinished)) throw error;
          errors.write(`sh: syntax error: ${error.message}\n`);
          return 2;
        }
      }),
  };
  return machine;
};
