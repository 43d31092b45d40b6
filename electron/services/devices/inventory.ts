import { randomBytes } from 'node:crypto';
import type { Store } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import {
  type CredentialInput,
  type Device,
  device as deviceModel,
  deviceFacts,
  type DeviceFacts,
  hostKey as hostKeyModel,
} from '#shared/model/devices.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import {
  infoOf,
  openLogin,
  type SealedLogin,
  sealedLogin,
  secretsOf,
  type StoredLogin,
} from './stored-login.ts';

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
}

/** The list of devices, whole in SQLite. */
export interface Inventory {
  list(): Device[];
  /** By id, name or address. @throws AppError NOT_FOUND */
  get(key: string): Device;
  select(selection: DeviceSelection): Device[];
  /** @throws AppError DEVICE_EXISTS, BAD_INPUT when name, address or port are taken */
  checkFree(draft: Pick<DeviceDraft, 'name' | 'address' | 'port'>, except?: string): void;
  insert(draft: DeviceDraft): Device;
  update(id: string, draft: Partial<DeviceDraft>): Device;
  remove(id: string): void;
  pin(id: string, key: HostKey): void;
  savePort(id: string, port: number): void;
  saveFacts(id: string, facts: DeviceFacts): void;
  saveTrust(id: string, patch: Partial<Device['trust']>): void;
  secrets(id: string): StoredLogin;
}

interface Row {
  id: string;
  name: string;
  address: string;
  port: number | null;
  user: string;
  credential: string;
  sealedSecrets: string;
  facts: string | null;
  trust: string;
  addedAt: string;
  isSimulated: number;
}

const noTrust: Device['trust'] = {
  state: 'none',
  error: null,
  proofs: [],
  warnings: [],
  lastRunAt: null,
  lastProofAt: null,
  canUndo: false,
};

const readFactsColumn = (text: string | null): DeviceFacts | null => {
  if (text === null) return null;
  return deviceFacts.safeParse(JSON.parse(text)).data ?? null;
};

const parse = (row: Row, hostKeys: HostKey[]): Device => ({
  id: row.id,
  name: row.name,
  address: row.address,
  port: row.port,
  user: row.user,
  credential: deviceModel.shape.credential.parse(JSON.parse(row.credential)),
  hostKeys,
  facts: readFactsColumn(row.facts),
  trust: deviceModel.shape.trust.safeParse(JSON.parse(row.trust)).data ?? noTrust,
  addedAt: row.addedAt,
  isSimulated: row.isSimulated === 1,
});

