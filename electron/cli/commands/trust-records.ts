import { z } from 'zod';
import type { JournalEntry, TrustStatus } from '#shared/model/trust.ts';
import { sharedTexts } from '#shared/causes.ts';
import { textOf, UsageError, type Command, type Input } from '../command.ts';
import { plural, table } from '../output.ts';
import { hasSelection, readSelection, selectionFlags } from '../selection.ts';
import { withApp } from '../session.ts';

const cellText = ({ mark, at, code }: TrustStatus['cells'][number]): string => {
  switch (mark) {
    case 'pulled':
      return `● pulled ${at.slice(0, 16).replace('T', ' ')}`;
    case 'former-ca':
      return '! by a former CA';
    case 'former-name':
      return '! by a former name';
    case 'refused':
      return `✕ ${code ?? 'could not pull'}`;
    case 'handshake':
      return '◐ handshake only';
    case 'files':
      return '○ files only';
  }
};

/** What became of devices that were proven, and the way out. */
const outdatedLines = (devices: TrustStatus['devices']): string[] => {
  const outdated = devices.filter(({ state }) => state === 'outdated');
  return [...Map.groupBy(outdated, ({ code }) => code)].map(([code, same]) => {
    const { title, next } = sharedTexts(code ?? '');
    return `${same.length} × ${title}. ${next} (mooring trust push --state outdated)`;
  });
};

/** One line a device, one column a name; several engines stand beside each other. */
export const statusLines = ({ devices, names, cells }: TrustStatus): string[] => {
  const byDevice = Map.groupBy(cells, ({ device }) => device);
  const rows = devices.map(({ id, name, state }) => {
    const own = byDevice.get(id) ?? [];
    const columns = names.map((reference) =>
      own
        .filter((cell) => cell.name === reference)
        .map((cell) => (own.length > names.length ? `${cell.runtime} ${cellText(cell)}` : cellText(cell)))
        .join('; '),
    );
    return [name, state, ...columns];
  });
  const proven = devices.filter(({ state }) => state === 'proven').length;
  return [
    ...table([['', '', ...names], ...rows]),
    `${plural(devices.length, 'device')}, ${proven} of them proven by a pull of their own engine`,
    ...outdatedLines(devices),
  ];
};

const maybeSelection = (input: Input) => (hasSelection(input) ? { selection: readSelection(input) } : {});

const status: Command = {
  name: 'trust status',
  words: '[DEVICE...]',
  summary: 'Shows by which name each device was last seen to pull.',
  flags: selectionFlags,
  run: (context, input) =>
    withApp(context, 'none', async ({ client }) => {
      const found = await client.trust.status(maybeSelection(input));
      context.out.result(found, () => statusLines(found));
      return 0;
    }),
};

const entryLines = (entries: readonly JournalEntry[]): string[] =>
  table(
    entries.map(({ at, who, device, run, action, path }) => [
      at.slice(0, 19).replace('T', ' '),
      who,
      device,
      `${run}: ${action}`,
      path,
    ]),
  );

const journal: Command = {
  name: 'trust journal',
  words: '[DEVICE...]',
  summary: 'Lists what was changed on devices, by whom and when, newest first.',
  flags: selectionFlags,
  run: (context, input) =>
    withApp(context, 'none', async ({ client }) => {
      // A device that was removed is known to the journal alone.
      const [only] = input.words;
      const chosen = maybeSelection(input);
      const query = input.words.length === 1 && only !== undefined ? { device: only } : chosen;
      const entries = await client.trust.journal({ ...query, limit: 200 });
      context.out.result(entries, () => entryLines(entries));
      return 0;
    }),
};

const sinceOf = (input: Input): string | undefined => {
  const text = textOf(input, 'since');
  if (text === undefined) return undefined;
  const [day = ''] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? [];
  // 31 February would be taken for 3 March, and what was changed before would be left out.
  if (z.iso.date().safeParse(day).success && !Number.isNaN(Date.parse(text))) {
    return new Date(text).toISOString();
  }
  throw new UsageError(`--since ${text} is no date`, 'Give it as 2026-11-26 or 2026-11-26T10:00:00Z.');
};

const formatOf = (input: Input): 'csv' | 'json' => {
  const format = textOf(input, 'format') ?? 'csv';
  if (format === 'csv' || format === 'json') return format;
  throw new UsageError(`--format ${format} is not known`, 'Give csv or json.');
};

const exportJournal: Command = {
  name: 'trust journal export',
  words: '[DEVICE...]',
  summary: 'Prints every change on devices for auditors, oldest first.',
  flags: {
    ...selectionFlags,
    format: { type: 'string', value: 'csv|json', help: 'default csv' },
    since: { type: 'string', value: 'DATE', help: 'only changes since then' },
  },
  run: (context, input) => {
    const [given, since] = [formatOf(input), sinceOf(input)] as const;
    const format = context.out.isJson ? 'json' : given;
    return withApp(context, 'none', async ({ client }) => {
      const query = { format, ...maybeSelection(input), ...(since !== undefined && { since }) };
      const { text } = await client.trust.journalExport(query);
      context.out.raw(format === 'json' ? JSON.parse(text) : text, text);
      return 0;
    });
  },
};

export const trustRecordCommands = [status, journal, exportJournal];
