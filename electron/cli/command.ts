import { parseArgs } from 'node:util';
import type { Context } from './context.ts';

/** One flag of a command. */
export interface Flag {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** What stands for the value in the help, for example `FILE`. */
  value?: string;
  help: string;
}

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** A command line, read and checked against the flags of its command. */
export interface Input {
  values: Values;
  /** What stands beside the flags. */
  words: string[];
}

/** One command of `mooring`. */
export interface Command {
  /** For example `devices add`. */
  name: string;
  /** What stands beside the flags, as the help shows it; empty: nothing may. */
  words: string;
  summary: string;
  flags: Record<string, Flag>;
  /** Yields the exit code: 0 all well, 1 something failed. */
  run(context: Context, input: Input): Promise<number>;
}

/** The command line was wrong; exit code 2. */
export class UsageError extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

export const commonFlags: Record<string, Flag> = {
  data: { type: 'string', value: 'DIR', help: 'data folder (or MOORING_DATA)' },
  json: { type: 'boolean', help: 'exactly one JSON document on stdout' },
  help: { type: 'boolean', help: 'show this help' },
};

/** Common flags may stand before the command too: `mooring --data DIR status`. */
const commonFirst = (args: readonly string[]): number => {
  let index = 0;
  for (;;) {
    const arg = args[index] ?? '';
    if (arg === '--data') index += 2;
    else if (arg === '--json' || arg === '--help' || arg.startsWith('--data=')) index += 1;
    else return index;
  }
};

/** The command that the first words name, the longest name first, and what is left of the line. */
export const findCommand = (
  commands: readonly Command[],
  args: readonly string[],
): { command: Command; rest: string[] } | null => {
  const start = commonFirst(args);
  const isWord = (arg: string | undefined): arg is string => arg !== undefined && !arg.startsWith('-');
  for (const length of [3, 2, 1]) {
    const words = args.slice(start, start + length);
    const command = words.every(isWord) && commands.find((one) => one.name === words.join(' '));
    if (command) return { command, rest: [...args.slice(0, start), ...args.slice(start + words.length)] };
  }
  return null;
};

/** @throws UsageError for a flag the command does not have, a missing value, or words it does not take */
export const readInput = (command: Command, args: readonly string[]): Input => {
  const options = Object.fromEntries(
    Object.entries({ ...commonFlags, ...command.flags }).map(([name, { type, multiple = false }]) => [
      name,
      { type, multiple },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      strict: true,
      allowPositionals: command.words !== '',
    });
    return { values: { ...values }, words: positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [problem = message] = message.split(/\. |\n/, 1);
    throw new UsageError(problem, `Run \`mooring ${command.name} --help\`.`);
  }
};

export const textOf = ({ values }: Input, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

export const textsOf = ({ values }: Input, name: string): string[] => {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
};

export const isSet = ({ values }: Input, name: string): boolean => values[name] === true;

/** A whole number within limits. */
export const numberOf = (input: Input, name: string, min: number, max: number): number | undefined => {
  const text = textOf(input, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${text} is not a number from ${min} to ${max}`, `Correct --${name}.`);
};

export const portOf = (input: Input, name = 'port'): number | undefined => numberOf(input, name, 1, 65535);