/** Creates the inventory over the tables `devices` and `hostKeys`. `onChange` is called after every change. */
export const createInventory = (needs: {
  store: Pick<Store, 'sql' | 'secrets'>;
  now: () => Date;
  onChange: () => void;
}): Inventory => {
  const { now, onChange } = needs;
  const { sql, secrets } = needs.store;

  const list = (): Device[] => {
    const keys = sql.all<HostKey & { deviceId: string }>('SELECT * FROM hostKeys ORDER BY acceptedAt, type');
    const byDevice = Map.groupBy(keys, ({ deviceId }) => deviceId);
    return sql.all<Row>('SELECT * FROM devices ORDER BY addedAt, rowid').map((row) =>
      parse(
        row,
        (byDevice.get(row.id) ?? []).map((key) => hostKeyModel.parse(key)),
      ),
    );
  };

  const rowOf = (key: string): Row => {
    const row =
      sql.get<Row>('SELECT * FROM devices WHERE id = ?', key) ??
      sql.get<Row>('SELECT * FROM devices WHERE name = ?', key) ??
      sql.get<Row>('SELECT * FROM devices WHERE address = ? ORDER BY addedAt LIMIT 1', key);
    if (!row) throw new AppError('NOT_FOUND', { kind: 'device', id: key });
    return row;
  };

  const get = (key: string): Device => {
    const row = rowOf(key);
    const keys = sql.all<HostKey>(
      'SELECT * FROM hostKeys WHERE deviceId = ? ORDER BY acceptedAt, type',
      row.id,
    );
    return parse(
      row,
      keys.map((key) => hostKeyModel.parse(key)),
    );
  };

  const open = (row: Row): SealedLogin =>
    sealedLogin.parse(JSON.parse(secrets.open(row.sealedSecrets, `device:${row.id}`)));
  const seal = (id: string, login: SealedLogin): string =>
    secrets.seal(JSON.stringify(login), `device:${id}`);

  /** Its own name, or one made from the address. */
  const nameFor = (draft: DeviceDraft): string => {
    if (draft.name !== '') return draft.name;
    const taken = new Set(sql.all<{ name: string }>('SELECT name FROM devices').map(({ name }) => name));
    let name = draft.address;
    for (let count = 2; taken.has(name); count += 1) name = `${draft.address} (${count})`;
    return name;
  };

  const set = (id: string, column: 'facts' | 'trust' | 'port', value: string | number): void => {
    if (sql.run(`UPDATE devices SET ${column} = ? WHERE id = ?`, value, id).changes > 0) onChange();
  };

  return {
    list,
    get,
    select(selection) {
      if ('all' in selection) return list();
      const chosen = selection.devices.map(get);
      return [...new Map(chosen.map((device) => [device.id, device])).values()];
    },
    checkFree({ name, address, port }, except = '') {
      const others = sql
        .all<Row>('SELECT * FROM devices WHERE address = ? OR name = ?', address, name)
        .filter(({ id }) => id !== except);
      const twin = others.find((row) => row.address === address && (row.port === port || !row.port || !port));
      if (twin) throw new AppError('DEVICE_EXISTS', { address, device: twin.name });
      if (others.some((row) => row.name === name)) {
        throw new AppError('BAD_INPUT', { field: 'name', problem: `another device is called "${name}"` });
      }
    },
    insert(draft) {
      const id = randomBytes(5).toString('hex');
      const { address, port, user, credential, sudoPassword } = draft;
      sql.run(
        `INSERT INTO devices (id, name, address, port, user, credential, sealedSecrets, trust, addedAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        nameFor(draft),
        address,
        port,
        user,
        JSON.stringify(infoOf(credential, sudoPassword)),
        seal(id, { ...secretsOf(credential), sudoPassword }),
        JSON.stringify(noTrust),
        now().toISOString(),
      );
      onChange();
      return get(id);
    },
    update(id, draft) {
      const row = rowOf(id);
      const sealed = open(row);
      const sudoPassword = draft.sudoPassword ?? sealed.sudoPassword;
      const info = draft.credential
        ? infoOf(draft.credential, sudoPassword)
        : { ...get(id).credential, hasSudoPassword: sudoPassword !== '' };
      const login = draft.credential ? secretsOf(draft.credential) : sealed;
      sql.run(
        `UPDATE devices SET name = ?, address = ?, port = ?, user = ?, credential = ?, sealedSecrets = ? WHERE id = ?`,
        draft.name ?? row.name,
        draft.address ?? row.address,
        draft.port === undefined ? row.port : draft.port,
        draft.user ?? row.user,
        JSON.stringify(info),
        seal(id, { ...login, sudoPassword }),
        id,
      );
      onChange();
      return get(id);
    },
    remove(id) {
      sql.run('DELETE FROM devices WHERE id = ?', id);
      onChange();
    },
    pin(id, { type, fingerprint, acceptedAt, how }) {
      sql.run(
        `INSERT INTO hostKeys (deviceId, type, fingerprint, acceptedAt, how) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (deviceId, type) DO UPDATE
         SET fingerprint = excluded.fingerprint, acceptedAt = excluded.acceptedAt, how = excluded.how`,
        id,
        type,
        fingerprint,
        acceptedAt,
        how,
      );
      onChange();
    },
    savePort: (id, port) => set(id, 'port', port),
    saveFacts: (id, facts) => set(id, 'facts', JSON.stringify(facts)),
    saveTrust(id, patch) {
      const row = sql.get<Row>('SELECT * FROM devices WHERE id = ?', id);
      if (row) set(id, 'trust', JSON.stringify({ ...parse(row, []).trust, ...patch }));
    },
    secrets(id) {
      const row = rowOf(id);
      const sealed = open(row);
      return openLogin(deviceModel.shape.credential.parse(JSON.parse(row.credential)), sealed);
    },
  };
};
