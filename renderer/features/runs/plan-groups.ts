import type { PlanGroup } from '#shared/model/trust.ts';
import { plural } from '../../format.ts';
import type { Tone } from '../../ui/state-dot.tsx';
import { foreignPaths } from '../devices/plan-view.ts';

const TONES: Partial<Record<PlanGroup['outcome'], Tone>> = {
  unchanged: 'ok',
  verified: 'ok',
  failed: 'bad',
  drifted: 'warn',
};

export const toneOf = ({ outcome }: PlanGroup): Tone => TONES[outcome] ?? 'idle';

const VERBS = { create: 'create', replace: 'replace', remove: 'remove', restore: 'restore' } as const;

/** `create 2 files, replace 1 file`; empty when nothing would be written. */
export const changeWords = ({ changes }: Pick<PlanGroup, 'changes'>): string =>
  (Object.keys(VERBS) as (keyof typeof VERBS)[])
    .map((action) => {
      const count = changes.filter((change) => change.action === action && change.kind === 'file').length;
      return count === 0 ? '' : `${VERBS[action]} ${plural(count, 'file')}`;
    })
    .filter(Boolean)
    .join(', ');

export interface PathChoice {
  path: string;
  words: string;
  /** Devices where it was found. */
  count: number;
}

const addUp = (found: PathChoice[]): PathChoice[] => {
  const byPath = new Map<string, PathChoice>();
  for (const one of found) {
    const known = byPath.get(one.path);
    byPath.set(one.path, known ? { ...known, count: known.count + one.count } : one);
  }
  return [...byPath.values()];
};

/** Files of others that something is wrong with. */
export const foreignOf = (groups: PlanGroup[]): PathChoice[] =>
  addUp(
    groups.flatMap(({ changes, count }) =>
      foreignPaths(changes).map((path) => ({
        path,
        words: changes.find((change) => change.path === path)?.note ?? '',
        count,
      })),
    ),
  );

/** Findings that a push can put right. */
export const repairsOf = (groups: PlanGroup[]): PathChoice[] =>
  addUp(
    groups.flatMap(({ findings, count }) =>
      findings.filter(({ canRepair }) => canRepair).map(({ path, title }) => ({ path, words: title, count })),
    ),
  );
