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
import { engineColumns, placeColumns, type Searched, trustColumns, wordsOf } from './columns.ts';
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

/** One device as it lies in `devices` and `deviceDocuments`, with what its group says of the login. */
export interface Row {
  id: string;
  name: string;
  address: string;
  port: number | null;
  user: string;
  credential: string;
  groupName: string;
  acceptsNewKey: number;
  addedAt: string;
  isSimulated: number;
  facts: string | null;
  trust: string;
  tags: string;
  groupUser: string | null;
  groupPort: number | null;
}

/** Reads whole devices; append conditions on `d` and an order. */
export const selectRows = `
  SELECT d.id, d.name, d.address, d.port, d.user, d.credential, d.groupName, d.acceptsNewKey, d.addedAt, d.isSimulated, f.facts, f.trust,
    (SELECT json_group_array(tag) FROM deviceTags WHERE deviceId = d.id) AS tags,
    g.user AS groupUser, g.port AS groupPort
  FROM devices d JOIN deviceDocuments f ON f.deviceId = d.id LEFT JOIN deviceGroups g ON g.name = d.groupName`;

export const readTrust = (text: string): RecordedTrust =>
  recordedTrust.safeParse(JSON.parse(text)).data ?? noTrust;

export const readFacts = (text: string | null): DeviceFacts | null =>
  text === null ? null : (deviceFacts.safeParse(JSON.parse(text)).data ?? null);

export const readCredential = (text: string): Device['credential'] =>
  deviceModel.shape.credential.parse(JSON.parse(text));

const readTags = (text: string): string[] => deviceModel.shape.tags.parse(JSON.parse(text));

/** Who logs in and where: with the login of a group, as the group says. */
export const parseDevice = (row: Row, hostKeys: readonly HostKey[], today: Today): Device => {
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
    facts: readFacts(row.facts),
    trust: trustToday(row.name, readTrust(row.trust), today),
    group: row.groupName,
    tags: readTags(row.tags),
    addedAt: row.addedAt,
    isSimulated: row.isSimulated === 1,
  };
};

/** A list as one parameter, for `IN (SELECT value FROM json_each(?))`: the text of the statement stays the same. */
export const asJson = (values: readonly string[]): string => JSON.stringify(values);

export const assign = (sql: Sql, id: string, columns: Record<string, SqlValue>): void => {
  const names = Object.keys(columns).map((name) => `${name} = ?`);
  sql.run(`UPDATE devices SET ${names.join(', ')} WHERE id = ?`, ...Object.values(columns), id);
};

type SearchedRow = Omit<Searched, 'tags'> & { id: string; tags: string };

/** Brings up to date what a search looks in. */
export const refreshWords = (sql: Sql, ids: readonly string[]): void => {
  const rows = sql.all<SearchedRow>(
    `SELECT id, name, address, user, groupName, engine, title,
       (SELECT json_group_array(tag) FROM deviceTags WHERE deviceId = d.id) AS tags
     FROM devices d WHERE id IN (SELECT value FROM json_each(?))`,
    asJson(ids),
  );
  const words = rows.map(
    (row) => [row.id, wordsOf({ ...row, tags: JSON.parse(row.tags) as string[] })] as const,
  );
  // One statement for all: ten thousand of their own keep the process busy for seconds.
  sql.run(
    'UPDATE devices SET words = w.value FROM json_each(?) w WHERE devices.id = w.key',
    JSON.stringify(Object.fromEntries(words)),
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

/** Fills in the columns of rows that a version before wrote without them. */
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
