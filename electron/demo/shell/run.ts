import { FileProblem } from '../system/files.ts';
import { builtins } from './builtins.ts';
import { expandFields, expandPattern, expandText, type Outputs, substitute } from './expand.ts';
import { patternOf } from './pattern.ts';
import { runProgram } from './programs.ts';
import { openRedirects } from './redirect.ts';
import { complain, inFork, type Shell } from './shell.ts';
import { gathering, reading } from './streams.ts';
import type { AndOr, Command, List, Pipeline, Redirect, Word } from './syntax.ts';
import type { Step } from './tasks.ts';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

const none: Outputs = [];

/** Runs the actions of traps whose signals came. */
export function* runTraps(shell: Shell): Step<void> {
  for (let signal = shell.task.pending.shift(); signal; signal = shell.task.pending.shift()) {
    const action = shell.traps.get(signal);
    if (action) yield* runList(shell, shell.machine.parse(action));
  }
}

/** Runs commands until one leaves the list. @returns the status of the last */
export function* runList(shell: Shell, list: List): Step<number> {
  for (const item of list) {
    if (item.isBackground) startJob(shell, item);
    else yield* runAndOr(shell, item);
    if (shell.task.pending.length > 0) yield* runTraps(shell);
    if (shell.task.isKilled) shell.flow = { kind: 'exit', count: 0 };
    if (shell.flow) break;
  }
  return shell.status;
}

const startJob = (shell: Shell, item: AndOr): void => {
  const job = shell.machine.tasks.start(shell.task.pid, (task) =>
    inFork(
      shell,
      function* (child) {
        task.traps = child.traps;
        yield* runAndOr(child, { ...item, isBackground: false });
        return child.status;
      },
      task,
    ),
  );
  shell.lastJob = job.pid;
  shell.task.jobs.set(job.pid, job);
  shell.status = 0;
};

function* runAndOr(shell: Shell, { first, rest }: AndOr): Step<void> {
  yield* runPipeline(shell, first);
  for (const { operator, pipeline } of rest) {
    if (shell.flow) return;
    if ((shell.status === 0) === (operator === '&&')) yield* runPipeline(shell, pipeline);
  }
}

/** Parts of a pipeline run one after the other, each with what the one before it printed. */
function* runPipeline(shell: Shell, { isNegated, commands }: Pipeline): Step<void> {
  const [only] = commands;
  if (commands.length === 1 && only) yield* runCommand(shell, only);
  else {
    let input = shell.streams.get(0);
    for (const [index, command] of commands.entries()) {
      const output = gathering();
      const streams = new Map(shell.streams);
      if (input) streams.set(0, input);
      if (index < commands.length - 1) streams.set(1, output);
      yield* inFork(shell, function* (child) {
        child.streams = streams;
        yield* runCommand(child, command);
        shell.status = child.status;
      });
      input = reading(output.text());
    }
  }
  if (isNegated && !shell.flow) shell.status = shell.status === 0 ? 1 : 0;
}

function* capture(shell: Shell, body: List): Step<string> {
  const output = gathering();
  yield* inFork(shell, function* (child) {
    child.streams = new Map(shell.streams).set(1, output);
    shell.status = yield* runList(child, body);
  });
  return output.text().replace(/\n+$/, '');
}

const outputsOf = (shell: Shell, words: readonly Word[]): Step<Outputs> =>
  substitute(shell, words, (body) => capture(shell, body));

const needsCommands = (words: readonly Word[]): boolean => words.some((word) => word.hasCommand);

/** Runs `work` with the redirects in force; one that cannot be opened keeps it from running. */
function* redirected(shell: Shell, redirects: readonly Redirect[], work: () => Step<void>): Step<void> {
  if (redirects.length === 0) return yield* work();
  const targets = redirects.map(({ target }) => target);
  const outputs = needsCommands(targets) ? yield* outputsOf(shell, targets) : none;
  const before = shell.streams;
  const opened = openRedirects(shell, redirects, outputs);
  if (opened === null) return;
  shell.streams = opened;
  try {
    yield* work();
  } finally {
    shell.streams = before;
  }
}

function* runCommand(shell: Shell, command: Command): Step<void> {
  switch (command.kind) {
    case 'simple':
      return yield* runSimple(shell, command);
    case 'function':
      shell.functions.set(command.name, command.body);
      shell.status = 0;
      return;
    case 'group':
      return yield* redirected(shell, command.redirects, function* () {
        yield* runList(shell, command.body);
      });
    case 'subshell':
      return yield* redirected(shell, command.redirects, function* () {
        shell.status = yield* inFork(shell, (child) => runList(child, command.body));
      });
    case 'if':
      return yield* redirected(shell, command.redirects, () => runIf(shell, command));
    case 'while':
      return yield* redirected(shell, command.redirects, () => runWhile(shell, command));
    case 'for':
      return yield* redirected(shell, command.redirects, () => runFor(shell, command));
    case 'case':
      return yield* redirected(shell, command.redirects, () => runCase(shell, command));
  }
}

