import { compounds, readFunction } from './compound.ts';
import {
  type AndOr,
  type Command,
  type Cursor,
  type List,
  type Pipeline,
  type Redirect,
  SyntaxProblem,
  Unfinished,
  type Word,
} from './syntax.ts';
import { makeWord, readQuoted, readWord, take, textWord } from './words.ts';

export const reserved =
  /(?:if|then|elif|else|fi|while|until|do|done|for|in|case|esac|\{|\}|!)(?=[\s;&|()<>]|$)/y;
const assignment = /[A-Za-z_][A-Za-z0-9_]*=/y;
const functionHead = /([A-Za-z_][A-Za-z0-9_]*)\s*\(\s*\)/y;
const redirection = /([0-9]*)(<<-?|<&|>&|>>|>\||<>|<|>)/y;

export const peek = (cursor: Cursor, pattern: RegExp): string => {
  pattern.lastIndex = cursor.at;
  return pattern.exec(cursor.text)?.[0] ?? '';
};

export const skipBlanks = (cursor: Cursor): void => {
  take(cursor, /(?:[ \t]|\\\n)*/y);
  if (cursor.text[cursor.at] === '#') take(cursor, /[^\n]*/y);
};

/** The bodies of here-documents lie behind the line they stand in. */
const readHereDocuments = (cursor: Cursor): void => {
  for (const { delimiter, isQuoted, redirect } of cursor.pending) {
    let body = '';
    for (;;) {
      const end = cursor.text.indexOf('\n', cursor.at);
      if (end < 0) throw new Unfinished();
      const line = cursor.text.slice(cursor.at, end);
      cursor.at = end + 1;
      if (line === delimiter) break;
      body += `${line}\n`;
    }
    const inner: Cursor = { text: body, at: 0, pending: [] };
    redirect.target = isQuoted ? textWord(body) : makeWord(readQuoted(inner, readSubstitution, ''));
  }
  cursor.pending = [];
};

export const skipLines = (cursor: Cursor): void => {
  for (;;) {
    skipBlanks(cursor);
    if (cursor.text[cursor.at] !== '\n') return;
    cursor.at += 1;
    if (cursor.pending.length > 0) readHereDocuments(cursor);
  }
};

export const expect = (cursor: Cursor, word: string): void => {
  skipLines(cursor);
  if (cursor.at >= cursor.text.length) throw new Unfinished();
  if (!cursor.text.startsWith(word, cursor.at)) {
    throw new SyntaxProblem(`"${word}" is missing before "${cursor.text.slice(cursor.at, cursor.at + 20)}"`);
  }
  cursor.at += word.length;
};

export const requireWord = (cursor: Cursor): Word => {
  skipBlanks(cursor);
  const word = readWord(cursor, readSubstitution);
  if (word) return word;
  if (cursor.at >= cursor.text.length) throw new Unfinished();
  throw new SyntaxProblem(`a word is missing before "${cursor.text.slice(cursor.at, cursor.at + 20)}"`);
};

const readRedirect = (cursor: Cursor): Redirect | null => {
  redirection.lastIndex = cursor.at;
  const [whole, fd = '', operator = ''] = redirection.exec(cursor.text) ?? [];
  if (whole === undefined) return null;
  cursor.at += whole.length;
  const isInput = operator.startsWith('<');
  const number = fd === '' ? (isInput ? 0 : 1) : Number(fd);
  const target = requireWord(cursor);
  if (operator.startsWith('<<')) {
    const redirect: Redirect = { fd: number, operator: '<<', target };
    const delimiter = target.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    const isQuoted = target.parts.some((part) => part.isQuoted);
    cursor.pending.push({ delimiter, isQuoted, redirect });
    return redirect;
  }
  const plain = operator === '>|' ? '>' : operator === '<>' ? '<' : operator;
  return { fd: number, operator: plain as Redirect['operator'], target };
};

