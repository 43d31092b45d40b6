import type { Sql } from '#electron/store/index.ts';
import { errorTexts } from '#shared/errors.ts';
import { type ProofSummary, shortCa } from './columns.ts';
import { refreshWords } from './rows.ts';
import { type Lapse, lapseCodes, lapseOf, stateBy, type Today } from './standing.ts';

/** The columns by which lists are filtered and counted follow the registry. */
export interface Settling {
  /** As it was a second ago at most, or at the last `settle`: a run asks several times for each of its devices. */
  today(): Today;
  /** To be called before a device or these columns are shown; looks at the registry, and does nothing while CA and names stay. */
  settle(): void;
}

const freshMs = 1000;

/** Creates the settling over the table of devices. `onChange` is called when the state of some has changed. */
export const createSettling = (needs: {
  sql: Sql;
  ca: () => string | null;
  references: () => readonly string[];
  onChange: () => void;
}): Settling => {
  const { sql, ca, references, onChange } = needs;
  let settled = '';

  let known: Today = { ca: '', references: [] };
  let knownUntil = 0;
  const look = (): Today => {
    known = { ca: shortCa(ca()), references: references() };
    knownUntil = performance.now() + freshMs;
    return known;
  };

  const mark = (proofs: string, lapse: Lapse | null, standing: 'proven' | 'unproven'): string[] => {
    const code = lapse && lapseCodes[lapse];
    const rows = sql.all<{ id: string }>(
      `UPDATE devices SET state = ?, code = ?, title = replace(?, '{device}', name)
       WHERE proofs = ? AND state IN ('proven', 'unproven', 'outdated') RETURNING id`,
      ...[lapse === null ? standing : 'outdated', code, code === null ? '' : errorTexts[code].title, proofs],
    );
    return rows.map(({ id }) => id);
  };

  return {
    today: () => (performance.now() < knownUntil ? known : look()),
    settle() {
      const now = look();
      const cause = JSON.stringify(now);
      if (cause === settled) return;
      // Most devices have the same proofs, so few texts are judged however many devices there are.
      const judged = sql.all<{ proofs: string; code: string | null }>(
        `SELECT DISTINCT proofs, CASE state WHEN 'outdated' THEN code END AS code FROM devices
         WHERE state IN ('proven', 'unproven', 'outdated')`,
      );
      const changed = sql.transaction(() => {
        const ids = judged.flatMap(({ proofs, code }) => {
          const summaries = JSON.parse(proofs) as ProofSummary[];
          const lapse = lapseOf(summaries, now);
          return (lapse && lapseCodes[lapse]) === code ? [] : mark(proofs, lapse, stateBy(summaries));
        });
        if (ids.length > 0) refreshWords(sql, ids);
        return ids.length;
      });
      settled = cause;
      if (changed > 0) onChange();
    },
  };
};
