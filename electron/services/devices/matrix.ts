import { z } from 'zod';
import type { Sql } from '#electron/store/index.ts';
import { proof as proofModel, type Proof, type ProofMark } from '#shared/model/devices.ts';
import type { DeviceFilter, DevicePage, MatrixCell, MatrixColumn, MatrixPage } from '#shared/model/fleet.ts';
import { type ProofSummary, summaryOf } from './columns.ts';
import { whereOf, whereText } from './filter-sql.ts';
import { type PageInput, versionOf } from './paging.ts';
import { asJson } from './rows.ts';
import { markOf, type Today } from './standing.ts';

/** What says least comes first: a cell is as good as its weakest proof. */
const weakestFirst: readonly ProofMark[] = [
  'refused',
  'files',
  'handshake',
  'former-ca',
  'former-name',
  'pulled',
];

const weakest = (marks: readonly ProofMark[]): ProofMark =>
  weakestFirst.find((mark) => marks.includes(mark)) ?? 'files';

const columnKey = (name: string, runtime: string): string => `${runtime} ${name}`;

const cellsOf = (proofs: readonly Proof[], today: Today): MatrixCell[] => {
  const marked = proofs.map((proof) => ({ ...proof, mark: markOf(summaryOf(proof), today) }));
  return [...Map.groupBy(marked, ({ name, runtime }) => columnKey(name, runtime)).values()].flatMap(
    (same) => {
      const [first] = same;
      if (first === undefined) return [];
      const mark = weakest(same.map((proof) => proof.mark));
      return [{ name: first.name, runtime: first.runtime, mark, proofs: same }];
    },
  );
};

const proofList = z.array(proofModel);

const readProofs = (sql: Sql, ids: readonly string[]): Map<string, Proof[]> => {
  const rows = sql.all<{ id: string; proofs: string | null }>(
    `SELECT deviceId AS id, trust -> '$.proofs' AS proofs FROM deviceDocuments
     WHERE deviceId IN (SELECT value FROM json_each(?))`,
    asJson(ids),
  );
  return new Map(
    rows.map(({ id, proofs }) => [id, proofList.safeParse(JSON.parse(proofs ?? '[]')).data ?? []]),
  );
};

const noMarks: MatrixColumn['counts'] = {
  ...{ pulled: 0, 'former-ca': 0, 'former-name': 0 },
  ...{ refused: 0, handshake: 0, files: 0 },
};

/** Most devices of a fleet have the same proofs, so few texts are counted however many devices there are. */
const countColumns = (sql: Sql, filter: DeviceFilter, today: Today): MatrixColumn[] => {
  const where = whereOf(filter);
  const texts = sql.all<{ proofs: string; count: number }>(
    `SELECT d.proofs, count(*) AS count FROM devices d ${whereText(where)} GROUP BY d.proofs`,
    ...where.params,
  );
  const columns = new Map<string, MatrixColumn>();
  for (const { proofs, count } of texts) {
    const summaries = JSON.parse(proofs) as ProofSummary[];
    for (const [key, same] of Map.groupBy(summaries, ([name, runtime]) => columnKey(name, runtime))) {
      const [[name, runtime] = ['', 'none' as const]] = same;
      const counts = columns.get(key)?.counts ?? { ...noMarks };
      counts[weakest(same.map((summary) => markOf(summary, today)))] += count;
      columns.set(key, { name, runtime, counts });
    }
  }
  return [...columns.values()];
};

/** Names of today in their order, those of before after them; the engines of a name together. */
const inOrder = (columns: MatrixColumn[], references: readonly string[]): MatrixColumn[] => {
  const place = ({ name }: MatrixColumn) =>
    references.includes(name) ? references.indexOf(name) : references.length;
  return columns.toSorted(
    (one, other) =>
      place(one) - place(other) ||
      one.name.localeCompare(other.name) ||
      one.runtime.localeCompare(other.runtime),
  );
};

/** The trust matrix in pages. Columns are counted anew once something was written, not while a person scrolls. */
export const createMatrix = (needs: {
  sql: Sql;
  page: (input: PageInput) => DevicePage;
  today: () => Today;
}) => {
  const { sql, page } = needs;
  let known: { cause: string; columns: MatrixColumn[] } | null = null;

  const columnsOf = (filter: DeviceFilter, today: Today): MatrixColumn[] => {
    const cause = JSON.stringify([versionOf(sql), filter, today]);
    if (known?.cause !== cause) known = { cause, columns: countColumns(sql, filter, today) };
    return inOrder(known.columns, today.references);
  };

  return (input: PageInput): MatrixPage => {
    const today = needs.today();
    const { rows, ...rest } = page(input);
    const proofs = readProofs(
      sql,
      rows.map(({ id }) => id),
    );
    return {
      ...rest,
      rows: rows.map((row) => ({ ...row, cells: cellsOf(proofs.get(row.id) ?? [], today) })),
      columns: columnsOf(input.filter, today),
    };
  };
};