function* runIf(shell: Shell, { branches, otherwise }: Of<'if'>): Step<void> {
  for (const { test, body } of branches) {
    yield* runList(shell, test);
    if (shell.flow) return;
    if (shell.status === 0) {
      yield* runList(shell, body);
      return;
    }
  }
  shell.status = 0;
  if (otherwise) yield* runList(shell, otherwise);
}

/** Whether a loop ends, after one turn of its body. */
const leavesLoop = (shell: Shell): boolean => {
  const { flow } = shell;
  if (!flow) return false;
  if (flow.kind === 'return' || flow.kind === 'exit') return true;
  flow.count -= 1;
  if (flow.count > 0) return true;
  shell.flow = null;
  return flow.kind === 'break';
};

/** A loop that never waits must not keep the other devices of its process from their turn. */
const turnsBeforeRest = 1000;

function* runWhile(shell: Shell, { isUntil, test, body }: Of<'while'>): Step<void> {
  let status = 0;
  for (let turn = 1; ; turn += 1) {
    yield* runList(shell, test);
    if (leavesLoop(shell)) return;
    if ((shell.status === 0) === isUntil) break;
    status = yield* runList(shell, body);
    if (leavesLoop(shell)) return;
    if (turn % turnsBeforeRest === 0) yield new Promise((resolve) => setImmediate(resolve));
  }
  shell.status = status;
}

function* runFor(shell: Shell, { name, words, body }: Of<'for'>): Step<void> {
  const outputs = words && needsCommands(words) ? yield* outputsOf(shell, words) : none;
  const values = words === null ? shell.words : expandFields(shell, words, outputs);
  shell.status = 0;
  for (const value of values) {
    shell.variables.set(name, value);
    yield* runList(shell, body);
    if (leavesLoop(shell)) return;
  }
}

function* runCase(shell: Shell, { word, branches }: Of<'case'>): Step<void> {
  const text = expandText(shell, word, word.hasCommand ? yield* outputsOf(shell, [word]) : none);
  shell.status = 0;
  for (const { patterns, body } of branches) {
    for (const pattern of patterns) {
      const outputs = pattern.hasCommand ? yield* outputsOf(shell, [pattern]) : none;
      const isMatch = patternOf(expandPattern(shell, pattern, outputs)).test(text);
      if (!isMatch) continue;
      yield* runList(shell, body);
      return;
    }
  }
}

/** Variables that stand before a command hold for it alone. */
const assignFor = (shell: Shell, values: readonly (readonly [string, string])[]): (() => void) => {
  const before = values.map(([name]) => [name, shell.variables.get(name), shell.exported.has(name)] as const);
  for (const [name, value] of values) {
    shell.variables.set(name, value);
    shell.exported.set(name, true);
  }
  return () => {
    for (const [name, value, wasExported] of before) {
      if (value === undefined) shell.variables.delete(name);
      else shell.variables.set(name, value);
      if (!wasExported) shell.exported.delete(name);
    }
  };
};

function* runSimple(shell: Shell, { assignments, words, redirects }: Of<'simple'>): Step<void> {
  const fields = expandFields(shell, words, needsCommands(words) ? yield* outputsOf(shell, words) : none);
  const values: [string, string][] = [];
  for (const { name, value } of assignments) {
    const text = expandText(shell, value, value.hasCommand ? yield* outputsOf(shell, [value]) : none);
    if (fields.length === 0) shell.variables.set(name, text);
    else values.push([name, text]);
  }
  if (fields.length === 0) {
    // With a substitution, its status is that of the whole.
    if (!assignments.some(({ value }) => value.hasCommand)) shell.status = 0;
    if (redirects.length > 0) yield* redirected(shell, redirects, function* () {});
    return;
  }
  const restore = values.length > 0 ? assignFor(shell, values) : null;
  yield* redirected(shell, redirects, () => invoke(shell, fields));
  restore?.();
}

/** Runs a function, a builtin or a program. */
export function* invoke(shell: Shell, fields: readonly string[], skipsFunctions = false): Step<void> {
  const [name = '', ...rest] = fields;
  const body = skipsFunctions ? undefined : shell.functions.get(name);
  if (body) return yield* callFunction(shell, body, rest);
  const builtin = builtins[name];
  try {
    if (builtin) {
      const end = builtin(shell, rest);
      shell.status = typeof end === 'number' ? end : yield* end;
    } else shell.status = yield* runProgram(shell, name, rest);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    complain(shell, `${name}: ${error.message}`);
    shell.status = 1;
  }
}

function* callFunction(shell: Shell, body: Command, words: readonly string[]): Step<void> {
  const before = shell.words;
  shell.words = words;
  yield* runCommand(shell, body);
  shell.words = before;
  // TypeScript does not see that the body may have set it.
  const flow = shell.flow as Shell['flow'];
  if (flow?.kind === 'return') shell.flow = null;
}
