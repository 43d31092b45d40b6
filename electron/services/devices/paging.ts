import type { Sql } from '#electron/store/index.ts';
import { type Device, deviceTrustState, type RuntimeKind } from '#shared/model/devices.ts';
import type { DeviceFilter, DevicePage, DeviceRow, DeviceSort } from '#shared/model/fleet.ts';
import type { ProofSummary } from './columns.ts';
import { whereOf, whereText } from './filter-sql.ts';
import type { Settling } from './settling.ts';
import { markOf, type Today } from './standing.ts';

type State = Device['trust']['state'];
type Counts = Record<State, number>;

const states = deviceTrustState.options;

interface TableRow extends Omit<
  DeviceRow,
  'group' | 'tags' | 'names' | 'canUndo' | 'isBusy' | 'isSimulated'
> {
  groupName: string;
  tags: string;
  proofs: string;
  canUndo: number;
  isSimulated: number;
}

export interface PageInput {
  filter: DeviceFilter;
  sort: DeviceSort;
  offset: number;
  limit: number;
}

const orders: Record<DeviceSort['by'], string[]> = {
  name: ['d.sortName'],
  address: ['d.sortAddress', 'd.sortName'],
  group: ['d.groupName', 'd.sortName'],
  state: ['d.stateRank', 'd.sortName'],
  lastProofAt: ['d.lastProofAt', 'd.sortName'],
};

/**
 * The row's own number decides between equals, so that pages never overlap.
 * @param isWalk keeps SQLite from following an index of the order
 */
const orderText = ({ by, descending }: DeviceSort, isWalk: boolean): string =>
  [...orders[by], 'd.rowid']
    .map((column) => `${isWalk ? '+' : ''}${column} ${descending ? 'DESC' : 'ASC'}`)
    .join(', ');

const columns = `
  d.id, d.name, d.address, d.groupName, d.state, d.code, d.title, d.engine, d.proofs, d.lastProofAt, d.canUndo, d.isSimulated,
  (SELECT json_group_array(tag) FROM deviceTags WHERE deviceId = d.id) AS tags,
  coalesce(d.port, CASE json_extract(d.credential, '$.kind') WHEN 'group' THEN g.port END) AS port,
  coalesce(CASE json_extract(d.credential, '$.kind') WHEN 'group' THEN g.user END, d.user) AS user`;

/** The names it was asked by; one engine that pulled is enough. */
const namesOf = (proofs: readonly ProofSummary[], today: Today): DeviceRow['names'] => {
  const names = new Map<string, boolean>();
  for (const proof of proofs) {
    const [name] = proof;
    names.set(name, markOf(proof, today) === 'pulled' || names.get(name) === true);
  }
  return [...names].map(([name, isProven]) => ({ name, isProven }));
};

const rowOf = (
  { groupName, tags, proofs, canUndo, isSimulated, ...row }: TableRow,
  isBusy: boolean,
  today: Today,
): DeviceRow => ({
  ...row,
  group: groupName,
  tags: JSON.parse(tags) as string[],
  names: namesOf(JSON.parse(proofs) as ProofSummary[], today),
  canUndo: canUndo === 1,
  isSimulated: isSimulated === 1,
  isBusy,
});

interface Tally {
  state: State;
  code: string | null;
  count: number;
}

/** Devices by state and cause, in one walk: what is counted by one of them is summed over the other. */
const tally = (sql: Sql, filter: DeviceFilter): Tally[] => {
  const where = whereOf(filter);
  // The index of both serves when all are counted; with a filter it would lead to each row by itself.
  const by = where.conditions.length === 0 ? 'd.state, d.code' : '+d.state, +d.code';
  return sql.all<Tally>(
    `SELECT d.state, d.code, count(*) AS count FROM devices d ${whereText(where)} GROUP BY ${by}`,
    ...where.params,
  );
};

const byState = (tallies: readonly Tally[]): Counts => {
  const counts: Counts = { none: 0, unproven: 0, proven: 0, outdated: 0, drifted: 0, failed: 0 };
  for (const { state, count } of tallies) counts[state] += count;
  return counts;
};

/** What keeps devices from being proven; '' are those that nothing does. */
const byCode = (tallies: readonly Tally[]): DevicePage['codes'] => {
  const counts = new Map<string, number>();
  for (const { code, count } of tallies) counts.set(code ?? '', (counts.get(code ?? '') ?? 0) + count);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => a.name.localeCompare(b.name));
};

