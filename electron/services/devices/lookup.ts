import type { Sliced } from '#electron/slices.ts';
import type { Sql } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { addressKey } from './columns.ts';
import {
  asJson,
  type ListedDevice,
  type ListedRow,
  parseDevice,
  parseListed,
  type Row,
  selectListed,
  selectRows,
} from './rows.ts';
import { selectAll, selectIds } from './selection.ts';
import type { Settling } from './settling.ts';

type HostKey = Device['hostKeys'][number];

/** A device as lists of many need it. */
export interface DeviceEntry {
  id: string;
  name: string;
  address: string;
  port: number | null;
  /** Played by this computer; 0 or 1 as it comes out of the table. */
  isSimulated: number | boolean;
  /** Equal for equal addresses. */
  addressKey: string;
}

const entryColumns = 'd.id, d.name, d.address, d.port, d.isSimulated, d.addressKey';
export const selectEntries = `SELECT ${entryColumns} FROM devices d`;

/** Finding devices; each question is answered in a few statements, however many devices there are. */
export interface Lookup {
  /** The oldest first; all unless a page is named. */
  list(page?: { offset: number; limit: number }): Device[];
  /** By id, name or address. @throws AppError NOT_FOUND */
  get(key: string): Device;
  /** Whole devices. @throws AppError NOT_FOUND */
  select(selection: DeviceSelection): Device[];
  /** The same without their documents. @throws AppError NOT_FOUND */
  choose(selection: DeviceSelection): DeviceEntry[];
  /** Their ids alone. @throws AppError NOT_FOUND */
  ids(selection: DeviceSelection): string[];
  entries(): DeviceEntry[];
  /** Devices by id without their documents, in the order given; ids of none are passed over. */
  listed(ids: readonly string[]): Sliced<ListedDevice[]>;
}

/** Read at a time. */
const atATime = 200;

/** Creates the lookup over the tables of devices. */
export const createLookup = (sql: Sql, { today, settle }: Settling): Lookup => {
  const keysOf = (ids: readonly string[]) => {
    const keys = sql.all<HostKey & { deviceId: string }>(
      'SELECT * FROM hostKeys WHERE deviceId IN (SELECT value FROM json_each(?)) ORDER BY acceptedAt, type',
      asJson(ids),
    );
    return Map.groupBy(keys, ({ deviceId }) => deviceId);
  };

  const list: Lookup['list'] = (page = { offset: 0, limit: -1 }) => {
    const now = today();
    // Which they are first: what is read of each device is read for this page alone.
    const ids = sql
      .all<{ id: string }>(
        'SELECT id FROM devices ORDER BY addedAt, rowid LIMIT ? OFFSET ?',
        page.limit,
        page.offset,
      )
      .map(({ id }) => id);
    const keys = keysOf(ids);
    return sql
      .all<Row>(
        `${selectRows} WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.addedAt, d.rowid`,
        asJson(ids),
      )
      .map((row) => parseDevice(row, keys.get(row.id) ?? [], now));
  };

  const rowOf = (key: string): Row => {
    const row =
      sql.get<Row>(`${selectRows} WHERE d.id = ?`, key) ??
      sql.get<Row>(`${selectRows} WHERE d.name = ?`, key) ??
      sql.get<Row>(`${selectRows} WHERE d.addressKey = ? ORDER BY d.addedAt LIMIT 1`, addressKey(key));
    if (!row) throw new AppError('NOT_FOUND', { kind: 'device', id: key });
    return row;
  };

  const get = (key: string): Device => {
    const row = rowOf(key);
    return parseDevice(row, keysOf([row.id]).get(row.id) ?? [], today());
  };

  const idsOf = (selection: DeviceSelection) => {
    settle();
    return selectIds(sql, selection, (key) => rowOf(key).id);
  };

  return {
    list,
    get,
    ids: idsOf,
    select(selection) {
      if ('all' in selection) return list();
      const ids = idsOf(selection);
      const keys = keysOf(ids);
      const rows = sql.all<Row>(`${selectRows} WHERE d.id IN (SELECT value FROM json_each(?))`, asJson(ids));
      const now = today();
      const byId = new Map(rows.map((row) => [row.id, parseDevice(row, keys.get(row.id) ?? [], now)]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    choose(selection) {
      settle();
      if (!('devices' in selection)) return selectAll<DeviceEntry>(sql, selection, entryColumns);
      const ids = idsOf(selection);
      const rows = sql.all<DeviceEntry>(
        `${selectEntries} WHERE d.id IN (SELECT value FROM json_each(?))`,
        asJson(ids),
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    *listed(ids) {
      const devices: ListedDevice[] = [];
      for (let at = 0; at < ids.length; at += atATime) {
        const part = ids.slice(at, at + atATime);
        const keys = keysOf(part);
        const rows = sql.all<ListedRow>(
          `${selectListed} WHERE d.id IN (SELECT value FROM json_each(?))`,
          asJson(part),
        );
        const byId = new Map(rows.map((row) => [row.id, parseListed(row, keys.get(row.id) ?? [])]));
        devices.push(...part.flatMap((id) => byId.get(id) ?? []));
        yield;
      }
      return devices;
    },
    entries: () => sql.all<DeviceEntry>(`${selectEntries} ORDER BY d.addedAt, d.rowid`),
  };
};
