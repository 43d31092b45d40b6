import type { DeviceRow } from '#shared/model/fleet.ts';
import { goTo, links } from '../../app/route.ts';
import { GridButton, GridLink, Lines, Sentence } from '../../ui/grid-cells.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { causeOf, engineWords, remedyFor, stateWords, trustOfRow } from './device-view.ts';
import { useRuns } from './use-runs.ts';
import classes from './devices-grid.module.css';

interface CellProps {
  row: DeviceRow;
  tabIndex: number;
}

export const NameCell = ({ row, tabIndex }: CellProps) => (
  <>
    <div className={classes.first}>
      <GridLink href={links.device(row.id)} text={row.name} tabIndex={tabIndex} />
      {row.isSimulated ? <span className={classes.mark}>simulated</span> : null}
    </div>
    {row.address === row.name ? null : (
      <div className={classes.address} title={row.address}>
        {row.address}
      </div>
    )}
  </>
);

export const StateCell = ({ row }: { row: DeviceRow }) => (
  <StateDot {...(row.isBusy ? { tone: 'busy' as const, label: 'Working on it' } : stateWords(row.state))} />
);

/** The names it pulls by, or why it cannot. */
export const NamesCell = ({ row }: { row: DeviceRow }) => {
  const cause = causeOf(trustOfRow(row));
  if (cause !== null) return <Sentence text={cause} isQuiet={row.state === 'none' && row.code === null} />;
  const [first = '', second = '', ...more] = row.names
    .filter(({ isProven }) => isProven)
    .map(({ name }) => name);
  return <Lines first={first} second={more.length > 0 ? `${second} and ${more.length} more` : second} />;
};

export const EngineCell = ({ row }: { row: DeviceRow }) => {
  if (row.engine === '') return <Lines first="not read yet" isQuiet />;
  const { name, detail } = engineWords(row.engine);
  return <Lines first={name} second={detail} />;
};

export const GroupCell = ({ row }: { row: DeviceRow }) => (
  <Lines first={row.group} second={row.tags.join(', ')} />
);

/** The one button of a row that needs one. */
export const ActionCell = ({ row, tabIndex }: CellProps) => {
  const { startAndShow } = useRuns();
  const remedy = remedyFor(trustOfRow(row));
  if (!remedy || row.isBusy) return null;
  const act = () => {
    if (remedy.kind === 'open') goTo(links.device(row.id, remedy.tab));
    else void startAndShow(remedy.kind, { devices: [row.id] });
  };
  return (
    <GridButton label={`${remedy.label}: ${row.name}`} tabIndex={tabIndex} onClick={act}>
      {remedy.label}
    </GridButton>
  );
};