/** Devices by state. */
export const countStates = (sql: Sql): Counts => byState(tally(sql, {}));

/** How many devices have each kind of engine; one may have several. */
const countEngines = (sql: Sql): DevicePage['engines'] => {
  const counts = new Map<RuntimeKind, number>();
  const rows = sql.all<{ kinds: string; count: number }>(
    `SELECT engineKinds AS kinds, count(*) AS count FROM devices WHERE engineKinds <> '' GROUP BY engineKinds`,
  );
  for (const { kinds, count } of rows) {
    for (const kind of new Set(kinds.split('|').filter(Boolean) as RuntimeKind[]))
      counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => one.name.localeCompare(other.name));
};

/** How many devices have a host key pinned. */
const countHostKeys = (sql: Sql): DevicePage['hostKeys'] => {
  const { all, pinned } = sql.get<{ all: number; pinned: number }>(
    'SELECT (SELECT count(*) FROM devices) AS "all", (SELECT count(DISTINCT deviceId) FROM hostKeys) AS pinned',
  ) ?? { all: 0, pinned: 0 };
  const counts = [
    { name: 'missing' as const, count: all - pinned },
    { name: 'pinned' as const, count: pinned },
  ];
  return counts.filter(({ count }) => count > 0);
};

type Facets = Pick<DevicePage, 'groups' | 'tags' | 'engines' | 'hostKeys'>;

const readFacets = (sql: Sql): Facets => ({
  groups: sql.all('SELECT groupName AS name, count(*) AS count FROM devices GROUP BY groupName'),
  tags: sql.all('SELECT tag AS name, count(*) AS count FROM deviceTags GROUP BY tag'),
  engines: countEngines(sql),
  hostKeys: countHostKeys(sql),
});

/** Another text once something was written, by this connection or the one beside it. */
export const versionOf = (sql: Sql): string =>
  sql.get<{ version: string }>(
    `SELECT total_changes() || ' ' || data_version AS version FROM pragma_data_version`,
  )?.version ?? '';

/** What there is to choose from, whatever the filter; counted anew once something was written. */
const createFacets = (sql: Sql) => {
  let known: { version: string; facets: Facets } | null = null;
  return (): Facets => {
    const version = versionOf(sql);
    if (known?.version !== version) known = { version, facets: readFacets(sql) };
    return known.facets;
  };
};

const sum = (counts: Counts, chosen: readonly State[]): number =>
  chosen.reduce((total, state) => total + counts[state], 0);

/**
 * Pages of the device table. Every number comes from an index or one walk over the short rows.
 * @param isBusy whether a session with the device of this id is open
 */
export const createPages = (sql: Sql, isBusy: (id: string) => boolean, settling: Settling) => {
  const facetsNow = createFacets(sql);
  return (input: PageInput): DevicePage => {
    const { filter, sort, offset, limit } = input;
    settling.settle();
    const today = settling.today();
    const { states: chosen = states, codes, ...rest } = filter;
    const tallies = tally(sql, rest);
    const counts = byState(tallies.filter(({ code }) => codes?.includes(code ?? '') ?? true));
    const total = sum(counts, [...new Set(chosen)]);
    const facets = facetsNow();
    const all = facets.groups.reduce((every, { count }) => every + count, 0);
    const where = whereOf(filter, total > all / 2);
    // What following the order and one walk cost, in looks at a row that the order leads to.
    const isWalk = ((offset + limit) * all) / Math.max(total, 1) > all / 4 + total / 2 && total < all;
    // The ids first, from an index where there is one: the rows themselves are looked up for this page alone.
    const rows = sql.all<TableRow>(
      `SELECT ${columns} FROM (
       SELECT d.rowid AS place FROM devices d ${whereText(where)} ORDER BY ${orderText(sort, isWalk)} LIMIT ? OFFSET ?
     ) JOIN devices d ON d.rowid = place LEFT JOIN deviceGroups g ON g.name = d.groupName
     ORDER BY ${orderText(sort, true)}`,
      ...where.params,
      limit,
      offset,
    );
    return {
      rows: rows.map((row) => rowOf(row, isBusy(row.id), today)),
      total,
      counts,
      ...facets,
      codes: byCode(tallies.filter(({ state }) => chosen.includes(state))),
    };
  };
};
