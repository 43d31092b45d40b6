import type { Client } from '#electron/serve/attach.ts';
import { AppError } from '#shared/errors.ts';
import type {
  ImportInput,
  ImportPreview,
  ImportPreviewPage,
  ImportProblem,
  ImportResult,
  ImportRow,
} from '#shared/model/device-import.ts';
import { importInput, previewPageRows } from '#shared/model/device-import.ts';
import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { hostPort } from '#shared/names.ts';
import { isSet, numberOf, textOf, UsageError, type Command, type Flag, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { loginFlags, readCredential, readSudoPassword, usualCredential } from '../login.ts';
import { table } from '../output.ts';
import { createImportProgress } from '../progress.ts';
import { readText } from '../read-text.ts';
import { readSelection, selectionFlags } from '../selection.ts';
import { withApp } from '../session.ts';

const placeOf = (address: string, port: number | null): string =>
  port === null ? address : hostPort(address, port);

const onlyWord = (input: Input, command: string): string => {
  const [word, ...more] = input.words;
  if (word !== undefined && more.length === 0) return word;
  throw new UsageError(`\`${command}\` takes one file`, `Run \`mooring ${command} --help\`.`);
};

const signs: Record<ImportRow['action'], string> = { add: '+', update: '~', same: '=', skip: '-' };

const problemLines = (problems: readonly ImportProblem[]): string[] =>
  problems.flatMap(({ line, field, problem, next }) => [
    `! line ${line}, ${field}: ${problem}`,
    `    → ${next}`,
  ]);

/** What the first answer of a preview or an import had no room for. */
const readMore = async (client: Client, preview: string, longest: number): Promise<ImportPreviewPage> => {
  const more: ImportPreviewPage = { rows: [], problems: [] };
  for (let offset = previewPageRows; offset < longest; offset += 500) {
    const page = await client.devices.importPreviewPage({ preview, offset, limit: 500 });
    more.rows.push(...page.rows);
    more.problems.push(...page.problems);
  }
  return more;
};

/** All pages of a preview, in the order of the text. */
const wholePreview = async (
  client: Client,
  { id, ...first }: ImportPreview,
): Promise<Omit<ImportPreview, 'id'>> => {
  const { counts } = first;
  const longest = Math.max(counts.add + counts.update + counts.same + counts.skip, counts.problems);
  const more = await readMore(client, id, longest);
  return {
    ...first,
    rows: [...first.rows, ...more.rows].toSorted((a, b) => a.line - b.line),
    problems: [...first.problems, ...more.problems],
  };
};

/** With progress on stderr; Ctrl-C ends it: all of it is written by then, or nothing. @throws AppError CANCELLED */
const followImport = async (
  { out, stopSignal }: Context,
  client: Client,
  order: ImportInput & { skipProblems: boolean },
): Promise<ImportResult> => {
  const tell = createImportProgress(out);
  try {
    for await (const state of await client.devices.import(order, { signal: stopSignal })) {
      tell(state);
      if (state.result) return state.result;
    }
  } catch (error) {
    if (!stopSignal.aborted) throw error;
  }
  throw new AppError(stopSignal.aborted ? 'CANCELLED' : 'INTERRUPTED');
};

const previewLines = ({ format, rows, problems, notes, counts }: Omit<ImportPreview, 'id'>): string[] => [
  ...table(
    rows.map(({ action, name, address, port, user, group, login, note }) => [
      ...[`${signs[action]} ${name}`, placeOf(address, port), user, login, group, note],
    ]),
  ),
  ...problemLines(problems),
  ...notes,
  `${format}: ${counts.add} to add, ${counts.update} to update, ${counts.same} as described, ${counts.skip} left out, ${counts.problems} problems`,
];

/** A line says its own sudo password; one for all lines is not asked for. */
const importLoginFlags = Object.fromEntries(
  Object.entries(loginFlags).filter(([name]) => name !== 'sudo-password-file'),
);

const importing: Command = {
  name: 'devices import',
  words: '[FILE]',
  summary: 'Adds and updates devices from a file (- is stdin); connects to none.',
  flags: {
    format: { type: 'string', value: 'F', help: 'csv, ssh-config or ansible (recognised)' },
    'dry-run': { type: 'boolean', help: 'only show what would be done' },
    'skip-problems': { type: 'boolean', help: 'import everything but what has a problem' },
    'accept-new-host-key': {
      type: 'boolean',
      help: 'pin the host key of each device unseen at its first connection',
    },
    template: { type: 'boolean', help: 'print a CSV file to fill in' },
    ...importLoginFlags,
  },
  async run(context, input) {
    if (isSet(input, 'template')) {
      return withApp(context, 'none', async ({ client }) => {
        const template = await client.devices.csvTemplate();
        context.out.raw(template, template.text);
        return 0;
      });
    }
    const format = importInput.shape.format.safeParse(textOf(input, 'format'));
    if (!format.success) {
      throw new UsageError(
        `--format ${textOf(input, 'format')} is unknown`,
        'Give csv, ssh-config or ansible.',
      );
    }
    const file = onlyWord(input, 'devices import');
    if (file === '-' && isSet(input, 'password-stdin')) {
      throw new UsageError('stdin cannot hold the file and the password', 'Give the file by its name.');
    }
    const login = await readCredential(context, input, 'Run `mooring devices import --help`.');
    const order = {
      ...(await readText(context, file)),
      format: format.data,
      hostKey: isSet(input, 'accept-new-host-key') ? ('accept-new' as const) : ('first-contact' as const),
      ...(login && { login }),
    };
    return withApp(context, 'none', async ({ client }) => {
      if (isSet(input, 'dry-run')) {
        const preview = await wholePreview(client, await client.devices.importPreview(order));
        context.out.result(preview, () => previewLines(preview));
        return preview.problems.length > 0 ? 1 : 0;
      }
      const skipProblems = isSet(input, 'skip-problems');
      const { id, problemCount, ...result } = await followImport(context, client, { ...order, skipProblems });
      if (id !== null) result.problems.push(...(await readMore(client, id, problemCount)).problems);
      context.out.result(result, () => [
        ...problemLines(result.problems),
        `${result.added} added, ${result.updated} updated, ${result.skipped} left as they are`,
      ]);
      return 0;
    });
  },
};

const exporting: Command = {
  name: 'devices export',
  words: '[DEVICE...]',
  summary: 'Prints devices as CSV, without secrets.',
  flags: selectionFlags,
  run: (context, input) =>
    withApp(context, 'none', async ({ client }) => {
      const exported = await client.devices.export({ selection: readSelection(input) });
      context.out.raw(exported, exported.text);
      return 0;
    }),
};

const knownHosts: Command = {
  name: 'devices known-hosts',
  words: 'FILE [DEVICE...]',
  summary: 'Pins the host keys of a known_hosts file (- is stdin); of all devices unless some are named.',
  flags: selectionFlags,
  async run(context, input) {
    const [file, ...words] = input.words;
    if (file === undefined) throw new UsageError('No file was given', 'Give for example ~/.ssh/known_hosts.');
    const { text } = await readText(context, file);
    const isChosen =
      words.length > 0 || Object.keys(selectionFlags).some((name) => input.values[name] !== undefined);
    const selection = isChosen ? readSelection({ ...input, words }) : ({ all: true } as const);
    return withApp(context, 'none', async ({ client }) => {
      const result = await client.devices.importKnownHosts({ text, selection });
      context.out.result(result, () => [
        ...table(result.pinned.map(({ name, type, fingerprint }) => [`+ ${name}`, type, fingerprint])),
        ...problemLines(result.problems),
        `${result.pinned.length} keys pinned, ${result.same} pinned before, ${result.unmatched} lines for other hosts`,
      ]);
      return 0;
    });
  },
};

const isNew = ({ port, knownAs }: DiscoveredDevice): boolean => port !== null && knownAs === null;

/** How those that are found are added. */
const addFlags: Record<string, Flag> = {
  user: { type: 'string', value: 'root', help: 'user to log in as, with --add' },
  group: { type: 'string', value: 'G', help: 'group they belong to, with --add' },
  'as-group': { type: 'boolean', help: 'log in as the group does, with --add' },
  'accept-new-host-key': { type: 'boolean', help: 'pin their host keys unseen at the first connection' },
  ...loginFlags,
};

const discover: Command = {
  name: 'devices discover',
  words: '',
  summary: 'Lists who announces SSH or balenaOS on this network; asks nobody anything.',
  flags: {
    seconds: { type: 'string', value: '6', help: 'how long to listen, 1 to 120' },
    add: {
      type: 'boolean',
      help: 'add those with an SSH server that are not in the list, without connecting',
    },
    ...addFlags,
  },
  async run(context, input) {
    const idle = isSet(input, 'add') ? [] : Object.keys(addFlags).filter((flag) => flag in input.values);
    if (idle.length > 0) {
      const named = idle.map((flag) => `--${flag}`).join(' and ');
      throw new UsageError(`${named} ${idle.length === 1 ? 'needs' : 'need'} --add`, 'Give --add too.');
    }
    const seconds = numberOf(input, 'seconds', 1, 120) ?? 6;
    const given = await readCredential(context, input, 'Run `mooring devices discover --help`.');
    const sudoPassword = (await readSudoPassword(context, input)) ?? '';
    const credential = isSet(input, 'add') ? (given ?? usualCredential(context)) : null;
    return withApp(context, 'none', async ({ client }) => {
      let devices: DiscoveredDevice[] = [];
      for await (const seen of await client.devices.discover({ seconds }, { signal: context.stopSignal })) {
        devices = seen;
      }
      const fresh = devices.filter(isNew).map(({ address, port, name }) => ({ address, port, name }));
      const added =
        credential === null || fresh.length === 0
          ? null
          : await client.devices.addFound({
              ...{ devices: fresh, credential, sudoPassword },
              ...{ user: textOf(input, 'user') ?? 'root', group: textOf(input, 'group') ?? '' },
              hostKey: isSet(input, 'accept-new-host-key') ? 'accept-new' : 'first-contact',
            });
      context.out.result({ devices, added: added?.added ?? 0 }, () => [
        ...table(
          devices.map(({ name, address, port, isBalena, knownAs }) => [
            ...[
              name,
              placeOf(address, port),
              isBalena ? 'balenaOS' : port === null ? 'no SSH announced' : '',
            ],
            knownAs === null ? '' : 'in the list',
          ]),
        ),
        `${devices.length} found${added ? `, ${added.added} added` : ''}`,
      ]);
      return 0;
    });
  },
};

export const deviceImportCommands = [importing, exporting, discover, knownHosts];
