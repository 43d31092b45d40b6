import { Anchor, Button, Checkbox, Group, Text, VisuallyHidden } from '@mantine/core';
import type { Device } from '#shared/model/devices.ts';
import { goTo, links } from '../../app/route.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { causeOf, engineOf, remedyFor, stateOf } from './device-view.ts';
import { useRuns } from './use-runs.ts';
import classes from './devices-table.module.css';

interface DevicesTableProps {
  /** Those the filter lets through. */
  devices: Device[];
  total: number;
}

export const DevicesTable = ({ devices, total }: DevicesTableProps) => {
  const store = useStores().devices;
  const selected = useSelect('devices', (state) => state.selected);
  if (devices.length === 0) {
    return (
      <p className={classes.nothing}>
        None of the {total} devices matches.{' '}
        <Anchor component="button" type="button" onClick={() => store.setFilter('')}>
          Clear the filter
        </Anchor>
      </p>
    );
  }
  const ids = devices.map((device) => device.id);
  const picked = ids.filter((id) => selected.has(id)).length;
  const columns: Column<Device>[] = [
    {
      key: 'tick',
      width: '48px',
      title: (
        <Checkbox
          aria-label="Select all shown devices"
          checked={picked === ids.length}
          indeterminate={picked > 0 && picked < ids.length}
          onChange={(event) => store.select(ids, event.currentTarget.checked)}
        />
      ),
      render: (device) => (
        <Checkbox
          aria-label={`Select ${device.name}`}
          checked={selected.has(device.id)}
          onChange={(event) => store.select([device.id], event.currentTarget.checked)}
        />
      ),
    },
    {
      key: 'name',
      title: 'Device',
      width: '22%',
      render: (device) => (
        <>
          <Anchor
            href={links.device(device.id)}
            c="inherit"
            fw={550}
            className={classes.name}
            title={device.name}
          >
            {device.name}
          </Anchor>
          <Truncate size="xs" c="dimmed">
            {device.address}
          </Truncate>
        </>
      ),
    },
    {
      key: 'state',
      title: 'State',
      width: '126px',
      render: (device) => (
        <Text size="sm" component="div">
          <StateDot {...stateOf(device)} />
        </Text>
      ),
    },
    { key: 'names', title: 'Names it can pull by', render: (device) => <Names device={device} /> },
    {
      key: 'engine',
      title: 'Engine',
      width: '13%',
      render: (device) => <Engine device={device} />,
    },
    {
      key: 'proof',
      title: 'Last proof',
      isOptional: true,
      width: '108px',
      render: (device) => (
        <Text size="sm" c="dimmed">
          {device.trust.lastProofAt ? <TimeAgo at={device.trust.lastProofAt} /> : 'never'}
        </Text>
      ),
    },
    {
      key: 'do',
      title: <VisuallyHidden>What to do</VisuallyHidden>,
      width: '138px',
      render: (device) => <Action device={device} />,
    },
  ];
  return (
    <DataTable
      label="Devices"
      columns={columns}
      minWidth={740}
      rows={devices}
      rowKey={(device) => device.id}
      isSelected={(device) => selected.has(device.id)}
    />
  );
};

const Engine = ({ device }: { device: Device }) => {
  const engine = engineOf(device);
  return (
    <>
      <Truncate size="sm" c={engine ? undefined : 'dimmed'}>
        {engine?.name ?? 'not read yet'}
      </Truncate>
      {engine?.detail ? (
        <Truncate size="xs" c="dimmed">
          {engine.detail}
        </Truncate>
      ) : null}
    </>
  );
};

const Names = ({ device }: { device: Device }) => {
  const { state, error } = device.trust;
  if (state === 'none' && error === null) {
    return (
      <Text size="sm" c="dimmed">
        none
      </Text>
    );
  }
  const cause = causeOf(device);
  if (cause !== null) {
    return (
      <Text size="sm" lineClamp={2} title={cause}>
        {cause}
      </Text>
    );
  }
  const proven = device.trust.proofs.filter((proof) => proof.isProven).map((proof) => proof.name);
  return (
    <Text size="sm" lineClamp={2} title={proven.join('\n')} className={classes.names}>
      {proven.length > 2 ? `${proven[0]}\n${proven[1]} +${proven.length - 2}` : proven.join('\n')}
    </Text>
  );
};

/** The one button of a row that needs one. */
const Action = ({ device }: { device: Device }) => {
  const { startAndShow } = useRuns();
  const remedy = remedyFor(device);
  if (!remedy) return null;
  const act = () => {
    if (remedy.kind === 'open') goTo(links.device(device.id, remedy.tab));
    else void startAndShow(remedy.kind, [device.id]);
  };
  return (
    <Group justify="flex-end">
      <Button
        size="compact-sm"
        variant="default"
        onClick={act}
        aria-label={`${remedy.label}: ${device.name}`}
      >
        {remedy.label}
      </Button>
    </Group>
  );
};
