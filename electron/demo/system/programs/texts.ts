import { createHash } from 'node:crypto';
import type { Call, Program } from '../../shell/programs.ts';
import type { Step } from '../../shell/tasks.ts';
import { FileProblem } from '../files.ts';
import { split } from './files.ts';

/** Everything on standard input. */
function* inputOf(call: Call): Step<string> {
  const all = call.input.all();
  return typeof all === 'string' ? all : ((yield all) as string);
}

/** A program that reads its files, or its input when none is named. */
const reader = (
  name: string,
  work: (call: Call, text: string, flags: string, words: string[], file: string) => number,
  options: { words?: number; valued?: string } = {},
): Program =>
  function* (call) {
    const { flags, rest } = split(call.words);
    const count = options.words ?? 0;
    const [words, files] = [rest.slice(0, count), rest.slice(count)];
    if (files.length === 0) return work(call, yield* inputOf(call), flags, words, '-');
    let status = 0;
    for (const file of files) {
      try {
        status = Math.max(status, work(call, call.machine.files.read(call.path(file)), flags, words, file));
      } catch (error) {
        if (!(error instanceof FileProblem)) throw error;
        call.error(`${name}: ${file}: ${error.message}\n`);
        status = name === 'grep' ? 2 : 1;
      }
    }
    return status;
  };

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const sums = new Map<string, string>();

/** Equal files on thousands of devices are hashed once. */
const sha256 = (data: string): string => {
  let sum = sums.get(data);
  if (sum === undefined) {
    sum = createHash('sha256').update(data, 'latin1').digest('hex');
    if (sums.size > 100) sums.clear();
    sums.set(data, sum);
  }
  return sum;
};

const sha256sum = reader('sha256sum', (call, text, _flags, _words, file) => {
  call.out(`${sha256(text)}  ${file}\n`);
  return 0;
});

const base64 = reader('base64', (call, text, flags) => {
  if (flags.includes('d')) call.out(Buffer.from(text, 'base64').toString('latin1'));
  else
    call.out(
      Buffer.from(text, 'latin1')
        .toString('base64')
        .replace(/.{1,76}/g, '$&\n'),
    );
  return 0;
});

const cat = reader('cat', (call, text) => {
  call.out(text);
  return 0;
});

/** `-n 5`, `-n5`, `-5`, `-c 800`: how much of an end is wanted. */
const amountOf = (words: readonly string[]): { unit: 'n' | 'c'; count: number; files: string[] } => {
  const [first = '', second = ''] = words;
  const [, unit = 'n', digits = ''] = /^-([nc]?)\+?([0-9]*)$/.exec(first) ?? [];
  if (!/^-[nc0-9]/.test(first)) return { unit: 'n', count: 10, files: [...words] };
  const isApart = digits === '';
  return {
    unit: unit === 'c' ? 'c' : 'n',
    count: Number(isApart ? second : digits),
    files: words.slice(isApart ? 2 : 1),
  };
};

const end =
  (isTail: boolean): Program =>
  (call) => {
    const { unit, count, files } = amountOf(call.words);
    const cut = <T>(all: readonly T[]): readonly T[] =>
      isTail ? all.slice(-count || all.length) : all.slice(0, count);
    const work = reader(isTail ? 'tail' : 'head', (inner, text) => {
      if (unit === 'c') inner.out(isTail ? text.slice(-count) : text.slice(0, count));
      else inner.out(joined(cut(linesOf(text))));
      return 0;
    });
    return work({ ...call, words: files });
  };

/** The bytes a set of `tr` names. */
const setOf = (text: string): string => {
  const plain = text.replace(/\\([0-7]{1,3})|\\(.)/g, (_, octal?: string, char?: string) =>
    octal !== undefined
      ? String.fromCharCode(parseInt(octal, 8))
      : ({ n: '\n', r: '\r', t: '\t' }[char as 'n'] ?? char ?? ''),
  );
  return plain.replace(/([^])-([^])/g, (_, from: string, to: string) => {
    const first = from.charCodeAt(0);
    return String.fromCharCode(
      ...Array.from({ length: to.charCodeAt(0) - first + 1 }, (_unused, at) => first + at),
    );
  });
};

