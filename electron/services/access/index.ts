import bcrypt from 'bcryptjs';
import { AppError } from '#shared/errors.ts';
import type { RegistryUser } from '#shared/model/registry.ts';
import type { Log } from '#electron/log.ts';
import type { Store } from '#electron/store/index.ts';
import { createAccessFiles } from './files.ts';
import { newPassword } from './passwords.ts';

/** A user as an engine needs it. */
export interface AccessUser {
  name: string;
  /** bcrypt, the only form that htpasswd of other engines knows. */
  hash: string;
  isAdmin: boolean;
}

export interface ShownPassword {
  user: string;
  password: string;
  /** Where scripts read the first user's password. */
  file: string;
}

export interface Access {
  /** Makes the user `mooring` with a random password when there is no user, and the files that are missing. */
  ensureFirstUser(): Promise<{ user: string; created: boolean }>;
  list(): RegistryUser[];
  /** @param name the first user when left out. @throws AppError NOT_FOUND, KEY_BROKEN */
  password(name?: string): ShownPassword;
  /** A new random password; the old one stops working at once. @throws AppError NOT_FOUND */
  renewPassword(name?: string): Promise<ShownPassword>;
  snapshot(): AccessUser[];
  onChange(listener: () => void): () => void;
}

const firstUser = 'mooring';
/** 80 ms a check in JavaScript; engines remember a login that was right. */
const bcryptCost = 10;
const sealContext = (name: string) => `access:${name}`;

interface Row {
  name: string;
  passwordHash: string;
  sealedPassword: string;
  isAdmin: number;
  createdAt: string;
}

export const createAccess = (needs: {
  dataDir: string;
  store: Pick<Store, 'sql' | 'secrets'>;
  log: Log;
  now?: () => Date;
}): Access => {
  const { store, now = () => new Date() } = needs;
  const log = needs.log.area('access');
  const files = createAccessFiles(needs.dataDir);
  const listeners = new Set<() => void>();

  const rows = () => store.sql.all<Row>('SELECT * FROM users ORDER BY createdAt, name');
  const rowOf = (name = firstUser): Row => {
    const row = store.sql.get<Row>('SELECT * FROM users WHERE name = ?', name);
    if (!row) throw new AppError('NOT_FOUND', { kind: 'user', id: name });
    return row;
  };
  const snapshot = (): AccessUser[] =>
    rows().map(({ name, passwordHash, isAdmin }) => ({ name, hash: passwordHash, isAdmin: isAdmin === 1 }));

  const open = (row: Row): string => store.secrets.open(row.sealedPassword, sealContext(row.name));
  const writeFiles = () => {
    files.writeHtpasswd(snapshot());
    files.writePassword(open(rowOf()));
  };
  const changed = () => {
    writeFiles();
    for (const listener of listeners) listener();
  };
  const hide = async (name: string, password: string) => ({
    hash: await bcrypt.hash(password, bcryptCost),
    sealed: store.secrets.seal(password, sealContext(name)),
  });

  const password = (name?: string): ShownPassword => {
    const row = rowOf(name);
    return { user: row.name, password: open(row), file: files.password };
  };

  return {
    async ensureFirstUser() {
      if (rows().length > 0) {
        writeFiles();
        return { user: firstUser, created: false };
      }
      const { hash, sealed } = await hide(firstUser, newPassword());
      store.sql.run(
        'INSERT INTO users (name, passwordHash, sealedPassword, isAdmin, createdAt) VALUES (?, ?, ?, 1, ?)',
        ...[firstUser, hash, sealed, now().toISOString()],
      );
      log.info('created the first user', { user: firstUser });
      changed();
      return { user: firstUser, created: true };
    },
    list: () => rows().map(({ name, isAdmin, createdAt }) => ({ name, isAdmin: isAdmin === 1, createdAt })),
    password,
    async renewPassword(name) {
      const row = rowOf(name);
      const { hash, sealed } = await hide(row.name, newPassword());
      store.sql.run(
        'UPDATE users SET passwordHash = ?, sealedPassword = ? WHERE name = ?',
        ...[hash, sealed, row.name],
      );
      log.info('renewed a password', { user: row.name });
      changed();
      return password(row.name);
    },
    snapshot,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
