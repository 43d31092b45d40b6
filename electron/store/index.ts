import path from 'node:path';
import { z } from 'zod';
import type { Log } from '#electron/log.ts';
import { openSecrets, type Keychain } from './data-key.ts';
import { removeLeftovers } from './files.ts';
import { createPrivateFile, folderError, prepareFolder } from './folder.ts';
import { migrations } from './migrations.ts';
import { migrate } from './schema.ts';
import type { Secrets } from './secrets.ts';
import { createSettings, type Settings } from './settings.ts';
import { openDatabase, sqliteFailure, type Database, type Sql } from './sql.ts';

export type { Keychain } from './data-key.ts';
export type { Secrets } from './secrets.ts';
export type { Settings } from './settings.ts';
export type { Aside, Sql, SqlValue } from './sql.ts';

export interface Store {
  sql: Sql;
  settings: Settings;
  secrets: Secrets;
  /** Nothing may be read or written afterwards. */
  close(): void;
}

const busyMs = 5000;
const keyCheck = { key: 'store.keyCheck', context: 'store:key-check', text: 'mooring' };

const openMigrated = (dataDir: string): Database => {
  const file = path.join(dataDir, 'mooring.db');
  createPrivateFile(dataDir, file);
  const database = openDatabase(file, busyMs);
  try {
    database.script('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY');
    for (const setting of ['synchronous = NORMAL', 'temp_store = MEMORY'])
      database.aside.run(`PRAGMA ${setting}`);
    migrate(database, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** The secrets, proven to belong to this database before anyone relies on them. */
const openCheckedSecrets = (dataDir: string, sql: Sql, settings: Settings, keychain?: Keychain): Secrets =>
  sql.transaction(() => {
    const sealed = settings.get(keyCheck.key, z.string());
    const secrets = openSecrets(dataDir, sealed !== undefined, keychain);
    if (sealed === undefined) settings.set(keyCheck.key, secrets.seal(keyCheck.text, keyCheck.context));
    else secrets.open(sealed, keyCheck.context);
    return secrets;
  });

const translate = (dataDir: string, error: unknown) => {
  const failure = sqliteFailure(error);
  if (failure === 'damaged') return folderError(dataDir, error, 'mooring.db in it is damaged');
  if (failure === 'unusable')
    return folderError(dataDir, error, 'mooring.db in it cannot be read or written');
  return error instanceof Error && 'syscall' in error ? folderError(dataDir, error) : error;
};

/**
 * Opens the store of a data folder; creates folder, database and data key when they are missing. Hold the folder
 * first (`holdFolder`).
 * @throws AppError FOLDER_UNUSABLE, FOLDER_NEWER, KEY_LOCKED, KEY_BROKEN, KEY_MISSING
 */
export const openStore = async (options: {
  dataDir: string;
  log: Log;
  keychain?: Keychain;
}): Promise<Store> => {
  const { dataDir, log, keychain } = options;
  prepareFolder(dataDir);
  let database: Database | undefined;
  try {
    removeLeftovers(dataDir);
    database = openMigrated(dataDir);
    const settings = createSettings(database);
    const secrets = openCheckedSecrets(dataDir, database, settings, keychain);
    log.area('store').debug('opened', { dataDir, protection: secrets.protection });
    return { sql: database, settings, secrets, close: database.close };
  } catch (error) {
    database?.close();
    throw translate(dataDir, error);
  }
};
