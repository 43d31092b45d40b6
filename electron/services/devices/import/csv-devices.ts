import type { Sliced } from '#electron/slices.ts';
import { Secret } from '#electron/store/secret.ts';
import type { ImportProblem } from '#shared/model/device-import.ts';
import type { Device } from '#shared/model/devices.ts';
import { type CsvRecord, readCsv, unguard, writeCsv } from './csv.ts';
import { type Draft, emptyDraft, type Reading } from './draft.ts';

const columns = ['address', 'name', 'user', 'port', 'keyFile', 'password', 'group', 'tags'] as const;
type Column = (typeof columns)[number];

/** How others call our columns; lower case, letters alone. */
const aliases: Record<string, Column> = {
  ...Object.fromEntries(columns.map((column) => [column.toLowerCase(), column])),
  host: 'address',
  ip: 'address',
  ipaddress: 'address',
  username: 'user',
  identityfile: 'keyFile',
  tag: 'tags',
};

const columnOf = (cell: string): Column | null => aliases[cell.toLowerCase().replace(/[^a-z]/g, '')] ?? null;

/** Whether a line names columns, the address among them. */
export const isHeader = (cells: readonly string[]): boolean =>
  cells.some((cell) => columnOf(cell) === 'address');

const tagsIn = (cell: string): string[] => cell.split(/[\s,;]+/).filter(Boolean);

const draftOf = ({ line, cells }: CsvRecord, header: readonly (Column | null)[]): Draft => {
  const raw = (column: Column): string => cells[header.indexOf(column)] ?? '';
  const cell = (column: Column): string => unguard(raw(column).trim());
  const key = cell('keyFile');
  const password = raw('password') === '' ? null : new Secret(raw('password'));
  return {
    ...emptyDraft,
    line,
    address: cell('address'),
    name: cell('name'),
    user: cell('user'),
    port: cell('port'),
    keyFile: key,
    password: key === '' ? password : null,
    sudoPassword: key === '' ? null : password,
    group: cell('group'),
    tags: tagsIn(cell('tags')),
    note: key !== '' && password !== null ? 'logs in with the key; the password is for sudo' : '',
  };
};

const readHeader = ({ line, cells }: CsvRecord): { header: (Column | null)[]; problems: ImportProblem[] } => {
  const header = cells.map(columnOf);
  const problem = (field: string, text: string, next: string) => ({ line, field, problem: text, next });
  const twice = columns.filter((column) => header.filter((one) => one === column).length > 1);
  return {
    header,
    problems: [
      ...(header.includes('address')
        ? []
        : [
            problem(
              'address',
              'the first line names no column "address"',
              `Begin with a line of column names, for example ${columns.slice(0, 3).join(',')}.`,
            ),
          ]),
      ...twice.map((column) =>
        problem(column, `there are two columns "${column}"`, 'Remove one of the two columns.'),
      ),
    ],
  };
};

/** Reads devices from CSV: a line of column names in any order, then one device a line; only the address is required. */
export function* readCsvDevices(text: string): Sliced<Reading> {
  const { records, problems: broken } = yield* readCsv(text);
  const [first, ...others] = records;
  const reading: Reading = { format: 'csv', drafts: [], problems: [], notes: [], user: 'root' };
  if (!first) return reading;
  const { header, problems } = readHeader(first);
  reading.problems = [
    ...problems,
    ...broken.map(({ line, problem }) => ({
      ...{ line, field: 'line', problem },
      next: 'Write a quotation mark inside a quoted cell twice.',
    })),
  ];
  const unknown = first.cells.filter((cell) => cell.trim() !== '' && columnOf(cell) === null);
  if (unknown.length > 0) {
    reading.notes.push(`These columns are not used: ${unknown.map((cell) => cell.trim()).join(', ')}.`);
  }
  if (problems.length > 0) return reading;
  for (const record of others) {
    yield;
    const surplus = record.cells.slice(header.length).filter((cell) => cell.trim() !== '');
    if (surplus.length > 0) {
      reading.problems.push({
        ...{ line: record.line, field: 'line' },
        problem: `it has ${record.cells.length} cells, the first line names ${header.length}`,
        next: 'Put the cell that holds the separator in quotation marks.',
      });
    } else if (!record.isBroken) reading.drafts.push(draftOf(record, header));
  }
  return reading;
}

/** An example to fill in. */
export const csvTemplate = (): string =>
  writeCsv([
    [...columns],
    ['192.168.1.21', 'gate-1', 'root', '22222', '~/.ssh/id_ed25519', '', 'gates', 'balena north'],
    ['line-7.local', '', 'pi', '', '', 'its password', 'line-7', ''],
    ['fe80::1%eth0', 'bench', '', '', '', '', '', ''],
  ]);

/** Devices as CSV, without any secret. */
export const writeCsvDevices = (devices: readonly Omit<Device, 'facts' | 'trust'>[]): string => {
  const written = columns.filter((column) => column !== 'password');
  return writeCsv([
    written,
    ...devices.map(({ address, name, user, port, credential, group, tags }) => {
      const cells = { address, name, user, port: String(port ?? ''), keyFile: credential.file ?? '', group };
      return written.map((column) => (column === 'tags' ? tags.join(' ') : cells[column]));
    }),
  ]);
};
