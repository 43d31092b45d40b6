import { randomBytes } from 'node:crypto';
import type { Store } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import type { CredentialInput, Device, DeviceFacts, RecordedTrust } from '#shared/model/devices.ts';
import { addressKey, placeColumns, wordsOf } from './columns.ts';
import type { Groups } from './groups.ts';
import { createLookup, type DeviceEntry, type Lookup, selectEntries } from './lookup.ts';
import {
  asJson,
  assign,
  fillColumns,
  noTrust,
  readCredential,
  readTrust,
  refreshWords,
  saveFactsRow,
  saveTrustRow,
} from './rows.ts';
import type { Settling } from './settling.ts';
import {
  infoOf,
  openLogin,
  type SealedLogin,
  sealedLogin,
  secretsOf,
  type StoredLogin,
} from './stored-login.ts';
import { changeTags, putTags } from './tags.ts';

type HostKey = Device['hostKeys'][number];

/** What a device is created with or changed to; secrets are sealed before they reach the database. */
export interface DeviceDraft {
  name: string;
  address: string;
  port: number | null;
  user: string;
  credential: CredentialInput;
  /** Empty: none of its own. */
  sudoPassword: string;
  group: string;
  tags: readonly string[];
  /** Its host key is accepted unseen at the first connection. */
  acceptsNewKey?: boolean;
  isSimulated?: boolean;
}

/** The list of devices, whole in SQLite. */
export interface Inventory extends Lookup {
  /** @throws AppError DEVICE_EXISTS, BAD_INPUT when name, address or port are taken */
  checkFree(draft: Pick<DeviceDraft, 'name' | 'address' | 'port'>, except?: string): void;
  /** The name, or one like it that no device has. */
  freeName(name: string): string;
  /** Yields the id. */
  insert(draft: DeviceDraft): string;
  update(id: string, draft: Partial<DeviceDraft>): void;
  tag(ids: readonly string[], change: { add: readonly string[]; remove: readonly string[] }): number;
  remove(ids: readonly string[]): number;
  pin(id: string, key: HostKey): void;
  savePort(id: string, port: number): void;
  saveFacts(id: string, facts: DeviceFacts): void;
  saveTrust(id: string, patch: Partial<RecordedTrust>): void;
  /** @throws AppError GROUP_LOGIN_MISSING */
  secrets(id: string): StoredLogin;
  /** Its host key may be accepted unseen, because an import said so. */
  acceptsNewKey(id: string): boolean;
}

/** What a device itself says, without its documents. */
interface OwnRow {
  name: string;
  address: string;
  port: number | null;
  user: string;
  credential: string;
  groupName: string;
  acceptsNewKey: number;
}

