import type { Sliced } from '#electron/slices.ts';
import type { Aside } from '#electron/store/index.ts';
import type { Device } from '#shared/model/devices.ts';
import { placeColumns, wordsSql } from './columns.ts';
import { atATime } from './parts.ts';
import { noTrust, type OwnColumns } from './rows.ts';

type HostKey = Device['hostKeys'][number];

type OwnColumn = keyof OwnColumns;

export interface StagedDevice extends OwnColumns {
  id: string;
  isSimulated: boolean;
  /** Null: those it has stay. */
  sealedSecrets: string | null;
  /** Null: those it has stay. */
  tags: readonly string[] | null;
}

/** Rows on their way into the tables of devices. Nothing is seen of them before they are written. */
export interface Staging {
  add(device: StagedDevice): void;
  /** @param changed the columns that differ from what stands there */
  change(device: StagedDevice, changed: readonly OwnColumn[]): void;
  /** @param port what answered; kept where none is known */
  pin(id: string, key: HostKey, port: number | null): void;
  holds(what: 'devices' | 'keys'): boolean;
  /** Writes some of them at a time; to be done within one transaction. */
  write(addedAt: string): Sliced<void>;
  /** Forgets the rows. */
  clear(): void;
}

/** Temporary tables go with the connection, so that nothing is left of what a crash interrupts. */
const tables = [
  `CREATE TEMP TABLE stagedDevices (
    batch INTEGER, isNew INTEGER, position INTEGER, id TEXT, name TEXT, address TEXT, port INTEGER, user TEXT, credential TEXT,
    groupName TEXT, acceptsNewKey INTEGER, isSimulated INTEGER, addressKey TEXT, sortName TEXT, sortAddress TEXT,
    sealedSecrets TEXT, hasTags INTEGER, words TEXT, PRIMARY KEY (batch, isNew, position)
  ) WITHOUT ROWID`,
  `CREATE TEMP TABLE stagedTags (
    batch INTEGER, deviceId TEXT, tag TEXT, PRIMARY KEY (batch, deviceId, tag)
  ) WITHOUT ROWID`,
  `CREATE TEMP TABLE stagedKeys (
    batch INTEGER, position INTEGER, deviceId TEXT, type TEXT, fingerprint TEXT, acceptedAt TEXT, how TEXT, port INTEGER,
    PRIMARY KEY (batch, position)
  ) WITHOUT ROWID`,
];

/** All but the words, which SQL makes of them. */
const stagedColumns = [
  ...['batch', 'isNew', 'position', 'id', 'name', 'address', 'port', 'user', 'credential', 'groupName'],
  ...['acceptsNewKey', 'isSimulated', 'addressKey', 'sortName', 'sortAddress', 'sealedSecrets', 'hasTags'],
];

const stageDevice = `
  INSERT INTO stagedDevices (${stagedColumns.join(', ')}, words)
  SELECT s.*, ${wordsSql('s')}
  FROM (SELECT ${stagedColumns.map((column) => `? AS ${column}`).join(', ')}) s, (SELECT '' AS engine, '' AS title)`;

const copied = stagedColumns.slice(stagedColumns.indexOf('id'), stagedColumns.indexOf('sealedSecrets'));

/** The rows of one batch and kind, from one position to another. */
const someOf = (isNew: 0 | 1): string => `batch = ? AND isNew = ${isNew} AND position >= ? AND position < ?`;

type Range = [batch: number, from: number, to: number];

function* ranges(batch: number, count: number): Generator<Range, void> {
  for (let from = 0; from < count; from += atATime) yield [batch, from, from + atATime];
}

/** Columns that follow from name and address. */
const placed = ['addressKey', 'sortName', 'sortAddress'];

