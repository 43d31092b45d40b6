import type { Sql, SqlValue } from '#electron/store/index.ts';
import {
  type Device,
  device as deviceModel,
  deviceFacts,
  type DeviceFacts,
  hostKey as hostKeyModel,
  recordedTrust,
  type RecordedTrust,
} from '#shared/model/devices.ts';
import { engineColumns, placeColumns, trustColumns, wordsSql } from './columns.ts';
import { type Today, trustToday } from './standing.ts';

type HostKey = Device['hostKeys'][number];

export const noTrust: RecordedTrust = {
  state: 'none',
  error: null,
  proofs: [],
  warnings: [],
  lastRunAt: null,
  lastProofAt: null,
  canUndo: false,
};

/** What a device itself says, as it stands in `devices`. */
export interface OwnColumns {
  name: string;
  address: string;
  port: number | null;
  user: string;
  credential: string;
  groupName: string;
  acceptsNewKey: number;
}

/** One device as it lies in `devices`, with what its group says of the login. */
export interface ListedRow extends OwnColumns {
  id: string;
  addedAt: string;
  isSimulated: number;
  tags: string;
  groupUser: string | null;
  groupPort: number | null;
}

/** The same with its documents. */
export interface Row extends ListedRow {
  facts: string | null;
  trust: string;
}

/** A device without its documents. */
export type ListedDevice = Omit<Device, 'facts' | 'trust'> & { acceptsNewKey: boolean };

const listedColumns = `
  d.id, d.name, d.address, d.port, d.user, d.credential, d.groupName, d.acceptsNewKey, d.addedAt, d.isSimulated,
  (SELECT json_group_array(tag) FROM deviceTags WHERE deviceId = d.id) AS tags, g.user AS groupUser, g.port AS groupPort`;

/** Reads devices without their documents; append conditions on `d` and an order. */
export const selectListed = `
  SELECT ${listedColumns} FROM devices d LEFT JOIN deviceGroups g ON g.name = d.groupName`;

/** Reads whole devices; append conditions on `d` and an order. */
export const selectRows = `
  SELECT ${listedColumns}, f.facts, f.trust
  FROM devices d JOIN deviceDocuments f ON f.deviceId = d.id LEFT JOIN deviceGroups g ON g.name = d.groupName`;

export const readTrust = (text: string): RecordedTrust =>
  recordedTrust.safeParse(JSON.parse(text)).data ?? noTrust;

export const readFacts = (text: string | null): DeviceFacts | null =>
  text === null ? null : (deviceFacts.safeParse(JSON.parse(text)).data ?? null);

export const readCredential = (text: string): Device['credential'] =>
  deviceModel.shape.credential.parse(JSON.parse(text));

const readTags = (text: string): string[] => deviceModel.shape.tags.parse(JSON.parse(text));

/** Who logs in and where: with the login of a group, as the group says. */
const parseOwn = (row: ListedRow, hostKeys: readonly HostKey[]): Omit<Device, 'facts' | 'trust'> => {
  const credential = readCredential(row.credential);
  const isOfGroup = credential.kind === 'group';
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    port: row.port ?? (isOfGroup ? row.groupPort : null),
    user: (isOfGroup ? row.groupUser : null) ?? row.user,
    credential,
    hostKeys: hostKeys.map((key) => hostKeyModel.parse(key)),
    group: row.groupName,
    tags: readTags(row.tags),
    addedAt: row.addedAt,
    isSimulated: row.isSimulated === 1,
  };
};

export const parseListed = (row: ListedRow, hostKeys: readonly HostKey[]): ListedDevice => ({
  ...parseOwn(row, hostKeys),
  acceptsNewKey: row.acceptsNewKey === 1,
});

export const parseDevice = (row: Row, hostKeys: readonly HostKey[], today: Today): Device => ({
  ...parseOwn(row, hostKeys),
  facts: readFacts(row.facts),
  trust: trustToday(row.name, readTrust(row.trust), today),
});

/** A list as one parameter, for `IN (SELECT value FROM json_each(?))`: the text of the statement stays the same. */
export const asJson = (values: readonly string[]): string => JSON.stringify(values);

export const assign = (sql: Sql, id: string, columns: Record<string, SqlValue>): void => {
  const names = Object.keys(columns).map((name) => `${name} = ?`);
  sql.run(`UPDATE devices SET ${names.join(', ')} WHERE id = ?`, ...Object.values(columns), id);
};

/** Brings up to date what a search looks in. */
export const refreshWords = (sql: Sql, ids: readonly string[]): void => {
  sql.run(
    `UPDATE devices SET words = ${wordsSql()} WHERE id IN (SELECT value FROM json_each(?))`,
    asJson(ids),
  );
};

export const saveTrustRow = (
  sql: Sql,
  id: string,
  name: string,
  trust: RecordedTrust,
  today: Today,
): void => {
  sql.run('UPDATE deviceDocuments SET trust = ? WHERE deviceId = ?', JSON.stringify(trust), id);
  assign(sql, id, trustColumns(trustToday(name, trust, today)));
  refreshWords(sql, [id]);
};

export const saveFactsRow = (sql: Sql, id: string, facts: DeviceFacts): void => {
  sql.run('UPDATE deviceDocuments SET facts = ? WHERE deviceId = ?', JSON.stringify(facts), id);
  assign(sql, id, engineColumns(facts));
  refreshWords(sql, [id]);
};

/** Fills in the columns of rows that a version before wrote without them, or with others. */
export const fillColumns = (sql: Sql, today: Today): void => {
  const lacking = sql.all<{ id: string; name: string; address: string; facts: string | null; trust: string }>(
    'SELECT d.id, d.name, d.address, f.facts, f.trust FROM devices d JOIN deviceDocuments f ON f.deviceId = d.id WHERE d.sortName IS NULL',
  );
  if (lacking.length === 0) return;
  sql.transaction(() => {
    for (const { id, name, address, facts, trust } of lacking) {
      const documents = {
        ...trustColumns(trustToday(name, readTrust(trust), today)),
        ...engineColumns(readFacts(facts)),
      };
      assign(sql, id, { ...placeColumns({ name, address }), ...documents });
    }
    refreshWords(
      sql,
      lacking.map(({ id }) => id),
    );
  });
};
