import { expect, test } from 'vitest';
import { memorySql } from '#electron/services/jobs/sql.fixture.ts';
import { instant } from '#shared/model/common.ts';
import { createJournal } from './journal.ts';

const now = new Date('2026-11-26T10:00:00.250Z');

test.each(['2026-11-26T10:00:00Z', '2026-11-26T10:00:00.25Z'])(
  'what was changed in the very second of %s is since then',
  (since) => {
    expect(instant.safeParse(since).success).toBe(true);
    const sql = memorySql();
    sql.run(
      `INSERT INTO journal (at, who, jobId, deviceId, device, address, run, action, kind, path, mode)
       VALUES (?, 'ada', 'j1', 'd1', 'gate-1', '10.0.0.7', 'push', 'create', 'file', '/a', '0644')`,
      now.toISOString(),
    );
    const journal = createJournal({ sql, who: 'ada', now: () => now });
    const listed = (from: string) => journal.list({ devices: null, since: from, limit: -1 });
    expect(listed(since)).toHaveLength(1);
    expect(listed('2026-11-26T10:00:01Z')).toHaveLength(0);
  },
);
