import { z } from 'zod';
import type { Sql } from '#electron/store/index.ts';
import { proof as proofModel, type Proof } from '#shared/model/devices.ts';
import type {
  DeviceFilter,
  DevicePage,
  MatrixCell,
  MatrixColumn,
  MatrixPage,
  ProofMark,
} from '#shared/model/fleet.ts';
import { type ProofSummary, shortCa, summaryOf } from './columns.ts';
import { whereOf, whereText } from './filter-sql.ts';
import type { PageInput } from './paging.ts';
import { asJson } from './rows.ts';

/** What says least comes first: a cell is as good as its weakest proof. */
const weakestFirst: readonly ProofMark[] = ['refused', 'files', 'handshake', 'former', 'pulled'];

const weakest = (marks: readonly ProofMark[]): ProofMark =>
  weakestFirst.find((mark) => marks.includes(mark)) ?? 'files';

/** A pull by a CA of before says nothing of ours; of one that was recorded without its CA nothing else is known. */
const markOf = ([, , mark, ca]: ProofSummary, own: string): ProofMark =>
  mark === 'pulled' && ca !== '' && own !== '' && ca !== own ? 'former' : mark;

const columnKey = (name: string, runtime: string): string => `${runtime} ${name}`;

const cellsOf = (proofs: readonly Proof[], own: string): MatrixCell[] =>
  [...Map.groupBy(proofs, ({ name, runtime }) => columnKey(name, runtime)).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const mark = weakest(same.map((proof) => markOf(summaryOf(proof), own)));
    return [{ name: first.name, runtime: first.runtime, mark, proofs: same }];
  });

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

/** Most devices of a fleet have the same proofs, so few texts are counted however many devices there are. */
const countColumns = (sql: Sql, filter: DeviceFilter, own: string): MatrixColumn[] => {
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
      const counts = columns.get(key)?.counts ?? { pulled: 0, former: 0, refused: 0, handshake: 0, files: 0 };
      counts[weakest(same.map((summary) => markOf(summary, own)))] += count;
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

/**
 * The trust matrix in pages. Columns are counted anew once something was written, not while a person scrolls.
 * @param needs.ca fingerprint of the CA of today; null: there is none
 */
export const createMatrix = (needs: {
  sql: Sql;
  page: (input: PageInput) => DevicePage;
  references: () => readonly string[];
  ca: () => string | null;
}) => {
  const { sql, page, references, ca } = needs;
  let known: { cause: string; columns: MatrixColumn[] } | null = null;

  const columnsOf = (filter: DeviceFilter, own: string): MatrixColumn[] => {
    const changes = sql.get<{ changes: number }>('SELECT total_changes() AS changes')?.changes ?? 0;
    const cause = JSON.stringify([changes, filter, own]);
    if (known?.cause !== cause) known = { cause, columns: countColumns(sql, filter, own) };
    return inOrder(known.columns, references());
  };

  return (input: PageInput): MatrixPage => {
    const own = shortCa(ca());
    const { rows, ...rest } = page(input);
    const proofs = readProofs(
      sql,
      rows.map(({ id }) => id),
    );
    return {
      ...rest,
      rows: rows.map((row) => ({ ...row, cells: cellsOf(proofs.get(row.id) ?? [], own) })),
      columns: columnsOf(input.filter, own),
    };
  };
};
