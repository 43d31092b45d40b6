import { Text } from '@mantine/core';
import type { Device, Proof } from '#shared/model/devices.ts';
import { Card } from '../../ui/card.tsx';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { engineName } from './device-view.ts';
import classes from './proofs.module.css';

const COLUMNS: Column<Proof>[] = [
  {
    key: 'name',
    title: 'Name',
    width: '34%',
    render: (proof) => (
      <Truncate size="sm" className="mono">
        {proof.name}
      </Truncate>
    ),
  },
  {
    key: 'engine',
    title: 'Engine',
    width: '110px',
    render: (proof) => <Text size="sm">{proof.runtime === 'none' ? '–' : engineName(proof.runtime)}</Text>,
  },
  {
    key: 'result',
    title: 'Result',
    render: (proof) => (
      <>
        <Text size="sm" component="div">
          <StateDot {...words(proof)} />
        </Text>
        {proof.isProven || proof.message === '' ? null : (
          <Text size="xs" c="dimmed" className={classes.message}>
            {proof.message}
          </Text>
        )}
      </>
    ),
  },
  {
    key: 'at',
    title: 'When',
    width: '100px',
    render: (proof) => (
      <Text size="sm" c="dimmed">
        <TimeAgo at={proof.at} />
      </Text>
    ),
  },
];

/** Green only for a pull that the registry itself has seen. */
const words = (proof: Proof) => {
  if (proof.level === 'files') return { tone: 'idle' as const, label: 'Files checked, no pull' };
  return proof.isProven
    ? { tone: 'ok' as const, label: 'Pulled' }
    : { tone: 'warn' as const, label: 'Could not pull' };
};

/** Names by proof: how this device can pull. */
export const Proofs = ({ device }: { device: Device }) => (
  <Card title="How it can pull" isFlush={device.trust.proofs.length > 0}>
    {device.trust.proofs.length > 0 ? (
      <DataTable
        label="Proofs"
        columns={COLUMNS}
        rows={device.trust.proofs}
        rowKey={(proof) => `${proof.name} ${proof.runtime}`}
      />
    ) : (
      <Text size="sm" c="dimmed">
        Nothing is proven yet. Push trust: the device&apos;s own engine then pulls a probe image by every
        name, and this table shows which of them work.
      </Text>
    )}
  </Card>
);