/** Opens the staging of a database; each call of the result begins a batch of its own. */
export const createStaging = (sql: Aside): (() => Staging) => {
  for (const table of tables) sql.run(table);
  let batches = 0;

  const writeTags = (isNew: 0 | 1, range: Range): void => {
    sql.run(
      `INSERT INTO deviceTags (deviceId, tag)
       SELECT deviceId, tag FROM stagedTags WHERE batch = ? AND deviceId IN (SELECT id FROM stagedDevices WHERE ${someOf(isNew)})`,
      range[0],
      ...range,
    );
  };

  const writeAdded = (range: Range, addedAt: string): void => {
    sql.run(
      `INSERT INTO devices (${copied.join(', ')}, words, addedAt)
       SELECT ${copied.join(', ')}, words, ? FROM stagedDevices WHERE ${someOf(1)} ORDER BY position`,
      addedAt,
      ...range,
    );
    sql.run(
      `INSERT INTO deviceDocuments (deviceId, sealedSecrets, trust)
       SELECT id, sealedSecrets, ? FROM stagedDevices WHERE ${someOf(1)} ORDER BY position`,
      JSON.stringify(noTrust),
      ...range,
    );
    writeTags(1, range);
  };

  const writeChanged = (range: Range, changed: ReadonlySet<string>): void => {
    if (changed.size > 0) {
      const isMoved = changed.has('name') || changed.has('address');
      const columns = [...changed, ...(isMoved ? placed : [])].map((column) => `${column} = s.${column}`);
      if (isMoved || changed.has('user')) columns.push(`words = ${wordsSql('s')}`);
      sql.run(
        `UPDATE devices SET ${columns.join(', ')} FROM stagedDevices s WHERE ${someOf(0)} AND devices.id = s.id`,
        ...range,
      );
    }
    sql.run(
      `UPDATE deviceDocuments SET sealedSecrets = s.sealedSecrets FROM stagedDevices s
       WHERE ${someOf(0)} AND s.sealedSecrets IS NOT NULL AND deviceId = s.id`,
      ...range,
    );
    sql.run(
      `DELETE FROM deviceTags WHERE deviceId IN (SELECT id FROM stagedDevices WHERE ${someOf(0)} AND hasTags = 1)`,
      ...range,
    );
    writeTags(0, range);
  };

  const writeKeys = (range: Range): void => {
    const some = 'batch = ? AND position >= ? AND position < ?';
    sql.run(
      `INSERT INTO hostKeys (deviceId, type, fingerprint, acceptedAt, how)
       SELECT deviceId, type, fingerprint, acceptedAt, how FROM stagedKeys WHERE ${some}`,
      ...range,
    );
    sql.run(
      `UPDATE devices SET port = k.port FROM stagedKeys k
       WHERE ${some} AND k.port IS NOT NULL AND devices.id = k.deviceId AND devices.port IS NULL`,
      ...range,
    );
  };

  return () => {
    const batch = (batches += 1);
    const changed = new Set<OwnColumn>();
    const count = { added: 0, changed: 0, keys: 0 };

    const stage = (device: StagedDevice, isNew: boolean): void => {
      const { id, name, address, port, user, credential, groupName, acceptsNewKey, isSimulated, tags } =
        device;
      const { addressKey, sortName, sortAddress } = placeColumns({ name, address });
      sql.run(
        stageDevice,
        ...[batch, Number(isNew), count.added + count.changed, id, name, address, port, user, credential],
        ...[groupName, acceptsNewKey, Number(isSimulated), addressKey, sortName, sortAddress],
        ...[device.sealedSecrets, Number(tags !== null)],
      );
      for (const tag of tags ?? []) {
        sql.run('INSERT OR IGNORE INTO stagedTags (batch, deviceId, tag) VALUES (?, ?, ?)', batch, id, tag);
      }
    };

    return {
      add(device) {
        stage(device, true);
        count.added += 1;
      },
      change(device, columns) {
        stage(device, false);
        count.changed += 1;
        for (const column of columns) changed.add(column);
      },
      pin(id, { type, fingerprint, acceptedAt, how }, port) {
        sql.run(
          `INSERT INTO stagedKeys (batch, position, deviceId, type, fingerprint, acceptedAt, how, port)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[batch, count.keys, id, type, fingerprint, acceptedAt, how, port],
        );
        count.keys += 1;
      },
      holds: (what) => (what === 'keys' ? count.keys : count.added + count.changed) > 0,
      *write(addedAt) {
        const all = count.added + count.changed;
        if (count.changed > 0) {
          for (const range of ranges(batch, all)) {
            writeChanged(range, changed);
            yield;
          }
        }
        if (count.added > 0) {
          for (const range of ranges(batch, all)) {
            writeAdded(range, addedAt);
            yield;
          }
        }
        for (const range of ranges(batch, count.keys)) {
          writeKeys(range);
          yield;
        }
      },
      clear() {
        for (const table of ['stagedDevices', 'stagedTags', 'stagedKeys']) {
          sql.run(`DELETE FROM ${table} WHERE batch = ?`, batch);
        }
        changed.clear();
        Object.assign(count, { added: 0, changed: 0, keys: 0 });
      },
    };
  };
};