const tr: Program = function* (call) {
  const { flags, rest } = split(call.words);
  const from = setOf(rest[0] ?? '');
  const to = setOf(rest[1] ?? '');
  let text = '';
  for (const char of yield* inputOf(call)) {
    const at = from.indexOf(char);
    if (at < 0) text += char;
    else if (!flags.includes('d')) text += to[Math.min(at, to.length - 1)] ?? '';
  }
  call.out(text);
  return 0;
};

/** A basic regular expression of POSIX as one of ours. */
const expressionOf = (basic: string, flags: string): RegExp => {
  let source = '';
  for (let at = 0; at < basic.length; at += 1) {
    const char = basic[at] ?? '';
    if (char === '[') {
      const close = basic.indexOf(']', at + (basic[at + 1] === '^' ? 3 : 2));
      const set = basic
        .slice(at + 1, close)
        .replace('[:space:]', '\\s')
        .replace('[:digit:]', '0-9');
      source += `[${set.replace(/\\(?!s)/g, '\\\\')}]`;
      at = close;
    } else if (char === '\\') {
      const next = basic[at + 1] ?? '';
      source += '(){}|+?'.includes(next) ? next : `\\${next}`;
      at += 1;
    } else source += '(){}|+?'.includes(char) ? `\\${char}` : char;
  }
  return new RegExp(source, flags);
};

const grep: Program = function* (call) {
  const { flags } = split(call.words);
  const work = reader(
    'grep',
    (inner, text, _flags, [pattern = '']) => {
      const plain = pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      const isPlain = flags.includes('F');
      const ways = flags.includes('i') ? 'i' : '';
      const expression = isPlain
        ? new RegExp(plain, ways)
        : flags.includes('E')
          ? new RegExp(pattern, ways)
          : expressionOf(pattern, ways);
      const found = linesOf(text).filter((line) => expression.test(line) !== flags.includes('v'));
      if (flags.includes('c')) inner.out(`${found.length}\n`);
      else if (!/[qs]*q/.test(flags)) inner.out(joined(found));
      return found.length > 0 ? 0 : 1;
    },
    { words: 1 },
  );
  return yield* work(call) as Step<number>;
};

/** `s/expression/text/flags` and nothing else, as often as it stands there. */
const sed: Program = function* (call) {
  const { rest } = split(call.words);
  const commands = (rest[0] ?? '').split(/;|\n/).filter((command) => command !== '');
  const edits = commands.map((command) => {
    const mark = command[1] ?? '/';
    const [, pattern = '', replacement = '', flags = ''] = command.split(new RegExp(`(?<!\\\\)\\${mark}`));
    const expression = expressionOf(pattern, flags.includes('g') ? 'g' : '');
    const text = replacement.replace(/\$/g, '$$$$').replace(/\\(.)|&/g, (all, escaped?: string) => {
      if (all === '&') return '$&';
      return /[1-9]/.test(escaped ?? '') ? `$${escaped}` : (escaped ?? '');
    });
    return (line: string): string => line.replace(expression, text);
  });
  if (!commands.every((command) => command.startsWith('s'))) {
    call.error('sed: only substitutions are played here\n');
    return 1;
  }
  const work = reader('sed', (inner, text) => {
    const lines = linesOf(text).map((line) => edits.reduce((now, edit) => edit(now), line));
    inner.out(text.endsWith('\n') || lines.length === 0 ? joined(lines) : lines.join('\n'));
    return 0;
  });
  return yield* work({ ...call, words: rest.slice(1) }) as Step<number>;
};

const wc = reader('wc', (call, text, flags) => {
  call.out(`${flags.includes('c') ? text.length : linesOf(text).length}\n`);
  return 0;
});

const sort = reader('sort', (call, text, flags) => {
  const lines = linesOf(text).sort();
  call.out(joined(flags.includes('u') ? [...new Set(lines)] : lines));
  return 0;
});

const cut: Program = (call) => {
  const text = call.words.join(' ');
  const separator = /-d ?(\S|' ')/.exec(text)?.[1] ?? '\t';
  const field = Number(/-f ?([0-9]+)/.exec(text)?.[1] ?? 1);
  const work = reader('cut', (inner, input) => {
    inner.out(joined(linesOf(input).map((line) => line.split(separator)[field - 1] ?? '')));
    return 0;
  });
  return work({ ...call, words: [] });
};

export const textPrograms = {
  sha256sum,
  base64,
  cat,
  head: end(false),
  tail: end(true),
  tr,
  grep,
  sed,
  wc,
  sort,
  cut,
};
