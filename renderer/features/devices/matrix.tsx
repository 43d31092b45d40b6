import { Text } from '@mantine/core';
import type { Device, MarkedProof } from '#shared/model/devices.ts';
import { useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { MARKS, proverWords, remarkOf } from './matrix-view.ts';
import classes from './matrix.module.css';

const Remark = ({ proof }: { proof: MarkedProof }) => {
  const remark = remarkOf(proof);
  return remark === '' ? null : (
    <Text size="xs" c="dimmed" className={classes.message}>
      {remark}
    </Text>
  );
};

const COLUMNS: Column<MarkedProof>[] = [
  {
    key: 'name',
    title: 'Name',
    width: '32%',
    render: (proof) => (
      <Truncate size="sm" className="mono">
        {proof.name}
      </Truncate>
    ),
  },
  {
    key: 'engine',
    title: 'Engine',
    width: '124px',
    render: (proof) => {
      const { name, detail } = proverWords(proof);
      return (
        <>
          <Truncate size="sm">{name}</Truncate>
          {detail ? (
            <Truncate size="xs" c="dimmed">
              {detail}
            </Truncate>
          ) : null}
        </>
      );
    },
  },
  {
    key: 'result',
    title: 'Result',
    render: (proof) => (
      <>
        <Text size="sm" component="div">
          <StateDot tone={MARKS[proof.mark].tone} label={MARKS[proof.mark].label} />
        </Text>
        <Remark proof={proof} />
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

/** Names by engines: how this device can pull, and which CA it trusts for it. */
export const Matrix = ({ device }: { device: Device }) => {
  const fingerprint = useSelect('certificates', (state) => state.ca?.fingerprint ?? null);
  const { proofs } = device.trust;
  return (
    <Card title="How it can pull" isFlush={proofs.length > 0}>
      {proofs.length > 0 ? (
        <>
          <DataTable
            label="Proofs"
            columns={COLUMNS}
            rows={proofs}
            rowKey={(proof) => `${proof.name} ${proof.runtime} ${proof.user ?? ''}`}
          />
          {fingerprint ? (
            <div className={classes.foot}>
              <Fingerprint value={fingerprint} label="The CA of the registry now (SHA-256)" />
            </div>
          ) : null}
        </>
      ) : (
        <Text size="sm" c="dimmed">
          Nothing is proven yet. Push trust: the device&apos;s own engine then pulls a probe image by every
          name, and this table shows which of them work.
        </Text>
      )}
    </Card>
  );
};
