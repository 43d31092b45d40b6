import { z } from 'zod';
import { journalEntry, type DeviceRun, type JournalEntry } from '#shared/model/trust.ts';
import type { Store } from '#electron/store/index.ts';

/** Which entries are asked for; everything given must hold. */
export interface JournalQuery {
  /** Ids; null: every device, those that were removed too. */
  devices: readonly string[] | null;
  /** Id, name or address: one that was removed is still found. */
  device?: string | undefined;
  jobId?: string | undefined;
  since?: string | undefined;
  /** Entries older than this one. */
  after?: number | undefined;
  limit: number;
}

/** What was changed on devices, by whom and when: only added to, and kept when a device is removed. */
export interface Journal {
  /** The changes of one run on one device. */
  record(run: { jobId: string; action: JournalEntry['run']; isHeard: boolean }, result: DeviceRun): void;
  /** Newest first. */
  list(query: JournalQuery): JournalEntry[];
  /** Runs of an earlier app that ended in the middle: what they changed is not known. */
  pickUp(): void;
}

type Change = Pick<JournalEntry, 'action' | 'kind' | 'path' | 'beforeSha256' | 'afterSha256' | 'mode'>;

/** The script ran and was not heard to its end: more may have been changed than was told. */
const unheard: Change = {
  action: 'unknown',
  kind: 'file',
  path: '',
  beforeSha256: null,
  afterSha256: null,
  mode: '',
};

const changesOf = ({ changes }: DeviceRun): Change[] =>
  changes.flatMap(({ action, ...change }) => (action === 'keep' ? [] : [{ action, ...change }]));

/**
 * @param needs.who who runs this app, `user@host`
 */
export const createJournal = (needs: { sql: Store['sql']; who: string; now: () => Date }): Journal => {
  const { sql, who, now } = needs;
  return {
    record({ jobId, action, isHeard }, result) {
      const { id, name, address } = result;
      const at = now().toISOString();
      for (const change of [...changesOf(result), ...(isHeard ? [] : [unheard])]) {
        sql.run(
          `INSERT INTO journal (at, who, jobId, deviceId, device, address, run, action, kind, path, beforeSha256, afterSha256, mode)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[at, who, jobId, id, name, address, action, change.action, change.kind, change.path],
          ...[change.beforeSha256, change.afterSha256, change.mode],
        );
      }
    },
    list: ({ devices, device, jobId, since, after, limit }) =>
      z.array(journalEntry).parse(
        sql.all(
          `SELECT * FROM journal
           WHERE (?1 IS NULL OR deviceId IN (SELECT value FROM json_each(?1)))
             AND (?2 IS NULL OR ?2 IN (deviceId, device, address))
             AND (?3 IS NULL OR at >= ?3)
             AND (?4 IS NULL OR id < ?4)
             AND (?5 IS NULL OR jobId = ?5)
           ORDER BY id DESC LIMIT ?6`,
          devices && JSON.stringify(devices),
          device ?? null,
          // Compared as text, so in the one form in which it is written.
          since === undefined ? null : new Date(since).toISOString(),
          after ?? null,
          jobId ?? null,
          limit,
        ),
      ),
    pickUp() {
      sql.run(
        `INSERT INTO journal (at, who, jobId, deviceId, device, address, run, action, kind, path, mode)
         SELECT h.at, ?, h.jobId, h.deviceId, d.name, d.address, h.action, 'unknown', 'file', '', ''
         FROM trustHistory h JOIN devices d ON d.id = h.deviceId
         WHERE h.isOpen = 1`,
        who,
      );
      sql.run('UPDATE trustHistory SET isOpen = 0 WHERE isOpen = 1');
    },
  };
};
