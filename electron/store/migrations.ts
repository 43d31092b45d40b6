/**
 * The schema, one step a version; a step that has been released is never edited. `PRAGMA user_version` is the
 * number of steps taken. Documents are JSON parsed by their zod model on the way out.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    startedAt TEXT NOT NULL,
    state TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobsByStart ON jobs (startedAt DESC);

  CREATE TABLE users (
    name TEXT PRIMARY KEY,
    passwordHash TEXT NOT NULL,
    sealedPassword TEXT NOT NULL,
    isAdmin INTEGER NOT NULL,
    createdAt TEXT NOT NULL
  ) STRICT;

  CREATE TABLE registryEvents (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, document TEXT NOT NULL) STRICT;

  CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    port INTEGER,
    user TEXT NOT NULL,
    credential TEXT NOT NULL,
    sealedSecrets TEXT NOT NULL,
    facts TEXT,
    trust TEXT NOT NULL,
    addedAt TEXT NOT NULL
  ) STRICT;
  CREATE INDEX devicesByAddress ON devices (address, port);

  CREATE TABLE hostKeys (
    deviceId TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    acceptedAt TEXT NOT NULL,
    how TEXT NOT NULL,
    PRIMARY KEY (deviceId, type)
  ) STRICT;

  CREATE TABLE trustHistory (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deviceId TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    jobId TEXT NOT NULL,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    document TEXT NOT NULL,
    undo TEXT,
    isStanding INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX trustHistoryByDevice ON trustHistory (deviceId, id DESC);
  `,
  'ALTER TABLE devices ADD COLUMN isSimulated INTEGER NOT NULL DEFAULT 0',
];
