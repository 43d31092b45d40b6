import type { Call, Program } from '../../shell/programs.ts';
import { runList } from '../../shell/run.ts';
import type { Shell } from '../../shell/shell.ts';
import { type List, SyntaxProblem, Unfinished } from '../../shell/syntax.ts';
import { createTable } from '../../shell/table.ts';
import type { Step } from '../../shell/tasks.ts';
import { split } from './files.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `date +FORMAT`, always in UTC. */
const date: Program = ({ machine, words, out }) => {
  const now = machine.now();
  const pattern = words.find((word) => word.startsWith('+'))?.slice(1) ?? '%Y-%m-%d %H:%M:%S';
  const fields: Record<string, string> = {
    s: String(Math.floor(now.getTime() / 1000)),
    Y: String(now.getUTCFullYear()),
    m: two(now.getUTCMonth() + 1),
    d: two(now.getUTCDate()),
    H: two(now.getUTCHours()),
    M: two(now.getUTCMinutes()),
    S: two(now.getUTCSeconds()),
    '%': '%',
  };
  out(`${pattern.replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole)}\n`);
  return 0;
};

const uname: Program = ({ machine, words, out }) => {
  const { flags } = split(words);
  const { hostName, kernel, architecture } = machine.about;
  const fields = [
    ['s', 'Linux'],
    ['n', hostName],
    ['r', kernel],
    ['m', architecture],
  ] as const;
  const wanted = fields.filter(([flag]) =>
    flags === '' ? flag === 's' : /a/.test(flags) || flags.includes(flag),
  );
  out(`${wanted.map(([, text]) => text).join(' ')}\n`);
  return 0;
};

const df: Program = ({ words, out }) => {
  const { rest } = split(words);
  out('Filesystem     1024-blocks    Used Available Capacity Mounted on\n');
  const line = '/dev/root          2031440 604112   1305892      32% /\n';
  out(line.repeat(Math.max(1, rest.length)));
  return 0;
};

const id: Program = ({ words, out }) => {
  const { flags } = split(words);
  const isName = flags.includes('n');
  out(/[ug]/.test(flags) ? `${isName ? 'root' : '0'}\n` : 'uid=0(root) gid=0(root) groups=0(root)\n');
  return 0;
};

const sleep: Program = ({ words, onEnd }) =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(0), Number(words[0] ?? 0) * 1000).unref();
    onEnd(() => clearTimeout(timer));
  });

const path = (work: (text: string) => string): Program => {
  return ({ words, out }) => {
    const text = (words[0] ?? '').replace(/\/+$/, '') || '/';
    out(`${work(text)}\n`);
    return 0;
  };
};

/** A shell that has of the other one only what was exported. */
const inner = ({ shell }: Call, words: readonly string[]): Shell => ({
  ...shell,
  variables: createTable(shell.variables.entries().filter(([name]) => shell.exported.has(name))),
  exported: createTable(shell.exported.entries()),
  functions: createTable(),
  traps: new Map(),
  words,
});

/** Runs what is complete; the rest waits for more. @returns what is left, or the status the shell ended with */
function* runComplete(shell: Shell, text: string, isLast: boolean): Step<string | number> {
  let list: List;
  try {
    list = shell.machine.parse(isLast ? `${text}\n` : text);
  } catch (error) {
    if (error instanceof Unfinished && !isLast) return text;
    if (!(error instanceof Unfinished) && !(error instanceof SyntaxProblem)) throw error;
    shell.streams.get(2)?.write('sh: syntax error\n');
    return 2;
  }
  const status = yield* runList(shell, list);
  return shell.flow ? status : '';
}

/** `sh -c TEXT`, `sh FILE`, or a script on standard input, run as it comes. */
const sh: Program = function* (call) {
  const { flags, rest } = split(call.words);
  const [first = '', ...more] = rest;
  const fromText = flags.includes('c') ? first : null;
  const fromFile = fromText === null && first !== '' ? call.machine.files.read(call.path(first)) : null;
  const shell = inner(call, more);
  const whole = fromText ?? fromFile;
  if (whole !== null) {
    const end = yield* runComplete(shell, whole, true);
    return typeof end === 'number' ? end : shell.status;
  }
  let held = '';
  for (;;) {
    const next = call.input.some();
    const text = next instanceof Promise ? ((yield next) as string | null) : next;
    const end = yield* runComplete(shell, held + (text ?? ''), text === null);
    if (typeof end === 'number') return end;
    if (text === null) return shell.status;
    held = end;
  }
};

export const systemPrograms = {
  date,
  uname,
  df,
  id,
  sleep,
  sync: (() => 0) satisfies Program,
  hostname: (({ machine, out }) => {
    out(`${machine.about.hostName}\n`);
    return 0;
  }) satisfies Program,
  basename: path((text) => text.slice(text.lastIndexOf('/') + 1)),
  dirname: path((text) => text.slice(0, text.lastIndexOf('/')) || '/'),
  sh,
};
