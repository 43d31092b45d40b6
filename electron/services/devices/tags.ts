import type { Sliced } from '#electron/slices.ts';
import type { Sql } from '#electron/store/index.ts';
import { AppError } from '#shared/errors.ts';
import { mostTags } from '#shared/model/devices.ts';
import { inParts } from './parts.ts';
import { asJson } from './rows.ts';

type Asked = Pick<Sql, 'get' | 'all'>;

/** Of the given devices one that has too many tags; those that had them before are not asked. */
const overfull = (sql: Asked, ids: readonly string[]) =>
  sql.get<{ name: string; count: number }>(
    `SELECT d.name, count(*) AS count FROM deviceTags t JOIN devices d ON d.id = t.deviceId
     WHERE t.deviceId IN (SELECT value FROM json_each(?)) GROUP BY d.id HAVING count(*) > ? ORDER BY d.sortName`,
    asJson(ids),
    mostTags,
  );

/**
 * Gives and takes tags of many devices; to be done within one transaction. Yields how many have changed.
 * @throws AppError BAD_INPUT when a device would have too many
 */
export const changeTags = (
  sql: Asked,
  ids: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): Sliced<number> =>
  inParts(ids, (part) => {
    const taken = sql.all<{ deviceId: string }>(
      `DELETE FROM deviceTags WHERE tag IN (SELECT value FROM json_each(?))
         AND deviceId IN (SELECT value FROM json_each(?)) RETURNING deviceId`,
      ...[asJson(remove), asJson(part)],
    );
    const given = add.flatMap((tag) =>
      sql.all<{ deviceId: string }>(
        'INSERT OR IGNORE INTO deviceTags (deviceId, tag) SELECT id, ? FROM devices WHERE id IN (SELECT value FROM json_each(?)) RETURNING deviceId',
        ...[tag, asJson(part)],
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
    return new Set([...taken, ...given].map(({ deviceId }) => deviceId)).size;
  });
