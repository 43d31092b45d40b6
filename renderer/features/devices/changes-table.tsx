import { Text } from '@mantine/core';
import type { TrustChange } from '#shared/model/trust.ts';
import { shortHash } from '../../format.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';

const ACTIONS: Record<TrustChange['action'], string> = {
  create: 'Create',
  replace: 'Replace',
  remove: 'Remove',
  restore: 'Restore',
  keep: 'Keep',
  restart: 'Restart',
  'restart-failed': 'Restart failed',
};

const COLUMNS: Column<TrustChange>[] = [
  {
    key: 'action',
    title: 'Action',
    width: '88px',
    render: (change) => <Text size="sm">{ACTIONS[change.action]}</Text>,
  },
  {
    key: 'path',
    title: 'Path',
    render: (change) => (
      <div>
        <Text size="sm" className="mono">
          {change.path}
          {change.kind === 'folder' ? '/' : ''}
        </Text>
        {change.note ? (
          <Text size="xs" c="dimmed">
            {change.note}
          </Text>
        ) : null}
      </div>
    ),
  },
  {
    key: 'before',
    title: 'Before',
    width: '132px',
    render: (change) => <Hash change={change} side="before" />,
  },
  { key: 'after', title: 'After', width: '132px', render: (change) => <Hash change={change} side="after" /> },
  {
    key: 'mode',
    title: 'Mode',
    width: '76px',
    render: (change) => (
      <Text size="sm" className="mono">
        {change.mode}
      </Text>
    ),
  },
];

const Hash = ({ change, side }: { change: TrustChange; side: 'before' | 'after' }) => {
  const hash = side === 'before' ? change.beforeSha256 : change.afterSha256;
  if (change.kind !== 'file') return null;
  return (
    <Text
      size="sm"
      className={hash === null ? '' : 'mono'}
      c={hash === null ? 'dimmed' : undefined}
      title={hash ?? ''}
    >
      {shortHash(hash)}
    </Text>
  );
};

/** Paths on a device with what stands there before and after, as SHA-256. */
export const ChangesTable = ({ label, changes }: { label: string; changes: TrustChange[] }) => (
  <DataTable
    label={label}
    columns={COLUMNS}
    rows={changes}
    rowKey={(change) => `${change.action} ${change.path}`}
  />
);
