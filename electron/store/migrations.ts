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
  // Lists of ten thousand devices are read from short rows; documents and secrets stand apart. What the rows hold of
  // the documents is filled in by the devices service, where sortName is null.
  `
  CREATE TABLE deviceDocuments (
    deviceId TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    sealedSecrets TEXT NOT NULL,
    facts TEXT,
    trust TEXT NOT NULL
  ) STRICT;
  INSERT INTO deviceDocuments SELECT id, sealedSecrets, facts, trust FROM devices;
  ALTER TABLE devices DROP COLUMN sealedSecrets;
  ALTER TABLE devices DROP COLUMN facts;
  ALTER TABLE devices DROP COLUMN trust;

  ALTER TABLE devices ADD COLUMN groupName TEXT NOT NULL DEFAULT '';
  ALTER TABLE devices ADD COLUMN acceptsNewKey INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE devices ADD COLUMN addressKey TEXT NOT NULL DEFAULT '';
  ALTER TABLE devices ADD COLUMN sortName TEXT;
  ALTER TABLE devices ADD COLUMN sortAddress TEXT NOT NULL DEFAULT '';
  ALTER TABLE devices ADD COLUMN words TEXT NOT NULL DEFAULT '';
  ALTER TABLE devices ADD COLUMN state TEXT NOT NULL DEFAULT 'none';
  ALTER TABLE devices ADD COLUMN code TEXT;
  ALTER TABLE devices ADD COLUMN title TEXT NOT NULL DEFAULT '';
  ALTER TABLE devices ADD COLUMN lastProofAt TEXT;
  ALTER TABLE devices ADD COLUMN canUndo INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE devices ADD COLUMN names TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE devices ADD COLUMN engine TEXT NOT NULL DEFAULT '';
  ALTER TABLE devices ADD COLUMN engineKinds TEXT NOT NULL DEFAULT '';
  ALTER TABLE devices ADD COLUMN stateRank INTEGER GENERATED ALWAYS AS (
    CASE state WHEN 'failed' THEN 0 WHEN 'drifted' THEN 1 WHEN 'unproven' THEN 2 WHEN 'none' THEN 3 ELSE 4 END
  ) VIRTUAL;
  CREATE INDEX devicesByAddressKey ON devices (addressKey, port);
  CREATE INDEX devicesBySortName ON devices (sortName);
  CREATE INDEX devicesBySortAddress ON devices (sortAddress, sortName);
  CREATE INDEX devicesByGroup ON devices (groupName, sortName);
  CREATE INDEX devicesByState ON devices (state);
  CREATE INDEX devicesByStateRank ON devices (stateRank, sortName);
  CREATE INDEX devicesByProof ON devices (lastProofAt, sortName);

  CREATE TABLE deviceTags (
    deviceId TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (deviceId, tag)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deviceTagsByTag ON deviceTags (tag, deviceId);

  CREATE TABLE deviceGroups (
    name TEXT PRIMARY KEY,
    user TEXT,
    port INTEGER,
    credential TEXT,
    sealedSecrets TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE jobItems (
    jobId TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    label TEXT NOT NULL,
    detail TEXT NOT NULL,
    wave INTEGER NOT NULL,
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    message TEXT NOT NULL,
    code TEXT,
    error TEXT,
    isRetryable INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    progress TEXT,
    result TEXT,
    PRIMARY KEY (jobId, position)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO jobItems
  SELECT jobs.id, item.key, item.value ->> 'id', item.value ->> 'label', coalesce(device.value ->> 'address', ''), 0,
    item.value ->> 'state', item.value ->> 'phase', item.value ->> 'message', item.value ->> '$.error.code',
    nullif(item.value -> 'error', 'null'), 0, (item.value ->> 'state') <> 'waiting',
    coalesce(device.value ->> 'outcome', ''), item.value -> 'progress', device.value
  FROM jobs, json_each(jobs.document, '$.items') AS item
  LEFT JOIN json_each(jobs.document, '$.result.devices') AS device
    ON jobs.document ->> 'kind' LIKE 'trust.%' AND device.value ->> 'id' = item.value ->> 'id';
  UPDATE jobs SET document = json_remove(document, '$.items', '$.result.devices', '$.result.summary');
  `,
  `
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    jobId TEXT NOT NULL,
    deviceId TEXT NOT NULL,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    run TEXT NOT NULL,
    action TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    beforeSha256 TEXT,
    afterSha256 TEXT,
    mode TEXT NOT NULL
  ) STRICT;
  CREATE INDEX journalByDevice ON journal (deviceId, id DESC);
  INSERT INTO journal (at, who, jobId, deviceId, device, address, run, action, kind, path, beforeSha256, afterSha256, mode)
  SELECT h.at, '', h.jobId, h.deviceId, d.name, d.address, h.action, change.value ->> 'action', change.value ->> 'kind',
    change.value ->> 'path', change.value ->> 'beforeSha256', change.value ->> 'afterSha256', change.value ->> 'mode'
  FROM trustHistory h
  JOIN devices d ON d.id = h.deviceId
  JOIN json_each(h.document, '$.changes') AS change
  WHERE h.action IN ('push', 'undo') AND change.value ->> 'action' <> 'keep'
  ORDER BY h.id;

  ALTER TABLE trustHistory ADD COLUMN isOpen INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX trustHistoryOpen ON trustHistory (isOpen) WHERE isOpen = 1;
  CREATE INDEX trustHistoryByJob ON trustHistory (jobId);
  `,
  // Counting devices by state, cause and engine reads an index alone.
  `
  DROP INDEX devicesByState;
  CREATE INDEX devicesByState ON devices (state, code);
  CREATE INDEX devicesByEngines ON devices (engineKinds);
  `,
  // The matrix needs of each proof the engine and how far it came, beside the name.
  `
  ALTER TABLE devices ADD COLUMN proofs TEXT NOT NULL DEFAULT '[]';
  UPDATE devices SET proofs = (
    SELECT json_group_array(json_array(
      proof.value ->> 'name', proof.value ->> 'runtime',
      CASE proof.value ->> 'level'
        WHEN 'engine' THEN iif(proof.value ->> 'isProven', 'pulled', 'refused')
        WHEN 'tls' THEN 'handshake'
        ELSE 'files'
      END,
      substr(coalesce(proof.value ->> 'fingerprint', ''), 1, 11)
    ))
    FROM deviceDocuments document, json_each(document.trust, '$.proofs') AS proof
    WHERE document.deviceId = devices.id
  );
  ALTER TABLE devices DROP COLUMN names;
  `,
  // A device that a former CA or name had proven stands before those that can pull.
  `
  DROP INDEX devicesByStateRank;
  ALTER TABLE devices DROP COLUMN stateRank;
  ALTER TABLE devices ADD COLUMN stateRank INTEGER GENERATED ALWAYS AS (
    CASE state
      WHEN 'failed' THEN 0 WHEN 'outdated' THEN 1 WHEN 'drifted' THEN 2 WHEN 'unproven' THEN 3 WHEN 'none' THEN 4 ELSE 5
    END
  ) VIRTUAL;
  CREATE INDEX devicesByStateRank ON devices (stateRank, sortName);
  `,
  // A search looks for groups and tags by their names, of which there are few, and no longer in a copy with each
  // device. The views go from one name to the next in an index. The words are filled in anew by the devices service.
  `
  CREATE VIEW groupNames AS
    WITH RECURSIVE names (name) AS (
      SELECT min(groupName) FROM devices
      UNION ALL
      SELECT (SELECT min(groupName) FROM devices WHERE groupName > names.name) FROM names WHERE name IS NOT NULL
    )
    SELECT name FROM names WHERE name IS NOT NULL;
  CREATE VIEW tagNames AS
    WITH RECURSIVE names (name) AS (
      SELECT min(tag) FROM deviceTags
      UNION ALL
      SELECT (SELECT min(tag) FROM deviceTags WHERE tag > names.name) FROM names WHERE name IS NOT NULL
    )
    SELECT name FROM names WHERE name IS NOT NULL;
  UPDATE devices SET sortName = NULL;
  DROP INDEX devicesByAddress;
  `,
];
