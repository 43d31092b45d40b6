import { Button } from '@mantine/core';
import { IconGridDots } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { ProofMark } from '#shared/model/devices.ts';
import type { MatrixColumn } from '#shared/model/fleet.ts';
import { links } from '../../app/route.ts';
import { plural } from '../../format.ts';
import { useSelect } from '../../stores.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { GridLink } from '../../ui/grid-cells.tsx';
import { Mark } from '../../ui/state-dot.tsx';
import { useNow } from '../../ui/use-now.ts';
import { VirtualGrid, type GridColumn } from '../../ui/virtual-grid.tsx';
import { StateCell } from './device-cells.tsx';
import { TickAll, TickOne } from './devices-grid.tsx';
import { cellDetails, cellWords, columnWords, MARKS, runtimeName } from './matrix-view.ts';
import { ProofDialog, type ShownProof } from './proof-dialog.tsx';
import type { FleetRow } from './store.ts';
import { useFleetGrid } from './use-fleet-grid.ts';
import grid from './devices-grid.module.css';
import classes from './fleet-matrix.module.css';

const NAME_PX = 216;
const STATE_PX = 116;
const CELL_PX = 152;

const NAME_COLUMN: GridColumn<FleetRow> = {
  key: 'name',
  title: 'Device',
  lead: <TickAll />,
  sortBy: 'name',
  track: `minmax(${NAME_PX}px, 1.4fr)`,
  px: NAME_PX,
  isPinned: true,
  render: (row, cell) => (
    <>
      <TickOne row={row} cell={cell} />
      <GridLink href={links.device(row.id)} text={row.name} tabIndex={cell.tabIndex} />
    </>
  ),
};

const STATE_COLUMN: GridColumn<FleetRow> = {
  key: 'state',
  title: 'State',
  track: `${STATE_PX}px`,
  px: STATE_PX,
  sortBy: 'state',
  render: (row) => <StateCell row={row} />,
};

interface ProofCellProps extends ShownProof {
  tabIndex: number;
  now: number;
  onOpen(shown: ShownProof): void;
}

const ProofCell = ({ device, cell, tabIndex, now, onOpen }: ProofCellProps) => {
  const words = cellWords(cell, now);
  return (
    <button
      type="button"
      className={classes.cell}
      tabIndex={tabIndex}
      aria-label={`${said(MARKS[cell.mark].label, words)}: ${cell.name} with ${runtimeName(cell.runtime)}`}
      // Written when it is looked for: dates in words cost more than all the rest of a screen.
      onMouseEnter={(event) => {
        event.currentTarget.title = cellDetails(cell);
      }}
      onClick={() => onOpen({ device, cell })}
    >
      <Mark tone={MARKS[cell.mark].tone} />
      <span className={classes.words}>{words}</span>
    </button>
  );
};

/** The mark and what the cell says beside it, once where that is the same. */
const said = (mark: string, words: string): string => (mark === words ? mark : `${mark}, ${words}`);

const columnOf = (
  column: MatrixColumn,
  now: number,
  onOpen: (shown: ShownProof) => void,
): GridColumn<FleetRow> => ({
  key: `${column.runtime} ${column.name}`,
  title: (
    <span title={`${column.name}\n${columnWords(column)} can pull`}>
      <span className={classes.name}>{column.name}</span>
      <span className={classes.engine}>{columnWords(column)}</span>
    </span>
  ),
  track: `minmax(${CELL_PX}px, 1fr)`,
  px: CELL_PX,
  render: (row, { tabIndex }) => {
    const cell = row.cells?.find(({ name, runtime }) => name === column.name && runtime === column.runtime);
    return cell ? <ProofCell device={row} cell={cell} tabIndex={tabIndex} now={now} onOpen={onOpen} /> : null;
  },
});

const NONE: MatrixColumn[] = [];

/** By which name and with which engine each device that the filter lets through was seen to pull. */
export const FleetMatrix = () => {
  const fleet = useFleetGrid();
  const tried = useSelect('fleet', (state) => state.extra?.columns);
  const now = useNow();
  const [shown, setShown] = useState<ShownProof | null>(null);
  const [isOpen, setOpen] = useState(false);
  const columns = useMemo(() => {
    const show = (next: ShownProof) => {
      setShown(next);
      setOpen(true);
    };
    return [NAME_COLUMN, STATE_COLUMN, ...(tried ?? NONE).map((column) => columnOf(column, now, show))];
  }, [tried, now]);
  if (fleet.total === 0) return <p className={grid.nothing}>No device matches.</p>;
  if (tried?.length === 0) return <NothingTried total={fleet.total} onSelect={fleet.onSelectAll} />;
  return (
    <>
      <VirtualGrid label="Trust matrix" columns={columns} {...fleet} isDense isTall />
      <Legend columns={tried ?? NONE} />
      <ProofDialog shown={shown} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
};

/** What the marks in view mean; those that nothing has stay away. */
const Legend = ({ columns }: { columns: MatrixColumn[] }) => (
  <ul className={classes.legend} aria-label="What the marks mean">
    {(Object.keys(MARKS) as ProofMark[])
      .filter((mark) => mark === 'pulled' || columns.some(({ counts }) => counts[mark] > 0))
      .map((mark) => (
        <li key={mark}>
          <Mark tone={MARKS[mark].tone} />
          <span>
            <b>{MARKS[mark].label}</b>: {MARKS[mark].meaning}
          </span>
        </li>
      ))}
  </ul>
);

const NothingTried = ({ total, onSelect }: { total: number; onSelect(): void }) => (
  <EmptyState
    icon={<IconGridDots size={26} stroke={1.6} />}
    title="Nothing is proven here yet"
    text="Push trust: the engines of each device then pull a probe image by every name of the registry, and this matrix shows by which of them they can."
  >
    <Button variant="default" onClick={onSelect}>
      Select {total === 1 ? 'the device' : `all ${plural(total, 'device')}`}
    </Button>
  </EmptyState>
);
