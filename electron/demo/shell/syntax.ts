/** One piece of a word. `isQuoted` keeps it from being split and from being a pattern. */
export type Part =
  | { kind: 'text'; text: string; isQuoted: boolean }
  | { kind: 'parameter'; name: string; operator: string; word: Word | null; isQuoted: boolean }
  | { kind: 'length'; name: string; isQuoted: boolean }
  | { kind: 'command'; body: List; isQuoted: boolean }
  | { kind: 'arithmetic'; word: Word; isQuoted: boolean };

export interface Word {
  parts: readonly Part[];
  /** The whole word when nothing in it has to be expanded. */
  literal: string | null;
  /** A command substitution stands somewhere in it. */
  hasCommand: boolean;
}

export interface Redirect {
  fd: number;
  operator: '<' | '>' | '>>' | '<&' | '>&' | '<<';
  /** File, descriptor, or the text of a here-document. */
  target: Word;
}

export type Command =
  | {
      kind: 'simple';
      assignments: readonly { name: string; value: Word }[];
      words: readonly Word[];
      redirects: readonly Redirect[];
    }
  | { kind: 'group'; body: List; redirects: readonly Redirect[] }
  | { kind: 'subshell'; body: List; redirects: readonly Redirect[] }
  | {
      kind: 'if';
      branches: readonly { test: List; body: List }[];
      otherwise: List | null;
      redirects: readonly Redirect[];
    }
  | { kind: 'while'; isUntil: boolean; test: List; body: List; redirects: readonly Redirect[] }
  | {
      kind: 'for';
      name: string;
      /** Null: the positional parameters. */
      words: readonly Word[] | null;
      body: List;
      redirects: readonly Redirect[];
    }
  | {
      kind: 'case';
      word: Word;
      branches: readonly { patterns: readonly Word[]; body: List }[];
      redirects: readonly Redirect[];
    }
  | { kind: 'function'; name: string; body: Command };

export interface Pipeline {
  isNegated: boolean;
  commands: readonly Command[];
}

export interface AndOr {
  first: Pipeline;
  rest: readonly { operator: '&&' | '||'; pipeline: Pipeline }[];
  isBackground: boolean;
}

export type List = readonly AndOr[];

/** The text ends in the middle of a command: more may follow. */
export class Unfinished extends Error {}

/** The text is not a script, or not in the part of the language that is played here. */
export class SyntaxProblem extends Error {}

/** Where reading stands; here-documents wait for the end of their line. */
export interface Cursor {
  readonly text: string;
  at: number;
  pending: { delimiter: string; isQuoted: boolean; redirect: { target: Word } }[];
}
