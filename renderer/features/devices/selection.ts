import type { DeviceFilter, DevicePage, DeviceRow } from '#shared/model/fleet.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { formatCount } from '../../format.ts';

type Counts = DevicePage['counts'];

/** What is ticked: single devices, or everything that a filter lets through but some. */
export type Picked =
  | { kind: 'some'; rows: ReadonlyMap<string, DeviceRow> }
  | {
      kind: 'all';
      filter: DeviceFilter;
      except: ReadonlyMap<string, DeviceRow>;
      total: number;
      counts: Counts;
    };

export const nothingPicked: Picked = { kind: 'some', rows: new Map() };

export const isPicked = (picked: Picked, id: string): boolean =>
  picked.kind === 'some' ? picked.rows.has(id) : !picked.except.has(id);

export const countPicked = (picked: Picked): number =>
  picked.kind === 'some' ? picked.rows.size : Math.max(0, picked.total - picked.except.size);

const withRows = (
  known: ReadonlyMap<string, DeviceRow>,
  rows: DeviceRow[],
  isIn: boolean,
): Map<string, DeviceRow> => {
  const next = new Map(known);
  for (const row of rows) {
    if (isIn) next.set(row.id, row);
    else next.delete(row.id);
  }
  return next;
};

export const pick = (picked: Picked, rows: DeviceRow[], isIn: boolean): Picked =>
  picked.kind === 'some'
    ? { ...picked, rows: withRows(picked.rows, rows, isIn) }
    : { ...picked, except: withRows(picked.except, rows, !isIn) };

/** Everything the filter lets through, also what was not read yet. */
export const pickAll = (filter: DeviceFilter, total: number, counts: Counts): Picked => ({
  kind: 'all',
  filter,
  except: new Map(),
  total,
  counts,
});

/** The same choice after the list was read again: rows as they are now, totals as they are now. */
export const refreshed = (
  picked: Picked,
  fresh: Iterable<DeviceRow>,
  page: { total: number; counts: Counts },
): Picked => {
  const rows = new Map(picked.kind === 'all' ? picked.except : picked.rows);
  for (const row of fresh) if (rows.has(row.id)) rows.set(row.id, row);
  return picked.kind === 'all'
    ? { ...picked, except: rows, total: page.total, counts: page.counts }
    : { ...picked, rows };
};

export const toSelection = (picked: Picked): DeviceSelection =>
  picked.kind === 'some'
    ? { devices: [...picked.rows.keys()] }
    : { filter: picked.filter, except: [...picked.except.keys()] };

/** How many of the chosen devices cannot pull yet. */
export const countUnproven = (picked: Picked): number => {
  const isProven = ({ state }: DeviceRow) => state === 'proven';
  if (picked.kind === 'some') return [...picked.rows.values()].filter((row) => !isProven(row)).length;
  const { states } = picked.filter;
  const proven = states === undefined || states.includes('proven') ? picked.counts.proven : 0;
  const left = [...picked.except.values()].filter(isProven).length;
  return Math.max(0, countPicked(picked) - proven + left);
};

/** What stands under the number of chosen devices. */
export const pullHint = (picked: Picked): string => {
  const [count, unproven] = [countPicked(picked), countUnproven(picked)];
  const state = () => {
    if (count === 1) return unproven === 0 ? 'it can pull' : 'it cannot pull yet';
    if (unproven === 0) return 'all of them can pull';
    return unproven === count ? 'none of them can pull yet' : `${formatCount(unproven)} cannot pull yet`;
  };
  const text = state();
  return picked.kind === 'all'
    ? `Everything that matches: ${text}`
    : text.charAt(0).toUpperCase() + text.slice(1);
};
