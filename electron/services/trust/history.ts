import { z } from 'zod';
import {
  trustChange,
  trustHistoryEntry,
  type DeviceRun,
  type TrustHistoryEntry,
} from '#shared/model/trust.ts';
import type { Store } from '#electron/store/index.ts';
import { anchorEnds, undoData, type UndoData } from './undo-data.ts';

const document = z.object({ message: z.string(), changes: z.array(trustChange) });

interface Row {
  id: number;
  jobId: string;
  at: string;
  action: string;
  outcome: string;
  document: string;
  undo: string | null;
  isStanding: number;
}

/** What past runs did to each device, and what undoing them takes. */
export interface History {
  /**
   * Notes that a run is about to write, so that a crash of the app leaves no unknown change behind.
   * @param undo what undoing it may take; null for a run that undoes
   */
  begin(
    run: { deviceId: string; jobId: string; action: TrustHistoryEntry['action'] },
    undo: UndoData | null,
  ): number;
  /** Completes a row of `begin`, or adds one. `undo` null: the run left nothing to undo. */
  record(
    run: { row: number | null; deviceId: string; jobId: string; action: TrustHistoryEntry['action'] },
    result: Pick<DeviceRun, 'outcome' | 'message' | 'changes'>,
    undo: UndoData | null,
  ): void;
  /** What still stands, oldest first; with `since` only what that run did and everything later. */
  standing(deviceId: string, since?: string | null): UndoData[];
  hasStanding(deviceId: string): boolean;
  /** Everything on the device was undone, or everything since that run; the kept bytes go. */
  settle(deviceId: string, since?: string | null): void;
  /** Ids of the devices on which something of that run stands. */
  devicesOf(jobId: string): string[];
  /**
   * Of these devices those on which our CA stands in the trust store of the system, or may: a push was not heard to its
   * end. With `since` only what that run did and everything later counts.
   */
  anchored(devices: readonly string[], since?: string | null): string[];
  /** Newest first. */
  list(deviceId: string): TrustHistoryEntry[];
}

/** Kept bytes may be private keys of others, so they are sealed. */
const contextOf = (deviceId: string): string => `trustHistory:${deviceId}`;

export const createHistory = (store: Pick<Store, 'sql' | 'secrets'>, now: () => Date): History => {
  const { sql, secrets } = store;
  const seal = (deviceId: string, undo: UndoData) => secrets.seal(JSON.stringify(undo), contextOf(deviceId));

  /** Row from which a run counts on a device. */
  const firstOf = (deviceId: string, jobId: string | null): number => {
    if (jobId === null) return 0;
    const row = sql.get<{ id: number | null }>(
      'SELECT min(id) AS id FROM trustHistory WHERE deviceId = ? AND jobId = ?',
      deviceId,
      jobId,
    );
    return row?.id ?? Number.MAX_SAFE_INTEGER;
  };

  return {
    begin: ({ deviceId, jobId, action }, undo) =>
      sql.run(
        `INSERT INTO trustHistory (deviceId, jobId, at, action, outcome, document, undo, isStanding, isOpen)
         VALUES (?, ?, ?, ?, 'failed', ?, ?, ?, 1)`,
        deviceId,
        jobId,
        now().toISOString(),
        action,
        JSON.stringify({ message: 'Mooring ended before this run did', changes: [] }),
        undo && seal(deviceId, undo),
        undo ? 1 : 0,
      ).lastId,
    record({ row, deviceId, jobId, action }, { outcome, message, changes }, undo) {
      const text = JSON.stringify({ message, changes });
      const sealed = undo && seal(deviceId, undo);
      if (row === null) {
        sql.run(
          `INSERT INTO trustHistory (deviceId, jobId, at, action, outcome, document, undo, isStanding)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[deviceId, jobId, now().toISOString(), action, outcome, text, sealed, undo ? 1 : 0],
        );
      } else {
        sql.run(
          'UPDATE trustHistory SET outcome = ?, document = ?, undo = ?, isStanding = ?, isOpen = 0 WHERE id = ?',
          ...[outcome, text, sealed, undo ? 1 : 0, row],
        );
      }
    },
    standing: (deviceId, since = null) =>
      sql
        .all<{ undo: string }>(
          `SELECT undo FROM trustHistory WHERE deviceId = ? AND id >= ? AND isStanding = 1 AND undo IS NOT NULL ORDER BY id`,
          deviceId,
          firstOf(deviceId, since),
        )
        .map(({ undo }) => undoData.parse(JSON.parse(secrets.open(undo, contextOf(deviceId))))),
    hasStanding: (deviceId) =>
      sql.get(
        'SELECT 1 FROM trustHistory WHERE deviceId = ? AND isStanding = 1 AND undo IS NOT NULL LIMIT 1',
        deviceId,
      ) !== undefined,
    settle(deviceId, since = null) {
      sql.run(
        'UPDATE trustHistory SET isStanding = 0, undo = NULL WHERE deviceId = ? AND id >= ?',
        deviceId,
        firstOf(deviceId, since),
      );
    },
    devicesOf: (jobId) =>
      sql
        .all<{
          deviceId: string;
        }>('SELECT DISTINCT deviceId FROM trustHistory WHERE jobId = ? AND isStanding = 1', jobId)
        .map(({ deviceId }) => deviceId),
    anchored: (devices, since = null) =>
      sql
        .all<{ deviceId: string }>(
          `SELECT DISTINCT h.deviceId FROM trustHistory h
           WHERE h.deviceId IN (SELECT value FROM json_each(?)) AND h.isStanding = 1
             AND h.id >= coalesce((SELECT min(id) FROM trustHistory WHERE deviceId = h.deviceId AND jobId = ?), 0)
             AND (json_array_length(h.document, '$.changes') = 0 OR EXISTS (
               SELECT 1 FROM json_each(h.document, '$.changes') change, json_each(?) ending
               WHERE change.value ->> 'path' LIKE '%' || ending.value AND change.value ->> 'action' <> 'keep'
             ))`,
          ...[JSON.stringify(devices), since, JSON.stringify(anchorEnds)],
        )
        .map(({ deviceId }) => deviceId),
    list(deviceId) {
      const rows = sql.all<Row>(
        'SELECT * FROM trustHistory WHERE deviceId = ? ORDER BY id DESC LIMIT 200',
        deviceId,
      );
      const newest = rows.find((row) => row.isStanding === 1)?.id;
      return rows.map((row) =>
        trustHistoryEntry.parse({
          ...row,
          ...document.parse(JSON.parse(row.document)),
          isStanding: row.id === newest,
        }),
      );
    },
  };
};
