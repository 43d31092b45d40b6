import { Text } from '@mantine/core';
import type { RegistryUsage } from '#shared/model/storage.ts';
import { formatBytes, plural } from '../../format.ts';
import { Card } from '../../ui/card.tsx';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Truncate } from '../../ui/truncate.tsx';

type Repository = RegistryUsage['repositories'][number];

const number = (text: string) => <Text size="sm">{text}</Text>;

const COLUMNS: Column<Repository>[] = [
  { key: 'name', title: 'Repository', render: ({ name }) => <Truncate size="sm">{name}</Truncate> },
  { key: 'tags', title: 'Tags', width: '90px', render: ({ tags }) => number(String(tags)) },
  { key: 'bytes', title: 'Size', width: '120px', render: ({ bytes }) => number(formatBytes(bytes)) },
  {
    key: 'own',
    title: 'Of its own',
    width: '120px',
    render: ({ ownBytes }) => number(formatBytes(ownBytes)),
  },
];

export const TotalsCard = ({ usage, freeBytes }: { usage: RegistryUsage; freeBytes: number | null }) => (
  <Card title="In all">
    <Facts
      facts={[
        { term: 'On disk', value: formatBytes(usage.storedBytes) },
        { term: 'Saved by sharing', value: formatBytes(usage.savedBytes) },
        ...(freeBytes === null ? [] : [{ term: 'Free on this disk', value: formatBytes(freeBytes) }]),
        { term: 'In no repository', value: formatBytes(usage.looseBytes) },
        {
          term: 'Open uploads',
          value: `${usage.uploads.count} (${formatBytes(usage.uploads.bytes)})`,
        },
        {
          term: 'Out of service',
          value:
            usage.quarantine.count === 0
              ? 'nothing'
              : `${plural(usage.quarantine.count, 'damaged blob')} (${formatBytes(usage.quarantine.bytes)})`,
        },
      ]}
    />
  </Card>
);

/** What each repository takes; layers that several share count in each, and once on the disk. */
export const UsageCard = ({ usage }: { usage: RegistryUsage }) => (
  <Card title="By repository" isFlush>
    <DataTable
      label="Storage by repository"
      columns={COLUMNS}
      rows={usage.repositories}
      rowKey={({ name }) => name}
    />
  </Card>
);