export const readRedirects = (cursor: Cursor): Redirect[] => {
  const redirects: Redirect[] = [];
  for (;;) {
    skipBlanks(cursor);
    const redirect = readRedirect(cursor);
    if (!redirect) return redirects;
    redirects.push(redirect);
  }
};

const readSimple = (cursor: Cursor): Command => {
  const assignments: { name: string; value: Word }[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  for (;;) {
    skipBlanks(cursor);
    const redirect = readRedirect(cursor);
    if (redirect) {
      redirects.push(redirect);
      continue;
    }
    const name = words.length === 0 ? take(cursor, assignment) : '';
    const word = readWord(cursor, readSubstitution);
    if (name !== '') assignments.push({ name: name.slice(0, -1), value: word ?? makeWord([]) });
    else if (word) words.push(word);
    else break;
  }
  if (assignments.length + words.length + redirects.length === 0) {
    if (cursor.at >= cursor.text.length) throw new Unfinished();
    throw new SyntaxProblem(`unexpected "${cursor.text.slice(cursor.at, cursor.at + 20)}"`);
  }
  return { kind: 'simple', assignments, words, redirects };
};

export const readCommand = (cursor: Cursor): Command => {
  skipBlanks(cursor);
  functionHead.lastIndex = cursor.at;
  const head = functionHead.exec(cursor.text);
  if (head?.[1] !== undefined) return readFunction(cursor, head[0], head[1]);
  if (take(cursor, /\(/y) !== '') {
    const body = readSubstitution(cursor);
    return { kind: 'subshell', body, redirects: readRedirects(cursor) };
  }
  const word = peek(cursor, reserved);
  const compound = compounds[word];
  if (!compound) return readSimple(cursor);
  cursor.at += word.length;
  return compound(cursor);
};

const readPipeline = (cursor: Cursor): Pipeline => {
  skipBlanks(cursor);
  const isNegated = peek(cursor, reserved) === '!';
  if (isNegated) cursor.at += 1;
  const commands = [readCommand(cursor)];
  for (;;) {
    skipBlanks(cursor);
    if (take(cursor, /\|(?!\|)/y) === '') return { isNegated, commands };
    skipLines(cursor);
    commands.push(readCommand(cursor));
  }
};

const readAndOr = (cursor: Cursor): AndOr => {
  const first = readPipeline(cursor);
  const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
  for (;;) {
    skipBlanks(cursor);
    const operator = take(cursor, /&&|\|\|/y);
    if (operator === '') break;
    skipLines(cursor);
    rest.push({ operator: operator as '&&' | '||', pipeline: readPipeline(cursor) });
  }
  const isBackground = take(cursor, /&(?!&)/y) !== '';
  return { first, rest, isBackground };
};

/** Commands up to one of `ends`, which stays; with none, up to the end of the text. */
export const readList = (cursor: Cursor, ends: readonly string[]): List => {
  const list: AndOr[] = [];
  for (;;) {
    skipLines(cursor);
    if (cursor.at >= cursor.text.length) {
      if (ends.length === 0) return list;
      throw new Unfinished();
    }
    const word = peek(cursor, reserved) || peek(cursor, /;;|\)/y);
    if (ends.includes(word)) return list;
    list.push(readAndOr(cursor));
    skipBlanks(cursor);
    take(cursor, /;(?!;)/y);
  }
};

export const readSubstitution = (cursor: Cursor): List => {
  const body = readList(cursor, [')']);
  expect(cursor, ')');
  return body;
};

/**
 * Reads a script of the part of POSIX sh that Mooring's scripts are written in: no backquotes, no aliases.
 * @throws Unfinished when more text may complete it, SyntaxProblem otherwise
 */
export const parseScript = (text: string): List => {
  const cursor: Cursor = { text, at: 0, pending: [] };
  const list = readList(cursor, []);
  if (cursor.pending.length > 0) throw new Unfinished();
  return list;
};
