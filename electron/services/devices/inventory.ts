import { randomInt } from 'node:crypto';
import { atOnce, inSlices, type Sliced } from '#electron/slices.ts';
import type { Store } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import type { CredentialInput, Device, DeviceFacts, RecordedTrust } from '#shared/model/devices.ts';
import type { Changes } from './changes.ts';
import { addressKey } from './columns.ts';
import type { Groups } from './groups.ts';
import { createLookup, type DeviceEntry, type Lookup, selectEntries } from './lookup.ts';
import {
  asJson,
  fillColumns,
  type OwnColumns,
  readCredential,
  readTrust,
  saveFactsRow,
  saveTrustRow,
} from './rows.ts';
import type { Settling } from './settling.ts';
import { createStaging, type Staging } from './staging.ts';
import {
  infoOf,
  noSecrets,
  openLogin,
  type SealedLogin,
  sealedLogin,
  secretsOf,
  type StoredLogin,
} from './stored-login.ts';
import { inParts } from './parts.ts';
import { changeTags } from './tags.ts';

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

/** What is to be written, once all of it is ready. */
export interface Batch {
  /** Takes a name like the given one that no device has, or its address; yields the id. */
  add(draft: DeviceDraft): string;
  /** @throws AppError NOT_FOUND */
  change(id: string, draft: Partial<DeviceDraft>): void;
  /** @param port what answered; kept where none is known */
  pin(id: string, key: HostKey, port?: number | null): void;
}

