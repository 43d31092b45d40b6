import type { JournalEntry } from '#shared/model/trust.ts';

const columns = [
  'id',
  'at',
  'who',
  'jobId',
  'deviceId',
  'device',
  'address',
  'run',
  'action',
  'kind',
  'path',
  'beforeSha256',
  'afterSha256',
  'mode',
] as const satisfies (keyof JournalEntry)[];

/** A spreadsheet would run a cell that begins like a formula: an apostrophe makes it text. */
const guarded = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const cell = (value: string | number | null): string => {
  const text = guarded(String(value ?? ''));
  return /[",\r\n]|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** RFC 4180, oldest first, with a line of column names. */
export const journalCsv = (entries: readonly JournalEntry[]): string =>
  [
    columns.join(','),
    ...entries.map((entry) => columns.map((column) => cell(entry[column])).join(',')),
    '',
  ].join('\r\n');

export const journalJson = (entries: readonly JournalEntry[]): string =>
  `${JSON.stringify(entries, null, 2)}\n`;
