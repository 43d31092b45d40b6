import { FileProblem } from '../system/files.ts';
import { isTrue } from './condition.ts';
import { format } from './print.ts';
import { invoke, runList, runTraps } from './run.ts';
import { absolute, complain, say, type Shell } from './shell.ts';
import { SyntaxProblem, Unfinished } from './syntax.ts';
import { type Signal, signalNumbers, type Step } from './tasks.ts';

type Builtin = (shell: Shell, words: readonly string[]) => number | Step<number>;

const leave =
  (kind: 'return' | 'exit'): Builtin =>
  (shell, [status]) => {
    shell.flow = { kind, count: 0 };
    return status === undefined ? shell.status : Number(status) & 0xff;
  };

const leaveLoop =
  (kind: 'break' | 'continue'): Builtin =>
  (shell, [count = '1']) => {
    shell.flow = { kind, count: Number(count) };
    return 0;
  };

function* evaluate(shell: Shell, words: readonly string[]): Step<number> {
  try {
    const list = shell.machine.parse(words.join(' '));
    if (list.length === 0) shell.status = 0;
    return yield* runList(shell, list);
  } catch (error) {
    if (!(error instanceof SyntaxProblem) && !(error instanceof Unfinished)) throw error;
    complain(shell, `eval: syntax error: ${error.message}`);
    return 2;
  }
}

const set: Builtin = (shell, words) => {
  const [first = '', ...rest] = words;
  if (first === '-f') shell.hasNoGlob = true;
  else if (first === '+f') shell.hasNoGlob = false;
  else if (first === '--') shell.words = rest;
  else if (/^[-+]/.test(first)) return 0;
  else if (words.length > 0) shell.words = words;
  return 0;
};

const signalOf = (word: string): Signal | null => {
  const name = word.replace(/^-?(SIG)?/, '');
  const byNumber = Object.entries(signalNumbers).find(([, number]) => String(number) === name)?.[0];
  const found = byNumber ?? name;
  return found in signalNumbers ? (found as Signal) : null;
};

const trap: Builtin = (shell, [action = '-', ...names]) => {
  for (const name of names) {
    const signal = signalOf(name);
    if (!signal) continue;
    if (action === '-') shell.traps.delete(signal);
    else shell.traps.set(signal, action);
  }
  shell.task.traps = shell.traps;
  return 0;
};

const kill: Builtin = (shell, words) => {
  const [first = '', ...rest] = words;
  let signal: Signal | null = 'TERM';
  let targets = words;
  const isQuestion = first === '-0';
  if (first.startsWith('-')) {
    targets = first === '-s' ? rest.slice(1) : rest;
    signal = isQuestion ? null : signalOf(first === '-s' ? (rest[0] ?? '') : first);
  }
  let status = 0;
  for (const word of targets) {
    const task = shell.machine.tasks.get(Number(word));
    if (!task && Number(word) !== 1) {
      say(shell, 2, `sh: kill: (${word}): No such process\n`);
      status = 1;
    } else if (signal && task) task.kill(signal);
  }
  return status;
};

function* wait(shell: Shell, words: readonly string[]): Step<number> {
  const { jobs } = shell.task;
  const pids = words.length > 0 ? words.map(Number) : [...jobs.keys()];
  let status = 0;
  for (const pid of pids) {
    const job = jobs.get(pid);
    if (!job) {
      status = 127;
      continue;
    }
    const end = job.status ?? ((yield shell.task.wait(job.ended)) as number | null);
    if (end === null) {
      const [signal = 'TERM'] = shell.task.pending;
      yield* runTraps(shell);
      if (shell.flow) return shell.status;
      return 128 + signalNumbers[signal];
    }
    jobs.delete(pid);
    status = end;
  }
  return words.length > 0 ? status : 0;
}

