import { median } from './measure.ts';

/** One line of the table. */
export interface Line {
  id: string;
  title: string;
  unit: 's' | 'ms' | 'MB' | '1/s';
  /** What our figure, divided by theirs, has to keep to. */
  ratio?: { atMost: number } | { atLeast: number };
  /** What our own figure has to keep below, in `unit`. */
  atMost?: number;
}

/** Figures of both servers, one a round for each line. */
export interface Figures {
  add(server: 'ours' | 'theirs', id: string, value: number): void;
  /** The table, lines without figures left out. */
  print(lines: Line[]): string;
}

const show = (value: number, unit: string): string => {
  if (Number.isNaN(value)) return '–';
  if (unit === '1/s') return value.toFixed(0);
  return value.toFixed(unit === 's' ? 2 : 1);
};

const wanted = (line: Line): string => {
  if (line.atMost !== undefined) return `< ${line.atMost} ${line.unit}`;
  if (!line.ratio) return '';
  return 'atMost' in line.ratio ? `<= ${line.ratio.atMost.toFixed(2)}` : `>= ${line.ratio.atLeast}`;
};

/** Whether a line keeps to its target; null when it has none. */
export const isMet = (line: Line, ours: number, theirs: number): boolean | null => {
  if (line.atMost !== undefined) return ours < line.atMost;
  if (!line.ratio) return null;
  const ratio = ours / theirs;
  return 'atMost' in line.ratio ? ratio <= line.ratio.atMost : ratio >= line.ratio.atLeast;
};

export const createFigures = (): Figures => {
  const all = new Map<string, number[]>();
  const valuesOf = (server: string, id: string) => all.get(`${server} ${id}`) ?? [];

  const row = (line: Line): string[] => {
    const ours = median(valuesOf('ours', line.id));
    const theirs = median(valuesOf('theirs', line.id));
    const met = isMet(line, ours, theirs);
    return [
      line.title,
      `${show(ours, line.unit)} ${line.unit}`,
      Number.isNaN(theirs) ? '–' : `${show(theirs, line.unit)} ${line.unit}`,
      Number.isNaN(theirs) ? '–' : (ours / theirs).toFixed(2),
      wanted(line),
      met === null ? '' : met ? 'met' : 'missed',
    ];
  };
  return {
    add(server, id, value) {
      const key = `${server} ${id}`;
      all.set(key, [...(all.get(key) ?? []), value]);
    },
    print(lines) {
      const rows = [
        ['', 'ours', 'docker-registry', 'ratio', 'target', ''],
        ...lines.filter(({ id }) => valuesOf('ours', id).length > 0).map(row),
      ];
      const widths =
        rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? [];
      return rows
        .map((cells) =>
          cells
            .map((cell, column) =>
              column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
            )
            .join('  ')
            .trimEnd(),
        )
        .join('\n');
    },
  };
};
