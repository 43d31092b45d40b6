import type { Sql } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import { mostTags } from '#shared/model/devices.ts';
import { asJson } from './rows.ts';

/** Of the given devices one that has too many tags; those that had them before are not asked. */
const overfull = (sql: Sql, ids: readonly string[]) =>
  sql.get<{ name: string; count: number }>(
    `SELECT d.name, count(*) AS count FROM deviceTags t JOIN devices d ON d.id = t.deviceId
     WHERE t.deviceId IN (SELECT value FROM json_each(?)) GROUP BY d.id HAVING count(*) > ? ORDER BY d.sortName`,
    asJson(ids),
    mostTags,
  );

/**
 * Gives and takes tags of many devices, all or none; yields how many have changed.
 * @throws AppError BAD_INPUT when a device would have too many
 */
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
    const full = overfull(
      sql,
      given.map(({ deviceId }) => deviceId),
    );
    if (full) {
      const problem = `${full.name} would have ${full.count} tags; a device has at most ${mostTags}`;
      throw new AppError('BAD_INPUT', { field: 'add', problem });
    }
    const changed = new Set([...taken, ...given].map(({ deviceId }) => deviceId));
    return changed.size;
  });
