import type { Sql } from '#electron/store/index.ts';
import type { Device, RuntimeKind } from '#shared/model/devices.ts';
import type { DeviceFilter, DevicePage, DeviceRow, DeviceSort } from '#shared/model/fleet.ts';
import { whereOf, whereText } from './filter-sql.ts';

type State = Device['trust']['state'];
type Counts = Record<State, number>;

interface TableRow extends Omit<
  DeviceRow,
  'group' | 'tags' | 'names' | 'canUndo' | 'isBusy' | 'isSimulated'
> {
  groupName: string;
  tags: string;
  names: string;
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

/** The row's own number decides between equals, so that pages never overlap. */
const orderText = ({ by, descending }: DeviceSort): string =>
  [...orders[by], 'd.rowid'].map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ');

const columns = `
  d.id, d.name, d.address, d.groupName, d.state, d.code, d.title, d.engine, d.names, d.lastProofAt, d.canUndo, d.isSimulated,
  (SELECT json_group_array(tag) FROM deviceTags WHERE deviceId = d.id) AS tags,
  coalesce(d.port, CASE json_extract(d.credential, '$.kind') WHEN 'group' THEN g.port END) AS port,
  coalesce(CASE json_extract(d.credential, '$.kind') WHEN 'group' THEN g.user END, d.user) AS user`;

const rowOf = (
  { groupName, tags, names, canUndo, isSimulated, ...row }: TableRow,
  isBusy: boolean,
): DeviceRow => ({
  ...row,
  group: groupName,
  tags: JSON.parse(tags) as string[],
  names: JSON.parse(names) as DeviceRow['names'],
  canUndo: canUndo === 1,
  isSimulated: isSimulated === 1,
  isBusy,
});

/** Devices by state, of those the filter matches. */
export const countStates = (sql: Sql, filter: DeviceFilter = {}): Counts => {
  const where = whereOf(filter);
  const counts: Counts = { none: 0, unproven: 0, proven: 0, drifted: 0, failed: 0 };
  const rows = sql.all<{ state: State; count: number }>(
    `SELECT d.state, count(*) AS count FROM devices d ${whereText(where)} GROUP BY d.state`,
    ...where.params,
  );
  for (const { state, count } of rows) counts[state] = count;
  return counts;
};

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

/** What keeps devices from being proven, of those that match everything else. */
const countCodes = (sql: Sql, { codes: _codes, ...rest }: DeviceFilter): DevicePage['codes'] => {
  const where = whereOf(rest);
  return sql.all(
    `SELECT coalesce(d.code, '') AS name, count(*) AS count FROM devices d ${whereText(where)} GROUP BY 1`,
    ...where.params,
  );
};

const sum = (counts: Counts, states: readonly State[]): number =>
  states.reduce((total, state) => total + counts[state], 0);

/**
 * One page of the device table. Every number comes from an index or one walk over the short rows.
 * @param isBusy whether a session with the device of this id is open
 */
export const readPage = (sql: Sql, input: PageInput, isBusy: (id: string) => boolean): DevicePage => {
  const { filter, sort, offset, limit } = input;
  const { states, ...rest } = filter;
  const where = whereOf(filter);
  const counts = countStates(sql, rest);
  // The ids first, from an index where there is one: the rows themselves are looked up for this page alone.
  const rows = sql.all<TableRow>(
    `SELECT ${columns} FROM (
       SELECT d.rowid AS place FROM devices d ${whereText(where)} ORDER BY ${orderText(sort)} LIMIT ? OFFSET ?
     ) JOIN devices d ON d.rowid = place LEFT JOIN deviceGroups g ON g.name = d.groupName
     ORDER BY ${orderText(sort)}`,
    ...where.params,
    limit,
    offset,
  );
  return {
    rows: rows.map((row) => rowOf(row, isBusy(row.id))),
    total: sum(counts, states === undefined ? (Object.keys(counts) as State[]) : [...new Set(states)]),
    counts,
    groups: sql.all('SELECT groupName AS name, count(*) AS count FROM devices GROUP BY groupName'),
    tags: sql.all('SELECT tag AS name, count(*) AS count FROM deviceTags GROUP BY tag'),
    engines: countEngines(sql),
    codes: countCodes(sql, filter),
  };
};
