import type { Sliced } from '#electron/slices.ts';

/** One record of a CSV text, with the line it begins on, from 1. */
export interface CsvRecord {
  line: number;
  cells: string[];
  /** One of its cells cannot be read; the problem may stand on a later line. */
  isBroken?: true;
}

const separators = [',', ';', '\t'] as const;
type Separator = (typeof separators)[number];

/** A spreadsheet would take such a cell for a formula (CWE-1236). */
const isFormula = (cell: string): boolean => /^'*[=+\-@\t\r]/.test(cell);
const guard = (cell: string): string => (isFormula(cell) ? `'${cell}` : cell);
/** Takes back what `writeCsv` puts before a cell that looks like a formula. */
export const unguard = (cell: string): string =>
  cell.startsWith("'") && isFormula(cell) ? cell.slice(1) : cell;

const quote = (cell: string): string =>
  cell !== guard(cell) || /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${guard(cell).replaceAll('"', '""')}"` : cell;

/** RFC 4180, with a comma; a cell that looks like a formula begins with an apostrophe. */
export const writeCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(quote).join(',')}\r\n`).join('');

/** The one that stands most often in the first line with something in it, quoted cells left aside. */
const separatorOf = (text: string): Separator => {
  const line = /[^\r\n]+/.exec(text)?.[0] ?? '';
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const counts = separators.map((separator) => bare.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
};

/** A line of its own for spreadsheets, such as `sep=;`. */
const announced = (text: string): { separator: Separator; skip: number } | null => {
  const found = /^sep=([,;\t])(?:\r\n|\r|\n)/i.exec(text);
  return found ? { separator: found[1] as Separator, skip: found[0].length } : null;
};

/**
 * Reads RFC 4180 text: comma, semicolon or tab, any line ends, with or without a byte order mark. Empty lines are
 * passed over; blanks around cells stay.
 */
export function* readCsv(
  input: string,
): Sliced<{ records: CsvRecord[]; problems: { line: number; problem: string }[] }> {
  const whole = input.replace(/^\uFEFF/, '');
  const told = announced(whole);
  const text = told ? whole.slice(told.skip) : whole;
  const separator = told?.separator ?? separatorOf(text);
  const records: CsvRecord[] = [];
  const problems: { line: number; problem: string }[] = [];
  let line = told ? 2 : 1;
  let record: CsvRecord = { line, cells: [] };
  let at = 0;

  const bad = (problem: string): void => {
    problems.push({ line, problem });
    record.isBroken = true;
  };
  /** Behind the closing quote, or -1 when there is none. */
  const endOfQuoted = (): number => {
    for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 2)) {
      if (text[end + 1] !== '"') return end + 1;
    }
    return -1;
  };
  const endOfBare = (from: number): number => {
    let end = from;
    while (end < text.length && text[end] !== separator && text[end] !== '\r' && text[end] !== '\n') end += 1;
    return end;
  };
  const readCell = (): string => {
    if (text[at] !== '"') {
      const begin = at;
      at = endOfBare(at);
      return text.slice(begin, at);
    }
    const end = endOfQuoted();
    if (end < 0) bad('a quotation mark is opened and never closed');
    const raw = text.slice(at + 1, end < 0 ? text.length : end - 1);
    at = end < 0 ? text.length : endOfBare(end);
    if (end >= 0 && text.slice(end, at).trim() !== '') {
      bad('something stands between a closing quotation mark and the separator');
    }
    line += raw.match(/\r\n|\r|\n/g)?.length ?? 0;
    return raw.replaceAll('""', '"');
  };
  const endRecord = (): void => {
    if (record.cells.some((cell) => cell !== '')) records.push(record);
  };

  while (at < text.length) {
    record.cells.push(readCell());
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) record.cells.push('');
      continue;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    endRecord();
    yield;
    line += 1;
    record = { line, cells: [] };
  }
  if (record.cells.length > 0) endRecord();
  return { records, problems };
}
