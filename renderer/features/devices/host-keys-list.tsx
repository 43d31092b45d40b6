import { Checkbox } from '@mantine/core';
import { useMemo } from 'react';
import type { MetDevice } from '#shared/model/devices.ts';
import { hostPort } from '#shared/names.ts';
import { goTo, links } from '../../app/route.ts';
import { titleBeside } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { DialogGrid } from '../../ui/dialog-grid.tsx';
import { GridLink, Sentence, Tick } from '../../ui/grid-cells.tsx';
import { VirtualGrid, type GridColumn } from '../../ui/virtual-grid.tsx';
import type { Verdict } from './met-keys.ts';
import classes from './host-keys-list.module.css';

interface HostKeysListProps {
  verdict: Verdict;
  rows: MetDevice[];
  /** Devices that show a key, by its fingerprint. */
  counts: ReadonlyMap<string, number>;
  ticked: ReadonlySet<string>;
  onTick(rows: MetDevice[], isTicked: boolean): void;
}

const LABELS: Record<Verdict, string> = {
  new: 'Keys to be confirmed',
  changed: 'Changed keys',
  failed: 'Devices not met',
  same: 'Keys as confirmed',
};

const DEVICE: GridColumn<MetDevice> = {
  key: 'device',
  title: 'Device',
  track: 'minmax(150px, 1fr)',
  render: ({ id, name, address, port }, { tabIndex }) => (
    <>
      <GridLink href={links.device(id, 'connection')} text={name} tabIndex={tabIndex} />
      <div className={classes.quiet}>{port === null ? address : hostPort(address, port)}</div>
    </>
  ),
};

const WHY: GridColumn<MetDevice> = {
  key: 'why',
  title: 'Why',
  track: 'minmax(200px, 2fr)',
  render: ({ error }) => <Sentence text={error ? titleBeside(error) : ''} />,
};

/** One above the other, so that they can be compared sign by sign. */
const CHANGE: GridColumn<MetDevice> = {
  key: 'change',
  title: 'Key confirmed, and key it shows now',
  track: 'minmax(200px, 2.4fr)',
  render: ({ expected, hostKey }) => (
    <>
      <div className={classes.key}>{expected}</div>
      <div className={classes.key}>{hostKey?.fingerprint}</div>
    </>
  ),
};

const keyColumn = (title: string, counts: HostKeysListProps['counts']): GridColumn<MetDevice> => ({
  key: 'key',
  title,
  track: 'minmax(200px, 2.4fr)',
  render: ({ hostKey }) => {
    if (!hostKey) return null;
    const others = (counts.get(hostKey.fingerprint) ?? 1) - 1;
    return (
      <>
        <div className={classes.key} title={hostKey.fingerprint}>
          {hostKey.fingerprint}
        </div>
        <div className={classes.quiet} data-shared={others > 0 || undefined}>
          {others > 0 ? `${hostKey.type}, the same key as ${plural(others, 'other device')}` : hostKey.type}
        </div>
      </>
    );
  },
});

/** Devices with the key they show; those with a new one can be ticked. */
export const HostKeysList = ({ verdict, rows, counts, ticked, onTick }: HostKeysListProps) => {
  const isTickable = verdict === 'new';
  const tickedHere = isTickable ? rows.filter(({ id }) => ticked.has(id)).length : 0;
  const columns = useMemo((): GridColumn<MetDevice>[] => {
    if (verdict === 'failed') return [DEVICE, WHY];
    if (verdict === 'changed') return [DEVICE, CHANGE];
    if (verdict === 'same') return [DEVICE, keyColumn('Key', counts)];
    const isAll = tickedHere > 0 && tickedHere === rows.length;
    const tickColumn: GridColumn<MetDevice> = {
      key: 'tick',
      track: '20px',
      title: (
        <Checkbox
          size="xs"
          aria-label="Select all that are to be confirmed"
          checked={isAll}
          indeterminate={tickedHere > 0 && !isAll}
          onChange={() => onTick(rows, !isAll)}
        />
      ),
      render: (row, { tabIndex, isSelected }) => (
        <Tick
          label={`Select ${row.name}`}
          tabIndex={tabIndex}
          isTicked={isSelected}
          onTick={(isTicked) => onTick([row], isTicked)}
        />
      ),
    };
    return [tickColumn, DEVICE, keyColumn('Key it shows', counts)];
  }, [verdict, rows, counts, tickedHere, onTick]);
  return (
    <DialogGrid>
      <VirtualGrid
        label={LABELS[verdict]}
        columns={columns}
        total={rows.length}
        rowAt={(index) => rows[index]}
        rowLabel={({ name }) => name}
        {...(isTickable && {
          isSelected: ({ id }: MetDevice) => ticked.has(id),
          onSelect: onTick,
          onSelectAll: () => onTick(rows, true),
        })}
        onOpen={({ id }) => goTo(links.device(id, 'connection'))}
      />
    </DialogGrid>
  );
};
