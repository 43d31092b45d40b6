import { type Cursor, type List, type Part, SyntaxProblem, Unfinished, type Word } from './syntax.ts';

/** Reads the commands of a substitution up to its closing bracket. */
type ReadCommands = (cursor: Cursor) => List;

const name = /[A-Za-z_][A-Za-z0-9_]*|[0-9]|[@*#?$!-]/y;
/** In braces a word of the call may have a number of several digits. */
const bracedName = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]/y;
const plain = /[^\s'"\\$`;&|<>()]+/y;
const quotedPlain = /[^"\\$`]+/y;
const herePlain = /[^\\$`]+/y;

/** What matches at the cursor, which moves behind it; empty when nothing does. */
export const take = (cursor: Cursor, pattern: RegExp): string => {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
};

const charAt = (cursor: Cursor): string => {
  const char = cursor.text[cursor.at];
  if (char === undefined) throw new Unfinished();
  return char;
};

export const makeWord = (parts: Part[]): Word => {
  const isText = parts.every((part) => part.kind === 'text' && (part.isQuoted || !/[*?[~]/.test(part.text)));
  return {
    parts,
    literal: isText ? parts.map((part) => (part.kind === 'text' ? part.text : '')).join('') : null,
    hasCommand: parts.some(
      (part) =>
        part.kind === 'command' ||
        (part.kind === 'arithmetic' && part.word.hasCommand) ||
        (part.kind === 'parameter' && (part.word?.hasCommand ?? false)),
    ),
  };
};

export const textWord = (text: string): Word => makeWord([{ kind: 'text', text, isQuoted: true }]);

const readSingle = (cursor: Cursor): Part => {
  const end = cursor.text.indexOf("'", cursor.at + 1);
  if (end < 0) throw new Unfinished();
  const text = cursor.text.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  return { kind: 'text', text, isQuoted: true };
};

const readDouble = (cursor: Cursor, commands: ReadCommands): Part[] => {
  cursor.at += 1;
  const parts = readQuoted(cursor, commands, '"');
  cursor.at += 1;
  return parts.length === 0 ? [{ kind: 'text', text: '', isQuoted: true }] : parts;
};

/** Text between double quotes, or of a here-document, up to `end`; an empty one means the end of the text. */
export const readQuoted = (cursor: Cursor, commands: ReadCommands, end: '"' | '' | '}'): Part[] => {
  const parts: Part[] = [];
  const isEnd = (): boolean => (end === '' ? cursor.at >= cursor.text.length : charAt(cursor) === end);
  while (!isEnd()) {
    const text = take(cursor, end === '"' ? quotedPlain : herePlain);
    if (text !== '') parts.push({ kind: 'text', text, isQuoted: true });
    if (isEnd()) break;
    const char = charAt(cursor);
    if (char === '$') parts.push(readDollar(cursor, commands, true));
    else if (char === '\\') {
      const next = cursor.text[cursor.at + 1];
      if (next === undefined) throw new Unfinished();
      cursor.at += 2;
      const isEscape = '$`\\'.includes(next) || (next === '"' && end === '"');
      if (next !== '\n') parts.push({ kind: 'text', text: isEscape ? next : `\\${next}`, isQuoted: true });
    } else throw new SyntaxProblem('backquotes are not played here');
  }
  return parts;
};

const readBraced = (cursor: Cursor, commands: ReadCommands, isQuoted: boolean): Part => {
  if (cursor.text[cursor.at] === '#' && cursor.text[cursor.at + 1] !== '}') {
    cursor.at += 1;
    const length = take(cursor, bracedName);
    if (charAt(cursor) !== '}') throw new SyntaxProblem('a length has a name');
    cursor.at += 1;
    return { kind: 'length', name: length, isQuoted };
  }
  const parameter = take(cursor, bracedName);
  const operator = take(cursor, /:?[-+=?]|%%?|##?/y);
  if (operator === '') {
    if (charAt(cursor) !== '}') throw new SyntaxProblem(`\${${parameter} is not closed`);
    cursor.at += 1;
    return { kind: 'parameter', name: parameter, operator, word: null, isQuoted };
  }
  const isPattern = operator.startsWith('%') || operator.startsWith('#');
  const parts: Part[] = [];
  while (charAt(cursor) !== '}') parts.push(...readPiece(cursor, commands, isQuoted && !isPattern));
  cursor.at += 1;
  return { kind: 'parameter', name: parameter, operator, word: makeWord(parts), isQuoted };
};

/** One piece of the word inside `${name:-word}`, in which blanks are text. */
const readPiece = (cursor: Cursor, commands: ReadCommands, isQuoted: boolean): Part[] => {
  const char = charAt(cursor);
  if (char === "'" && !isQuoted) return [readSingle(cursor)];
  if (char === '"') return readDouble(cursor, commands);
  if (char === '$') return [readDollar(cursor, commands, isQuoted)];
  if (char === '\\') {
    const text = cursor.text[cursor.at + 1] ?? '';
    cursor.at += 2;
    return [{ kind: 'text', text, isQuoted: true }];
  }
  return [{ kind: 'text', text: take(cursor, /[^'"\\$`}]+|'/y), isQuoted }];
};

const readArithmetic = (cursor: Cursor, commands: ReadCommands, isQuoted: boolean): Part => {
  const parts: Part[] = [];
  let depth = 0;
  for (;;) {
    const char = charAt(cursor);
    if (char === '$') parts.push(readDollar(cursor, commands, true));
    else if (char === ')' && depth === 0) break;
    else {
      depth += char === '(' ? 1 : char === ')' ? -1 : 0;
      parts.push({ kind: 'text', text: char, isQuoted: true });
      cursor.at += 1;
    }
  }
  cursor.at += 2;
  return { kind: 'arithmetic', word: makeWord(parts), isQuoted };
};

/** What begins with a dollar sign. */
const readDollar = (cursor: Cursor, commands: ReadCommands, isQuoted: boolean): Part => {
  cursor.at += 1;
  if (cursor.text.startsWith('((', cursor.at)) {
    cursor.at += 2;
    return readArithmetic(cursor, commands, isQuoted);
  }
  const char = cursor.text[cursor.at];
  if (char === '(') {
    cursor.at += 1;
    const body = commands(cursor);
    return { kind: 'command', body, isQuoted };
  }
  if (char === '{') {
    cursor.at += 1;
    return readBraced(cursor, commands, isQuoted);
  }
  const parameter = take(cursor, name);
  if (parameter === '') return { kind: 'text', text: '$', isQuoted: true };
  return { kind: 'parameter', name: parameter, operator: '', word: null, isQuoted };
};

/** The word at the cursor; null where none begins. */
export const readWord = (cursor: Cursor, commands: ReadCommands): Word | null => {
  const parts: Part[] = [];
  for (;;) {
    const text = take(cursor, plain);
    if (text !== '') parts.push({ kind: 'text', text, isQuoted: false });
    const char = cursor.text[cursor.at];
    if (char === "'") parts.push(readSingle(cursor));
    else if (char === '"') parts.push(...readDouble(cursor, commands));
    else if (char === '$') parts.push(readDollar(cursor, commands, false));
    else if (char === '\\') {
      const next = cursor.text[cursor.at + 1];
      if (next === undefined) throw new Unfinished();
      cursor.at += 2;
      if (next !== '\n') parts.push({ kind: 'text', text: next, isQuoted: true });
    } else if (char === '`') throw new SyntaxProblem('backquotes are not played here');
    else break;
  }
  return parts.length === 0 ? null : makeWord(parts);
};
