import type { Sliced } from '#electron/slices.ts';
import type { Store } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import type { CredentialInput } from '#shared/model/devices.ts';
import type { DeviceGroup } from '#shared/model/fleet.ts';
import { inParts } from './parts.ts';
import { asJson, readCredential } from './rows.ts';
import {
  infoOf,
  noSecrets,
  openLogin,
  type SealedLogin,
  sealedLogin,
  secretsOf,
  type StoredLogin,
} from './stored-login.ts';

/** What a group's login is changed to; what is left out stays. */
export interface GroupLoginPatch {
  group: string;
  user?: string | null | undefined;
  port?: number | null | undefined;
  credential?: CredentialInput | undefined;
  sudoPassword?: string | undefined;
}

/** A group's login as it is used. */
export interface GroupLogin {
  user: string | null;
  port: number | null;
  login: StoredLogin;
}

/** Groups of devices and the logins they share. A group exists while it has a device or a login. */
export interface Groups {
  list(): DeviceGroup[];
  /** Moves devices, all or none; yields how many were elsewhere. */
  move(ids: readonly string[], group: string): Promise<number>;
  setLogin(patch: GroupLoginPatch): DeviceGroup;
  /** Its devices stay without a group. @throws AppError NOT_FOUND, GROUP_IN_USE */
  remove(group: string): Promise<number>;
  /** @param device how the device is called in messages. @throws AppError GROUP_LOGIN_MISSING */
  login(group: string, device: string): GroupLogin;
  hasLogin(group: string): boolean;
}

interface Row {
  name: string;
  user: string | null;
  port: number | null;
  credential: string | null;
  sealedSecrets: string;
}

const contextOf = (group: string): string => `deviceGroup:${group}`;

/** Creates the groups over `deviceGroups` and the column `groupName` of `devices`. */
export const createGroups = (needs: {
  store: Pick<Store, 'sql' | 'secrets'>;
  onChange: () => void;
}): Groups => {
  const { onChange } = needs;
  const { sql, secrets } = needs.store;

  const rowOf = (group: string) => sql.get<Row>('SELECT * FROM deviceGroups WHERE name = ?', group);
  const open = (row: Row): SealedLogin =>
    sealedLogin.parse(JSON.parse(secrets.open(row.sealedSecrets, contextOf(row.name))));

  const list = (): DeviceGroup[] =>
    sql
      .all<Row & { count: number }>(
        `SELECT n.name, g.user, g.port, g.credential, (SELECT count(*) FROM devices WHERE groupName = n.name) AS count
         FROM (SELECT DISTINCT groupName AS name FROM devices WHERE groupName != '' UNION SELECT name FROM deviceGroups) n
         LEFT JOIN deviceGroups g ON g.name = n.name ORDER BY n.name`,
      )
      .map(({ name, count, user, port, credential }) => ({
        name,
        count,
        user,
        port,
        credential: credential === null ? null : readCredential(credential),
      }));

  const { aside } = sql;
  const move = (ids: readonly string[], group: string): Sliced<number> =>
    inParts(
      ids,
      (part) =>
        aside.run(
          'UPDATE devices SET groupName = ? WHERE groupName != ? AND id IN (SELECT value FROM json_each(?))',
          ...[group, group, asJson(part)],
        ).changes,
    );

  return {
    list,
    move: (ids, group) =>
      aside.write(() => move(ids, group), {
        written(moved) {
          if (moved > 0) onChange();
        },
      }),
    setLogin({ group, user, port, credential, sudoPassword: given }) {
      aside.finish();
      const row = rowOf(group);
      const before = row ? open(row) : noSecrets;
      const sudoPassword = given ?? before.sudoPassword;
      const present = row?.credential ? readCredential(row.credential) : null;
      const kept = present && { ...present, hasSudoPassword: sudoPassword !== '' };
      const info = credential ? infoOf(credential, sudoPassword) : kept;
      const login = { ...(credential ? secretsOf(credential) : before), sudoPassword };
      sql.run(
        `INSERT INTO deviceGroups (name, user, port, credential, sealedSecrets) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET user = excluded.user, port = excluded.port,
           credential = excluded.credential, sealedSecrets = excluded.sealedSecrets`,
        group,
        user === undefined ? (row?.user ?? null) : user,
        port === undefined ? (row?.port ?? null) : port,
        info && JSON.stringify(info),
        secrets.seal(JSON.stringify(login), contextOf(group)),
      );
      onChange();
      const saved = list().find(({ name }) => name === group);
      if (!saved) throw new AppError('NOT_FOUND', { kind: 'group', id: group });
      return saved;
    },
    async remove(group) {
      aside.finish();
      const users = sql.get<{ count: number }>(
        `SELECT count(*) AS count FROM devices WHERE groupName = ? AND json_extract(credential, '$.kind') = 'group'`,
        group,
      );
      if (users && users.count > 0) throw new AppError('GROUP_IN_USE', { group, count: users.count });
      const ids = sql.all<{ id: string }>('SELECT id FROM devices WHERE groupName = ?', group);
      if (rowOf(group) === undefined && ids.length === 0)
        throw new AppError('NOT_FOUND', { kind: 'group', id: group });
      return aside.write(
        function* () {
          aside.run('DELETE FROM deviceGroups WHERE name = ?', group);
          return yield* move(
            ids.map(({ id }) => id),
            '',
          );
        },
        { written: onChange },
      );
    },
    login(group, device) {
      const row = rowOf(group);
      if (!row?.credential) throw new AppError('GROUP_LOGIN_MISSING', { group, device });
      return { user: row.user, port: row.port, login: openLogin(readCredential(row.credential), open(row)) };
    },
    hasLogin: (group) => (rowOf(group)?.credential ?? null) !== null,
  };
};