/** Distributes a line among names as `read` does: the last one gets the rest. */
const distribute = (shell: Shell, line: string, names: readonly string[]): void => {
  const separators = shell.variables.get('IFS') ?? ' \t\n';
  const isBlank = (char = ''): boolean => char !== '' && ' \t\n'.includes(char) && separators.includes(char);
  const isSeparator = (char = ''): boolean => char !== '' && separators.includes(char);
  let at = 0;
  const skip = (): void => {
    while (isBlank(line[at])) at += 1;
  };
  for (const [index, name] of names.entries()) {
    skip();
    let end = at;
    if (index === names.length - 1) {
      end = line.length;
      while (end > at && isBlank(line[end - 1])) end -= 1;
      shell.variables.set(name, line.slice(at, end));
      return;
    }
    while (end < line.length && !isSeparator(line[end])) end += 1;
    shell.variables.set(name, line.slice(at, end));
    at = end;
    skip();
    if (at < line.length && isSeparator(line[at]) && !isBlank(line[at])) at += 1;
  }
};

function* read(shell: Shell, words: readonly string[]): Step<number> {
  const names = words.filter((word) => word !== '-r');
  const option = names.find((word) => word.startsWith('-'));
  if (option !== undefined) {
    complain(shell, `read: Illegal option ${option}`);
    return 2;
  }
  const stream = shell.streams.get(0);
  const next = stream?.line() ?? null;
  const line = next instanceof Promise ? ((yield next) as string | null) : next;
  distribute(shell, (line ?? '').replace(/\n$/, ''), names.length > 0 ? names : ['REPLY']);
  return line?.endsWith('\n') ? 0 : 1;
}

function* command(shell: Shell, words: readonly string[]): Step<number> {
  const [first = '', name = ''] = words;
  if (first !== '-v' && first !== '-V') {
    yield* invoke(shell, words, true);
    return shell.status;
  }
  if (shell.functions.has(name) || builtins[name]) say(shell, 1, `${name}\n`);
  else if (shell.machine.program(name)) say(shell, 1, `/usr/bin/${name}\n`);
  else return 127;
  return 0;
}

const cd: Builtin = (shell, words) => {
  const target = words.find((word) => word !== '-P' && word !== '-L') ?? '/root';
  const path = absolute(shell.folder, target);
  const node = shell.machine.files.find(path);
  if (node?.kind !== 'folder') throw new FileProblem(`can't cd to ${target}`);
  shell.folder = shell.machine.files.real(path);
  shell.variables.set('PWD', shell.folder);
  return 0;
};

const assign =
  (isExported: boolean): Builtin =>
  (shell, words) => {
    for (const word of words) {
      const at = word.indexOf('=');
      const name = at < 0 ? word : word.slice(0, at);
      if (at >= 0) shell.variables.set(name, word.slice(at + 1));
      if (isExported) shell.exported.set(name, true);
    }
    return 0;
  };

function* exec(shell: Shell, words: readonly string[]): Step<number> {
  if (words.length === 0) return 0;
  yield* invoke(shell, words, true);
  shell.flow = { kind: 'exit', count: 0 };
  return shell.status;
}

const test: Builtin = (shell, words) => (isTrue(shell, words) ? 0 : 1);

/** The builtins of the shell that Mooring's scripts use. */
export const builtins: Record<string, Builtin | undefined> = {
  __proto__: null as never,
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  '[': (shell, words) => test(shell, words.slice(0, -1)),
  test,
  printf(shell, [pattern = '', ...words]) {
    say(shell, 1, format(pattern, words));
    return 0;
  },
  echo(shell, words) {
    const isOpen = words[0] === '-n';
    say(shell, 1, (isOpen ? words.slice(1) : words).join(' ') + (isOpen ? '' : '\n'));
    return 0;
  },
  return: leave('return'),
  exit: leave('exit'),
  break: leaveLoop('break'),
  continue: leaveLoop('continue'),
  eval: evaluate,
  set,
  shift(shell, [count = '1']) {
    shell.words = shell.words.slice(Number(count));
    return 0;
  },
  unset(shell, words) {
    for (const word of words) shell.variables.delete(word);
    return 0;
  },
  export: assign(true),
  readonly: assign(false),
  trap,
  kill,
  wait,
  read,
  command,
  exec,
  cd,
  pwd(shell) {
    say(shell, 1, `${shell.folder}\n`);
    return 0;
  },
  umask(shell, [mode]) {
    if (mode === undefined) say(shell, 1, `${shell.umask.toString(8).padStart(4, '0')}\n`);
    else shell.umask = parseInt(mode, 8);
    return 0;
  },
};
