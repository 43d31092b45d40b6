import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import type { DeviceRow } from '#shared/model/fleet.ts';
import { goTo, links } from '../../app/route.ts';
import { StateDot } from '../../ui/state-dot.tsx';
import { Truncate } from '../../ui/truncate.tsx';
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
      <Anchor
        href={links.device(row.id)}
        c="inherit"
        fw={550}
        size="sm"
        tabIndex={tabIndex}
        className={classes.name}
        title={row.name}
      >
        {row.name}
      </Anchor>
      {row.isSimulated ? (
        <Badge size="xs" variant="default" tt="none" fw={500} className={classes.mark}>
          simulated
        </Badge>
      ) : null}
    </div>
    {row.address === row.name ? null : (
      <Truncate size="xs" c="dimmed">
        {row.address}
      </Truncate>
    )}
  </>
);

export const StateCell = ({ row }: { row: DeviceRow }) => (
  <StateDot {...(row.isBusy ? { tone: 'busy' as const, label: 'Working on it' } : stateWords(row.state))} />
);

/** The names it pulls by, or why it cannot. */
export const NamesCell = ({ row }: { row: DeviceRow }) => {
  const cause = causeOf(trustOfRow(row));
  if (cause !== null) {
    return (
      <Text
        size="sm"
        lineClamp={2}
        lh={1.25}
        title={cause}
        c={row.state === 'none' && row.code === null ? 'dimmed' : undefined}
      >
        {cause}
      </Text>
    );
  }
  const proven = row.names.filter(({ isProven }) => isProven).map(({ name }) => name);
  const [first = '', second = ''] = proven;
  return (
    <div title={proven.join('\n')}>
      <Text size="sm" truncate lh={1.25}>
        {first}
      </Text>
      {second ? (
        <Text size="xs" c="dimmed" truncate lh={1.25}>
          {second}
          {proven.length > 2 ? ` and ${proven.length - 2} more` : ''}
        </Text>
      ) : null}
    </div>
  );
};

export const EngineCell = ({ row }: { row: DeviceRow }) => {
  if (row.engine === '')
    return (
      <Text size="sm" c="dimmed" truncate>
        not read yet
      </Text>
    );
  const { name, detail } = engineWords(row.engine);
  return (
    <>
      <Truncate size="sm" lh={1.25}>
        {name}
      </Truncate>
      {detail ? (
        <Truncate size="xs" c="dimmed" lh={1.25}>
          {detail}
        </Truncate>
      ) : null}
    </>
  );
};

export const GroupCell = ({ row }: { row: DeviceRow }) => (
  <>
    {row.group ? (
      <Truncate size="sm" lh={1.25}>
        {row.group}
      </Truncate>
    ) : null}
    {row.tags.length > 0 ? (
      <Truncate size="xs" c="dimmed" lh={1.25}>
        {row.tags.join(', ')}
      </Truncate>
    ) : null}
  </>
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
    <Group justify="flex-end">
      <Button
        size="compact-sm"
        variant="default"
        tabIndex={tabIndex}
        onClick={act}
        aria-label={`${remedy.label}: ${row.name}`}
      >
        {remedy.label}
      </Button>
    </Group>
  );
};
