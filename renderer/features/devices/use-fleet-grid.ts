import type { DeviceSort } from '#shared/model/fleet.ts';
import { goTo, links } from '../../app/route.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { isPicked } from './selection.ts';
import type { FleetRow } from './store.ts';

/** What table and matrix have in common: the same devices, order and ticks. */
export const useFleetGrid = () => {
  const store = useStores().devices;
  const picked = useSelect('devices', (state) => state.picked);
  const sort = useSelect('devices', (state) => state.sort);
  const rows = useSelect('fleet', (state) => state.rows);
  const total = useSelect('fleet', (state) => state.total ?? 0);
  return {
    total,
    rowAt: (index: number) => rows.get(index),
    rowLabel: (row: FleetRow) => row.name,
    onShow: store.fleet.show,
    isSelected: (row: FleetRow) => isPicked(picked, row.id),
    onSelect: store.pick,
    onSelectAll: store.pickAll,
    onOpen: (row: FleetRow) => goTo(links.device(row.id)),
    sort,
    onSort: (next: { by: string; descending: boolean }) => store.setSort(next as DeviceSort),
  };
};
