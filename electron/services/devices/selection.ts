import type { Sql } from '#electron/store/index.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { whereOf, whereText } from './filter-sql.ts';
import { asJson } from './rows.ts';

const inOrder = 'ORDER BY d.addedAt, d.rowid';

/** Every key as an id, each once, in the order given. */
const idsOfKeys = (sql: Sql, keys: readonly string[], idOf: (key: string) => string): string[] => {
  const known = sql.all<{ id: string }>(
    'SELECT id FROM devices WHERE id IN (SELECT value FROM json_each(?))',
    asJson(keys),
  );
  const ids = new Set(known.map(({ id }) => id));
  return [...new Set(keys.map((key) => (ids.has(key) ? key : idOf(key))))];
};

/** Columns of `devices d` for everything a filter chooses, oldest first. */
export const selectAll = <T>(
  sql: Sql,
  selection: Exclude<DeviceSelection, { devices: string[] }>,
  columns: string,
): T[] => {
  const { filter, except } = 'all' in selection ? { filter: {}, except: [] } : selection;
  const where = whereOf(filter);
  if (except.length > 0) where.conditions.push('d.id NOT IN (SELECT value FROM json_each(?))');
  const params = except.length > 0 ? [...where.params, asJson(except)] : where.params;
  return sql.all<T>(`SELECT ${columns} FROM devices d ${whereText(where)} ${inOrder}`, ...params);
};

/**
 * The ids of the chosen devices.
 * @param idOf finds a device by name or address
 * @throws AppError NOT_FOUND from `idOf`
 */
export const selectIds = (sql: Sql, selection: DeviceSelection, idOf: (key: string) => string): string[] =>
  'devices' in selection
    ? idsOfKeys(sql, selection.devices, idOf)
    : selectAll<{ id: string }>(sql, selection, 'd.id').map(({ id }) => id);
