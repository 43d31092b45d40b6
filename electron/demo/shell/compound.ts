import {
  expect,
  peek,
  readCommand,
  readList,
  readRedirects,
  readSubstitution,
  requireWord,
  reserved,
  skipBlanks,
  skipLines,
} from './parse.ts';
import { type Command, type Cursor, type List, Unfinished, type Word } from './syntax.ts';
import { readWord, take } from './words.ts';

const readIf = (cursor: Cursor): Command => {
  const branches: { test: List; body: List }[] = [];
  let otherwise: List | null = null;
  for (let word = 'elif'; word === 'elif';) {
    const test = readList(cursor, ['then']);
    expect(cursor, 'then');
    branches.push({ test, body: readList(cursor, ['elif', 'else', 'fi']) });
    word = take(cursor, reserved);
    if (word === 'else') {
      otherwise = readList(cursor, ['fi']);
      expect(cursor, 'fi');
    }
  }
  return { kind: 'if', branches, otherwise, redirects: readRedirects(cursor) };
};

const readBody = (cursor: Cursor): List => {
  expect(cursor, 'do');
  const body = readList(cursor, ['done']);
  expect(cursor, 'done');
  return body;
};

const readWhile = (cursor: Cursor, isUntil: boolean): Command => {
  const test = readList(cursor, ['do']);
  const body = readBody(cursor);
  return { kind: 'while', isUntil, test, body, redirects: readRedirects(cursor) };
};

const readFor = (cursor: Cursor): Command => {
  skipBlanks(cursor);
  const name = take(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  skipLines(cursor);
  let words: Word[] | null = null;
  if (peek(cursor, reserved) === 'in') {
    cursor.at += 2;
    words = [];
    for (;;) {
      skipBlanks(cursor);
      const word = readWord(cursor, readSubstitution);
      if (!word) break;
      words.push(word);
    }
  }
  take(cursor, /;/y);
  const body = readBody(cursor);
  return { kind: 'for', name, words, body, redirects: readRedirects(cursor) };
};

const readCase = (cursor: Cursor): Command => {
  const word = requireWord(cursor);
  expect(cursor, 'in');
  const branches: { patterns: Word[]; body: List }[] = [];
  for (;;) {
    skipLines(cursor);
    if (take(cursor, /esac(?=[\s;&|)]|$)/y) !== '') break;
    take(cursor, /\(/y);
    const patterns = [requireWord(cursor)];
    skipBlanks(cursor);
    while (take(cursor, /\|/y) !== '') {
      patterns.push(requireWord(cursor));
      skipBlanks(cursor);
    }
    expect(cursor, ')');
    branches.push({ patterns, body: readList(cursor, [';;', 'esac']) });
    take(cursor, /;;/y);
  }
  return { kind: 'case', word, branches, redirects: readRedirects(cursor) };
};

const readGroup = (cursor: Cursor): Command => {
  const body = readList(cursor, ['}']);
  expect(cursor, '}');
  return { kind: 'group', body, redirects: readRedirects(cursor) };
};

/** What begins with a reserved word. */
export const compounds: Record<string, ((cursor: Cursor) => Command) | undefined> = {
  '{': readGroup,
  if: readIf,
  while: (cursor) => readWhile(cursor, false),
  until: (cursor) => readWhile(cursor, true),
  for: readFor,
  case: readCase,
};

/**
 * Scripts of one run differ in a few lines: functions are remembered by their text, up to a closing brace that begins a
 * line. Null: what ends there is no whole function.
 */
const known = new Map<string, Command | null>();
const mostKnown = 250;

const recall = (text: string, read: (cursor: Cursor) => Command): Command | null => {
  let command = known.get(text);
  if (command === undefined) {
    try {
      const cursor: Cursor = { text, at: 0, pending: [] };
      command = read(cursor);
      if (cursor.at < text.length) command = null;
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      command = null;
    }
  }
  known.delete(text);
  known.set(text, command);
  if (known.size > mostKnown) known.delete(known.keys().next().value ?? '');
  return command;
};

export const readFunction = (cursor: Cursor, head: string, name: string): Command => {
  const read = (from: Cursor): Command => {
    from.at += head.length;
    skipLines(from);
    return { kind: 'function', name, body: readCommand(from) };
  };
  const end = cursor.text.indexOf('\n}\n', cursor.at);
  if (end < 0 || !cursor.text.startsWith('{\n', cursor.at + head.length + 1)) return read(cursor);
  const text = cursor.text.slice(cursor.at, end + 2);
  const command = recall(text, read);
  if (!command) return read(cursor);
  cursor.at = end + 2;
  return command;
};
