/** Where a command speaks: results on stdout, everything else on stderr. */
export interface Output {
  isJson: boolean;
  /** The result, once: as JSON, or as the lines a person reads. */
  result(value: unknown, lines: () => string[]): void;
  /** The result, once, when its bytes matter: a script, a PEM. */
  raw(value: unknown, text: string): void;
  /** Progress and remarks: stderr, left out under --json. */
  note(line: string): void;
  /** Warnings are shown under --json too, on stderr. */
  warn(line: string): void;
}

export interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/** What devices and foreign servers say is shown as text: control characters, those of direction too, could rewrite the screen, and a line end forge a line. */
export const harmless = (text: string): string =>
  text.replace(
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    '\u{fffd}',
  );

/** One line of JSON. What JSON would let through as it is, but a terminal obeys, is escaped: the value stays the same. */
const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;

export const createOutput = (isJson: boolean, { stdout, stderr }: Streams): Output => ({
  isJson,
  result(value, lines) {
    if (isJson) stdout.write(jsonLine(value));
    else for (const line of lines()) stdout.write(`${harmless(line)}\n`);
  },
  raw(value, text) {
    stdout.write(isJson ? jsonLine(value) : text);
  },
  note(line) {
    if (!isJson) stderr.write(`${harmless(line)}\n`);
  },
  warn(line) {
    stderr.write(`${harmless(line)}\n`);
  },
});

/** Rows as aligned columns, two blanks apart. */
export const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** `name  value` lines; what has no value is left out. */
export const facts = (pairs: readonly (readonly [string, string | number | null | undefined])[]): string[] =>
  table(
    pairs
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => [name, String(value)]),
  );

/** `1 device`, `12 devices`. */
export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
