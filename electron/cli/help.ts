import { commonFlags, type Command, type Flag } from './command.ts';
import { table } from './output.ts';

const flagText = (name: string, { type, value, multiple }: Flag): string =>
  `--${name}${type === 'string' ? ` ${value ?? 'TEXT'}` : ''}${multiple ? ' ...' : ''}`;

const flagLines = (flags: Record<string, Flag>): string[] =>
  table(Object.entries(flags).map(([name, flag]) => [`  ${flagText(name, flag)}`, flag.help]));

/** `mooring --help` */
export const overview = (commands: readonly Command[]): string[] => [
  'Mooring: a private container registry that a fleet of devices trusts.',
  '',
  'Usage: mooring <command> [flags]',
  '',
  ...table(commands.map(({ name, words, summary }) => [`  ${name} ${words}`.trimEnd(), summary])),
  '',
  'Every command takes:',
  ...flagLines(commonFlags),
  '',
  'Exit code: 0 all well, 1 something failed, 2 wrong usage.',
  'Start with `mooring up`; `mooring <command> --help` tells more.',
];

/** `mooring <command> --help` */
export const commandHelp = (command: Command): string[] => [
  `Usage: mooring ${[command.name, command.words, '[flags]'].filter(Boolean).join(' ')}`,
  '',
  command.summary,
  '',
  ...flagLines({ ...command.flags, ...commonFlags }),
];
