import { calculate } from './arithmetic.ts';
import { escapePattern, trim } from './pattern.ts';
import { glob } from './glob.ts';
import { type Shell, valueOf } from './shell.ts';
import type { List, Part, Word } from './syntax.ts';
import type { Step } from './tasks.ts';

/** Outputs of the command substitutions of a word, in the order in which the word asks for them. */
export type Outputs = string[];

const isUsed = (value: string | undefined, operator: string): boolean => {
  const isUnset = value === undefined || (operator.startsWith(':') && value === '');
  return operator.endsWith('+') ? !isUnset : isUnset;
};

const isPattern = (operator: string): boolean => /^[%#]/.test(operator);

/** Runs the command substitutions of words. @param run yields the output of one, without newlines at its end */
export function* substitute(
  shell: Shell,
  words: readonly Word[],
  run: (body: List) => Step<string>,
): Step<Outputs> {
  const outputs: Outputs = [];
  for (const word of words) {
    if (!word.hasCommand) continue;
    for (const part of word.parts) {
      if (part.kind === 'command') outputs.push(yield* run(part.body));
      else if (part.kind === 'arithmetic') outputs.push(...(yield* substitute(shell, [part.word], run)));
      else if (part.kind === 'parameter' && part.word?.hasCommand) {
        if (isPattern(part.operator) || isUsed(valueOf(shell, part.name), part.operator)) {
          outputs.push(...(yield* substitute(shell, [part.word], run)));
        }
      }
    }
  }
  return outputs;
}

const parameter = (shell: Shell, part: Extract<Part, { kind: 'parameter' }>, outputs: Outputs): string => {
  const { name, operator, word } = part;
  const value = valueOf(shell, name);
  if (word === null) return value ?? '';
  if (isPattern(operator)) return trim(value ?? '', operator, expandPattern(shell, word, outputs));
  if (!isUsed(value, operator)) return operator.endsWith('+') ? '' : (value ?? '');
  const text = expandText(shell, word, outputs);
  if (operator.endsWith('=')) shell.variables.set(name, text);
  return text;
};

const textOf = (shell: Shell, part: Part, outputs: Outputs): string => {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'command':
      return outputs.shift() ?? '';
    case 'length':
      return String((valueOf(shell, part.name) ?? '').length);
    case 'arithmetic':
      return String(calculate(expandText(shell, part.word, outputs), (name) => valueOf(shell, name) ?? ''));
    case 'parameter':
      return parameter(shell, part, outputs);
  }
};

/** One text, neither split nor matched against files. */
export const expandText = (shell: Shell, word: Word, outputs: Outputs): string => {
  if (word.literal !== null) return word.literal;
  let text = '';
  for (const part of word.parts) text += textOf(shell, part, outputs);
  return text;
};

/** A pattern: what is quoted stands for itself. */
export const expandPattern = (shell: Shell, word: Word, outputs: Outputs): string => {
  let pattern = '';
  for (const part of word.parts) {
    const text = textOf(shell, part, outputs);
    pattern += part.isQuoted ? escapePattern(text) : text;
  }
  return pattern;
};

/** Fields under construction. */
interface Fields {
  done: string[];
  /** Null between two fields. */
  text: string | null;
  pattern: string;
  isPattern: boolean;
}

const add = (fields: Fields, text: string, isQuoted: boolean): void => {
  fields.text = (fields.text ?? '') + text;
  if (!isQuoted && /[*?[]/.test(text)) fields.isPattern = true;
  fields.pattern += isQuoted ? escapePattern(text) : text;
};

const finish = (shell: Shell, fields: Fields): void => {
  if (fields.text === null) return;
  const found = fields.isPattern && !shell.hasNoGlob ? glob(shell, fields.pattern) : [];
  if (found.length > 0) fields.done.push(...found);
  else fields.done.push(fields.text);
  fields.text = null;
  fields.pattern = '';
  fields.isPattern = false;
};

/** Breaks an unquoted value at blanks, or at what IFS says. */
const addSplit = (shell: Shell, fields: Fields, value: string): void => {
  const separators = shell.variables.get('IFS') ?? ' \t\n';
  if (separators === '') {
    if (value !== '') add(fields, value, false);
    return;
  }
  const isSeparator = (char: string): boolean => separators.includes(char);
  let from = 0;
  for (let at = 0; at <= value.length; at += 1) {
    if (at < value.length && !isSeparator(value[at] ?? '')) continue;
    if (at > from) add(fields, value.slice(from, at), false);
    if (at < value.length) finish(shell, fields);
    from = at + 1;
  }
};

const addAll = (shell: Shell, fields: Fields, isQuoted: boolean): void => {
  for (const [index, word] of shell.words.entries()) {
    if (index > 0) finish(shell, fields);
    if (isQuoted) add(fields, word, true);
    else addSplit(shell, fields, word);
  }
};

type Replaced = Extract<Part, { kind: 'parameter' }> & { word: Word };

const isReplaced = (shell: Shell, part: Part): part is Replaced =>
  part.kind === 'parameter' &&
  part.word !== null &&
  /^:?[-+]$/.test(part.operator) &&
  isUsed(valueOf(shell, part.name), part.operator);

/** The fields that words become: expanded, split, matched against files. */
export const expandFields = (shell: Shell, words: readonly Word[], outputs: Outputs): string[] => {
  const fields: Fields = { done: [], text: null, pattern: '', isPattern: false };
  for (const word of words) {
    if (word.literal !== null) {
      fields.done.push(word.literal);
      continue;
    }
    for (const part of word.parts) {
      if (part.kind === 'parameter' && part.name === '@' && part.operator === '') {
        addAll(shell, fields, part.isQuoted);
      } else if (part.kind === 'text' || part.isQuoted) {
        add(fields, textOf(shell, part, outputs), part.isQuoted);
      } else if (isReplaced(shell, part)) {
        addWord(shell, fields, part.word, outputs);
      } else addSplit(shell, fields, textOf(shell, part, outputs));
    }
    finish(shell, fields);
  }
  return fields.done;
};

/** The word of an unquoted `${name:+word}`: what is quoted in it stays whole. */
const addWord = (shell: Shell, fields: Fields, word: Word, outputs: Outputs): void => {
  for (const part of word.parts) {
    if (part.isQuoted) add(fields, textOf(shell, part, outputs), true);
    else addSplit(shell, fields, textOf(shell, part, outputs));
  }
};