/** Creates the inventory over the tables of devices. `onChange` is called after every change. */
export const createInventory = (needs: {
  store: Pick<Store, 'sql' | 'secrets'>;
  groups: Pick<Groups, 'login'>;
  settling: Settling;
  now: () => Date;
  onChange: () => void;
}): Inventory => {
  const { now, onChange, groups, settling } = needs;
  const { sql, secrets } = needs.store;
  fillColumns(sql, settling.today());

  const lookup = createLookup(sql, settling);

  const open = (id: string): SealedLogin => {
    const row = sql.get<{ sealedSecrets: string }>(
      'SELECT sealedSecrets FROM deviceDocuments WHERE deviceId = ?',
      id,
    );
    return sealedLogin.parse(JSON.parse(secrets.open(row?.sealedSecrets ?? '', `device:${id}`)));
  };
  const seal = (id: string, login: SealedLogin): string =>
    secrets.seal(JSON.stringify(login), `device:${id}`);

  const ownRow = (id: string): OwnRow => {
    const row = sql.get<OwnRow>(
      'SELECT name, address, port, user, credential, groupName, acceptsNewKey FROM devices WHERE id = ?',
      id,
    );
    if (!row) throw new AppError('NOT_FOUND', { kind: 'device', id });
    return row;
  };

  const isTaken = (name: string): boolean =>
    sql.get('SELECT 1 FROM devices WHERE name = ?', name) !== undefined;

  const freeName = (name: string): string => {
    let free = name;
    for (let count = 2; isTaken(free); count += 1) free = `${name} (${count})`;
    return free;
  };

  /** Devices that have gone meanwhile are passed over. */
  const change = (id: string, work: () => void): void => {
    const isThere = sql.transaction(() => {
      if (sql.get('SELECT 1 FROM devices WHERE id = ?', id) === undefined) return false;
      work();
      return true;
    });
    if (isThere) onChange();
  };

  return {
    ...lookup,
    checkFree({ name, address, port }, except = '') {
      const twins = sql.all<DeviceEntry>(
        `${selectEntries} WHERE d.addressKey = ? AND d.id != ?`,
        addressKey(address),
        except,
      );
      const twin = twins.find((other) => other.port === port || !other.port || !port);
      if (twin) throw new AppError('DEVICE_EXISTS', { address, device: twin.name });
      const namesake = sql.get('SELECT 1 FROM devices WHERE name = ? AND id != ?', name, except);
      if (namesake !== undefined) {
        throw new AppError('BAD_INPUT', { field: 'name', problem: `another device is called "${name}"` });
      }
    },
    freeName,
    insert(draft) {
      const id = randomBytes(5).toString('hex');
      const { address, port, user, credential, sudoPassword, group, tags } = draft;
      const name = draft.name || freeName(address);
      const { addressKey: key, sortName, sortAddress } = placeColumns({ name, address });
      sql.transaction(() => {
        sql.run(
          `INSERT INTO devices (id, name, address, port, user, credential, groupName, acceptsNewKey, isSimulated, addedAt,
             addressKey, sortName, sortAddress, words)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[id, name, address, port, user, JSON.stringify(infoOf(credential, sudoPassword)), group],
          ...[Number(draft.acceptsNewKey ?? false), Number(draft.isSimulated ?? false), now().toISOString()],
          ...[key, sortName, sortAddress],
          wordsOf({ name, address, user, groupName: group, tags, engine: '', title: '' }),
        );
        sql.run(
          'INSERT INTO deviceDocuments (deviceId, sealedSecrets, trust) VALUES (?, ?, ?)',
          ...[id, seal(id, { ...secretsOf(credential), sudoPassword }), JSON.stringify(noTrust)],
        );
        putTags(sql, id, tags);
      });
      onChange();
      return id;
    },
    update(id, draft) {
      const { credential, tags, acceptsNewKey } = draft;
      const row = ownRow(id);
      const columns = {
        ...{ name: draft.name ?? row.name, address: draft.address ?? row.address },
        ...{ user: draft.user ?? row.user, port: draft.port === undefined ? row.port : draft.port },
        groupName: draft.group ?? row.groupName,
        acceptsNewKey: acceptsNewKey === undefined ? row.acceptsNewKey : Number(acceptsNewKey),
      };
      sql.transaction(() => {
        if (credential ?? draft.sudoPassword !== undefined) {
          const sealed = open(id);
          const sudoPassword = draft.sudoPassword ?? sealed.sudoPassword;
          const kept = { ...readCredential(row.credential), hasSudoPassword: sudoPassword !== '' };
          const login = credential ? secretsOf(credential) : sealed;
          const info = JSON.stringify(credential ? infoOf(credential, sudoPassword) : kept);
          sql.run('UPDATE devices SET credential = ? WHERE id = ?', info, id);
          const text = seal(id, { ...login, sudoPassword });
          sql.run('UPDATE deviceDocuments SET sealedSecrets = ? WHERE deviceId = ?', text, id);
        }
        const changed = Object.entries(columns).filter(
          ([name, value]) => value !== row[name as keyof OwnRow],
        );
        if (changed.length > 0) {
          const isMoved = columns.name !== row.name || columns.address !== row.address;
          assign(sql, id, { ...Object.fromEntries(changed), ...(isMoved && placeColumns(columns)) });
        }
        if (tags) putTags(sql, id, tags);
        if (tags || changed.length > 0) refreshWords(sql, [id]);
      });
      onChange();
    },
    tag(ids, change) {
      const changed = changeTags(sql, ids, change);
      if (changed > 0) onChange();
      return changed;
    },
    remove(ids) {
      const { changes } = sql.run(
        'DELETE FROM devices WHERE id IN (SELECT value FROM json_each(?))',
        asJson(ids),
      );
      if (changes > 0) onChange();
      return changes;
    },
    pin(id, { type, fingerprint, acceptedAt, how }) {
      sql.run(
        `INSERT INTO hostKeys (deviceId, type, fingerprint, acceptedAt, how) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (deviceId, type) DO UPDATE
         SET fingerprint = excluded.fingerprint, acceptedAt = excluded.acceptedAt, how = excluded.how`,
        ...[id, type, fingerprint, acceptedAt, how],
      );
      onChange();
    },
    savePort(id, port) {
      if (sql.run('UPDATE devices SET port = ? WHERE id = ?', port, id).changes > 0) onChange();
    },
    saveFacts: (id, facts) => change(id, () => saveFactsRow(sql, id, facts)),
    saveTrust: (id, patch) =>
      change(id, () => {
        const row = sql.get<{ name: string; trust: string }>(
          'SELECT d.name, f.trust FROM devices d JOIN deviceDocuments f ON f.deviceId = d.id WHERE d.id = ?',
          id,
        );
        if (row) saveTrustRow(sql, id, row.name, { ...readTrust(row.trust), ...patch }, settling.today());
      }),
    secrets(id) {
      const row = ownRow(id);
      const info = readCredential(row.credential);
      if (info.kind !== 'group') return openLogin(info, open(id));
      const { login } = groups.login(row.groupName, row.name);
      return login;
    },
    acceptsNewKey: (id) => ownRow(id).acceptsNewKey === 1,
  };
};