/** The list of devices, whole in SQLite. */
export interface Inventory extends Lookup {
  /** @throws AppError DEVICE_EXISTS, BAD_INPUT when name, address or port are taken */
  checkFree(draft: Pick<DeviceDraft, 'name' | 'address' | 'port'>, except?: string): void;
  /** Yields the id. */
  insert(draft: DeviceDraft): string;
  update(id: string, draft: Partial<DeviceDraft>): void;
  /**
   * Makes many changes ready and writes them as one, in slices between which others have their turn. Where others
   * changed the list meanwhile, the plan is made once more, in one turn.
   * @throws what the plan throws, or the reason of `signal`; nothing was written then
   */
  apply<T>(plan: (batch: Batch) => Sliced<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Gives and takes tags, all or none; yields how many devices have changed.
   * @throws AppError BAD_INPUT when a device would have too many
   */
  tag(ids: readonly string[], change: { add: readonly string[]; remove: readonly string[] }): Promise<number>;
  /** Forgets devices, all or none; yields how many there were. */
  remove(ids: readonly string[]): Promise<number>;
  pin(id: string, key: HostKey): void;
  savePort(id: string, port: number): void;
  saveFacts(id: string, facts: DeviceFacts): void;
  saveTrust(id: string, patch: Partial<RecordedTrust>): void;
  /** @throws AppError GROUP_LOGIN_MISSING */
  secrets(id: string): StoredLogin;
  /** Its host key may be accepted unseen, because an import said so. */
  acceptsNewKey(id: string): boolean;
}

/** Ids of one batch follow each other, so that the indexes grow at one place. */
const createIds = (): (() => string) => {
  const most = 2 ** 40;
  let next = randomInt(most);
  return () => {
    next = (next + 1) % most;
    return next.toString(16).padStart(10, '0');
  };
};

/** Creates the inventory over the tables of devices. */
export const createInventory = (needs: {
  store: Pick<Store, 'sql' | 'secrets'>;
  groups: Pick<Groups, 'login'>;
  settling: Settling;
  now: () => Date;
  changes: Changes;
}): Inventory => {
  const { now, changes, groups, settling } = needs;
  const { sql, secrets } = needs.store;
  fillColumns(sql, settling.today());

  const lookup = createLookup(sql, settling);
  const { aside } = sql;
  const stage = createStaging(aside);
  let keyChanges = 0;

  const open = (id: string): SealedLogin => {
    const row = sql.get<{ sealedSecrets: string }>(
      'SELECT sealedSecrets FROM deviceDocuments WHERE deviceId = ?',
      id,
    );
    return sealedLogin.parse(JSON.parse(secrets.open(row?.sealedSecrets ?? '', `device:${id}`)));
  };
  const seal = (id: string, login: SealedLogin): string =>
    secrets.seal(JSON.stringify(login), `device:${id}`);

  const ownRow = (id: string): OwnColumns & { isSimulated: number } => {
    const row = sql.get<OwnColumns & { isSimulated: number }>(
      'SELECT name, address, port, user, credential, groupName, acceptsNewKey, isSimulated FROM devices WHERE id = ?',
      id,
    );
    if (!row) throw new AppError('NOT_FOUND', { kind: 'device', id });
    return row;
  };

  const isTaken = (name: string): boolean =>
    sql.get('SELECT 1 FROM devices WHERE name = ?', name) !== undefined;

  /** The login in its stored form; what is not given stays. */
  const changedLogin = (
    id: string,
    present: string,
    { credential, sudoPassword: given }: Partial<DeviceDraft>,
  ): { credential: string; sealedSecrets: string | null } => {
    if (credential === undefined && given === undefined) return { credential: present, sealedSecrets: null };
    const before = credential === undefined || given === undefined ? open(id) : noSecrets;
    const sudoPassword = given ?? before.sudoPassword;
    const login = credential ? secretsOf(credential) : before;
    const kept = { ...readCredential(present), hasSudoPassword: sudoPassword !== '' };
    const info = credential ? infoOf(credential, sudoPassword) : kept;
    return { credential: JSON.stringify(info), sealedSecrets: seal(id, { ...login, sudoPassword }) };
  };

  const openBatch = (staging: Staging): Batch => {
    const names = new Set<string>();
    const newId = createIds();

    const freeName = (name: string): string => {
      let free = name;
      for (let count = 2; names.has(free) || isTaken(free); count += 1) free = `${name} (${count})`;
      return free;
    };

    return {
      add(draft) {
        const id = newId();
        const { address, port, user, credential, sudoPassword, group, tags } = draft;
        const name = freeName(draft.name || address);
        names.add(name);
        staging.add({
          ...{ id, name, address, port, user, tags, groupName: group },
          credential: JSON.stringify(infoOf(credential, sudoPassword)),
          sealedSecrets: seal(id, { ...secretsOf(credential), sudoPassword }),
          acceptsNewKey: Number(draft.acceptsNewKey ?? false),
          isSimulated: draft.isSimulated ?? false,
        });
        return id;
      },
      change(id, draft) {
        const row = ownRow(id);
        const { sealedSecrets, credential } = changedLogin(id, row.credential, draft);
        const { name, address, user, port, group, acceptsNewKey, tags = null } = draft;
        const columns: OwnColumns = {
          ...{ name: name ?? row.name, address: address ?? row.address, user: user ?? row.user, credential },
          port: port === undefined ? row.port : port,
          groupName: group ?? row.groupName,
          acceptsNewKey: acceptsNewKey === undefined ? row.acceptsNewKey : Number(acceptsNewKey),
        };
        const changed = (Object.keys(columns) as (keyof OwnColumns)[]).filter(
          (column) => columns[column] !== row[column],
        );
        names.add(columns.name);
        staging.change({ ...columns, id, tags, sealedSecrets, isSimulated: row.isSimulated === 1 }, changed);
      },
      pin: (id, key, port = null) => staging.pin(id, key, port),
    };
  };

  const isEmpty = (staging: Staging): boolean => !staging.holds('keys') && !staging.holds('devices');
  const written = (staging: Staging): void => {
    if (staging.holds('keys')) keyChanges += 1;
    changes.edited();
  };

  const applyNow = <T>(plan: (batch: Batch) => Sliced<T>): T => {
    aside.finish();
    const staging = stage();
    try {
      const result = atOnce(plan(openBatch(staging)));
      if (isEmpty(staging)) return result;
      aside.writeNow(() => staging.write(now().toISOString()));
      written(staging);
      return result;
    } finally {
      staging.clear();
    }
  };

  const removeSql = 'DELETE FROM devices WHERE id IN (SELECT value FROM json_each(?))';
  const editedIf = (count: number): void => {
    if (count > 0) changes.edited();
  };

  /** Devices that have gone meanwhile are passed over. */
  const change = (id: string, work: () => void): void => {
    const isThere = sql.transaction(() => {
      if (sql.get('SELECT 1 FROM devices WHERE id = ?', id) === undefined) return false;
      work();
      return true;
    });
    if (isThere) changes.tell();
  };

  return {
    ...lookup,
    checkFree({ name, address, port }, except = '') {
      aside.finish();
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
    insert: (draft) =>
      applyNow(function* (batch) {
        return batch.add(draft);
      }),
    update: (id, draft) =>
      applyNow(function* (batch) {
        batch.change(id, draft);
      }),
    async apply(plan, signal) {
      const seen = { edits: changes.edits(), keyChanges, rollbacks: aside.rollbacks() };
      const staging = stage();
      // A write of others that is taken back takes along what was staged meanwhile.
      const isStale = () =>
        seen.edits !== changes.edits() ||
        seen.rollbacks !== aside.rollbacks() ||
        (staging.holds('keys') && seen.keyChanges !== keyChanges);
      try {
        const result = await inSlices(plan(openBatch(staging)), signal);
        aside.finish();
        if (!isStale()) {
          if (isEmpty(staging)) return result;
          const end = { signal, written: () => written(staging) };
          await aside.write(() => staging.write(now().toISOString()), end);
          return result;
        }
      } catch (error) {
        if (signal?.aborted || !isStale()) throw error;
      } finally {
        staging.clear();
      }
      signal?.throwIfAborted();
      return applyNow(plan);
    },
    tag: (ids, change) => aside.write(() => changeTags(aside, ids, change), { written: editedIf }),
    remove: (ids) =>
      aside.write(() => inParts(ids, (part) => aside.run(removeSql, asJson(part)).changes), {
        written: editedIf,
      }),
    pin(id, { type, fingerprint, acceptedAt, how }) {
      sql.run(
        `INSERT INTO hostKeys (deviceId, type, fingerprint, acceptedAt, how) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (deviceId, type) DO UPDATE
         SET fingerprint = excluded.fingerprint, acceptedAt = excluded.acceptedAt, how = excluded.how`,
        ...[id, type, fingerprint, acceptedAt, how],
      );
      keyChanges += 1;
      changes.tell();
    },
    savePort(id, port) {
      if (sql.run('UPDATE devices SET port = ? WHERE id = ?', port, id).changes > 0) changes.tell();
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
