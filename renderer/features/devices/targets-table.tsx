import { Text } from '@mantine/core';
import type { TrustTarget } from '#shared/model/trust.ts';
import { Card } from '../../ui/card.tsx';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { StateDot, type Tone } from '../../ui/state-dot.tsx';
import { engineName } from './device-view.ts';

const STATES: Record<TrustTarget['state'], { tone: Tone; label: string }> = {
  right: { tone: 'ok', label: 'In place' },
  create: { tone: 'idle', label: 'To be written' },
  replace: { tone: 'warn', label: 'To be replaced' },
  unavailable: { tone: 'idle', label: 'Not possible' },
};

const WHAT: Record<TrustTarget['kind'], string> = {
  'certs.d': 'CA in a folder of each name',
  'hosts.toml': 'CA with a hosts.toml',
  anchor: 'Trust anchor of the system',
  'hosts-line': 'Line in the hosts file',
};

const COLUMNS: Column<TrustTarget>[] = [
  {
    key: 'runtime',
    title: 'Who reads it',
    width: '24%',
    render: ({ runtime, user, kind }) => (
      <>
        <Text size="sm">{kind === 'hosts-line' ? 'Everything' : engineName(runtime)}</Text>
        <Text size="xs" c="dimmed">
          {user === null ? WHAT[kind] : `${WHAT[kind]}, of ${user}`}
        </Text>
      </>
    ),
  },
  {
    key: 'folder',
    title: 'Where',
    render: ({ folder }) => (
      <Text size="sm" className="mono">
        {folder}
      </Text>
    ),
  },
  {
    key: 'state',
    title: 'State',
    width: '150px',
    render: ({ state }) => (
      <Text size="sm" component="div">
        <StateDot {...STATES[state]} />
      </Text>
    ),
  },
  {
    key: 'note',
    title: 'To know',
    width: '26%',
    render: ({ note, needsRestart }) => (
      <Text size="xs" c="dimmed">
        {[note, needsRestart === null ? '' : `${needsRestart} must restart to see it`]
          .filter(Boolean)
          .join('; ')}
      </Text>
    ),
  },
];

/** Every place on the device where trust goes. */
export const TargetsTable = ({ targets }: { targets: TrustTarget[] }) => (
  <Card title="Where trust goes here" isFlush>
    <DataTable
      label="Where trust goes"
      columns={COLUMNS}
      rows={targets}
      rowKey={({ runtime, kind, user, folder }) => `${runtime} ${kind} ${user ?? ''} ${folder}`}
    />
  </Card>
);
