import { AppError } from '#shared/errors.ts';
import { version } from '#electron/serve/host.ts';
import { findCommand, readInput, textOf, UsageError, type Command } from './command.ts';
import { dataDirOf, type Context } from './context.ts';
import { failureOf } from './failure.ts';
import { commandHelp, overview } from './help.ts';
import { createOutput, type Output, type Streams } from './output.ts';

/** The process around a command line; tests give their own. */
export interface Surroundings extends Omit<Context, 'out' | 'dataDir'> {
  streams: Streams;
}

const wants = (args: readonly string[], flag: string): boolean => {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes(flag);
};

const unknownCommand = (args: readonly string[]): UsageError => {
  const words = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
  return words.length === 0
    ? new UsageError('No command was given', 'Run `mooring --help` for the list.')
    : new UsageError(`There is no command "${words.join(' ')}"`, 'Run `mooring --help` for the list.');
};

const perform = async (
  commands: readonly Command[],
  args: readonly string[],
  out: Output,
  around: Surroundings,
): Promise<number> => {
  const found = findCommand(commands, args);
  if (wants(args, '--help') || args[0] === 'help') {
    const lines = found ? commandHelp(found.command) : overview(commands);
    out.result({ help: lines.join('\n') }, () => lines);
    return 0;
  }
  if (!found && wants(args, '--version')) {
    out.result({ version }, () => [version]);
    return 0;
  }
  if (!found) throw unknownCommand(args);
  const input = readInput(found.command, found.rest);
  const dataDir = dataDirOf(textOf(input, 'data'), around.env, around.cwd);
  return found.command.run({ ...around, out, dataDir }, input);
};

/**
 * Runs one command line.
 * @returns the exit code: 0 all well, 1 something failed, 2 wrong usage
 */
export const run = async (
  commands: readonly Command[],
  args: readonly string[],
  around: Surroundings,
): Promise<number> => {
  const out = createOutput(wants(args, '--json'), around.streams);
  try {
    return await perform(commands, args, out, around);
  } catch (error) {
    const isCancelled = around.stopSignal.aborted && error instanceof Error && error.name === 'AbortError';
    const { code, title, next, cause, exitCode } = failureOf(isCancelled ? new AppError('CANCELLED') : error);
    if (out.isJson) out.result({ error: { code, title, next } }, () => []);
    else for (const line of [title, cause, next]) if (line) out.warn(line);
    return exitCode;
  }
};
