import { Checkbox, VisuallyHidden } from '@mantine/core';
import { useMemo } from 'react';
import type { DeviceRow } from '#shared/model/fleet.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { Tick } from '../../ui/grid-cells.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { VirtualGrid, type GridCell, type GridColumn } from '../../ui/virtual-grid.tsx';
import { ActionCell, EngineCell, GroupCell, NameCell, NamesCell, StateCell } from './device-cells.tsx';
import { countPicked } from './selection.ts';
import { useFleetGrid } from './use-fleet-grid.ts';
import classes from './devices-grid.module.css';

/** Everything that matches, also what was not read yet. */
export const TickAll = () => {
  const store = useStores().devices;
  const count = useSelect('devices', (state) => countPicked(state.picked));
  const total = useSelect('fleet', (state) => state.total ?? 0);
  const isAll = count > 0 && count === total;
  return (
    <Checkbox
      size="xs"
      aria-label="Select all that match"
      checked={isAll}
      indeterminate={count > 0 && !isAll}
      onChange={() => (isAll ? store.clearPicked() : store.pickAll())}
    />
  );
};

export const TickOne = ({ row, cell }: { row: DeviceRow; cell: GridCell }) => {
  const store = useStores().devices;
  return (
    <Tick
      label={`Select ${row.name}`}
      tabIndex={cell.tabIndex}
      isTicked={cell.isSelected}
      onTick={(isTicked) => store.pick([row], isTicked)}
    />
  );
};

/** Left out where no device has a group or tag. */
const GROUP_COLUMN: GridColumn<DeviceRow> = {
  key: 'group',
  title: 'Group and tags',
  track: 'minmax(90px, 0.9fr)',
  from: 900,
  sortBy: 'group',
  render: (row) => <GroupCell row={row} />,
};

const COLUMNS: GridColumn<DeviceRow>[] = [
  {
    key: 'name',
    title: 'Device',
    track: 'minmax(150px, 1.9fr)',
    sortBy: 'name',
    render: (row, { tabIndex }) => <NameCell row={row} tabIndex={tabIndex} />,
  },
  {
    key: 'state',
    title: 'State',
    track: '124px',
    sortBy: 'state',
    render: (row) => <StateCell row={row} />,
  },
  {
    key: 'names',
    title: 'Names it can pull by, or why not',
    track: 'minmax(180px, 2.3fr)',
    render: (row) => <NamesCell row={row} />,
  },
  {
    key: 'engine',
    title: 'Engine',
    track: 'minmax(104px, 0.9fr)',
    from: 780,
    render: (row) => <EngineCell row={row} />,
  },
  GROUP_COLUMN,
  {
    key: 'proof',
    title: 'Last proof',
    track: '96px',
    from: 1100,
    sortBy: 'lastProofAt',
    render: (row) => (
      <span className={classes.proof}>{row.lastProofAt ? <TimeAgo at={row.lastProofAt} /> : 'never'}</span>
    ),
  },
  {
    key: 'do',
    title: <VisuallyHidden>What to do</VisuallyHidden>,
    track: '128px',
    render: (row, { tabIndex }) => <ActionCell row={row} tabIndex={tabIndex} />,
  },
];

const TICK_COLUMN: GridColumn<DeviceRow> = {
  key: 'tick',
  track: '20px',
  title: <TickAll />,
  render: (row, cell) => <TickOne row={row} cell={cell} />,
};

/** Every device that the filter lets through. */
export const DevicesGrid = () => {
  const grid = useFleetGrid();
  const hasGroups = useSelect(
    'fleet',
    (state) => (state.extra?.tags.length ?? 0) > 0 || (state.extra?.groups ?? []).some(({ name }) => name),
  );
  const columns = useMemo(
    () => [TICK_COLUMN, ...COLUMNS.filter((column) => hasGroups || column !== GROUP_COLUMN)],
    [hasGroups],
  );
  if (grid.total === 0) return <p className={classes.nothing}>No device matches.</p>;
  return <VirtualGrid label="Devices" columns={columns} {...grid} minWidth={700} />;
};
