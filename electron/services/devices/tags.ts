import type { Sql } from '#electron/store/index.ts';
import { asJson, refreshWords } from './rows.ts';

/** The device has these tags from now on, and no others. */
export const putTags = (sql: Sql, id: string, tags: readonly string[]): void => {
  sql.run('DELETE FROM deviceTags WHERE deviceId = ?', id);
  for (const tag of tags) sql.run('INSERT OR IGNORE INTO deviceTags (deviceId, tag) VALUES (?, ?)', id, tag);
};

/** Gives and takes tags of many devices; yields how many have changed. */
export const changeTags = (
  sql: Sql,
  ids: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): number =>
  sql.transaction(() => {
    const taken = sql.all<{ deviceId: string }>(
      `DELETE FROM deviceTags WHERE tag IN (SELECT value FROM json_each(?))
         AND deviceId IN (SELECT value FROM json_each(?)) RETURNING deviceId`,
      ...[asJson(remove), asJson(ids)],
    );
    const given = add.flatMap((tag) =>
      sql.all<{ deviceId: string }>(
        'INSERT OR IGNORE INTO deviceTags (deviceId, tag) SELECT value, ? FROM json_each(?) RETURNING deviceId',
        ...[tag, asJson(ids)],
      ),
    );
    const changed = [...new Set([...taken, ...given].map(({ deviceId }) => deviceId))];
    refreshWords(sql, changed);
    return changed.length;
  });
