import { Anchor, Text } from '@mantine/core';
import type { JobItem } from '#shared/model/jobs.ts';
import { links } from '../../app/route.ts';
import { titleBeside } from '../../error-view.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { ITEM_WORDS } from './run-view.ts';
import classes from './run-items.module.css';

/** One row a device: where it is now, or how it ended. */
export const RunItems = ({ items }: { items: JobItem[] }) => {
  const columns: Column<JobItem>[] = [
    {
      key: 'device',
      title: 'Device',
      width: '26%',
      render: (item) => (
        <Anchor
          href={links.device(item.id)}
          c="inherit"
          fw={550}
          size="sm"
          className={classes.name}
          title={item.label}
        >
          {item.label}
        </Anchor>
      ),
    },
    {
      key: 'state',
      title: 'State',
      width: '150px',
      render: (item) => (
        <Text size="sm" component="div">
          <StateDot {...ITEM_WORDS[item.state]} />
        </Text>
      ),
    },
    {
      key: 'phase',
      title: 'Phase',
      width: '180px',
      render: (item) => (
        <Truncate size="sm" c="dimmed">
          {item.state === 'running' || item.state === 'failed' ? item.phase : ''}
        </Truncate>
      ),
    },
    {
      key: 'message',
      title: 'What happened',
      render: (item) => <Truncate size="sm">{item.error ? titleBeside(item.error) : item.message}</Truncate>,
    },
  ];
  return (
    <div className={classes.panel}>
      <DataTable label="Devices in this run" columns={columns} rows={items} rowKey={(item) => item.id} />
    </div>
  );
};
