import { Anchor, Button, Group, Loader } from '@mantine/core';
import { IconFolders, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { DeviceGroup } from '#shared/model/fleet.ts';
import { viewError } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { confirm } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showError } from '../../ui/toast.ts';
import { Truncate } from '../../ui/truncate.tsx';
import { useAnswer } from '../../use-answer.ts';
import { GroupLoginForm } from './group-login-form.tsx';
import rows from '../../ui/row-list.module.css';
import classes from './groups-dialog.module.css';

/** Groups with the login that their devices share. */
export const GroupsDialog = ({ onClose }: { onClose(): void }) => {
  const [editing, setEditing] = useState<DeviceGroup | null>(null);
  return (
    <Dialog
      onClose={onClose}
      title={editing ? `Login of the group ${editing.name}` : 'Groups and their logins'}
      size={600}
    >
      {editing ? (
        <GroupLoginForm group={editing} onDone={() => setEditing(null)} />
      ) : (
        <GroupList onEdit={setEditing} onClose={onClose} />
      )}
    </Dialog>
  );
};

const GroupList = ({ onEdit, onClose }: { onEdit(group: DeviceGroup): void; onClose(): void }) => {
  const client = useClient();
  const { devices } = useStores();
  const [round, setRound] = useState(0);
  const { answer: groups, error } = useAnswer(() => client.devices.groups(), round);
  const remove = ({ name, count }: DeviceGroup) =>
    confirm(
      {
        title: `Remove the group ${name}`,
        text: `${plural(count, 'device')} stay in the list without a group. The login of the group is forgotten.`,
        verb: 'Remove',
      },
      () =>
        void client.devices.removeGroup({ group: name }).then(
          () => {
            setRound(round + 1);
            void devices.refreshNow();
          },
          (failure: unknown) => showError(viewError(failure)),
        ),
    );
  const show = (name: string) => {
    devices.setFilter({ groups: [name] });
    onClose();
  };
  if (error) return <ErrorNote {...error} />;
  if (groups === null) return <Loader aria-label="Reading the groups" />;
  if (groups.length === 0) {
    return (
      <EmptyState
        isCompact
        icon={<IconFolders size={26} stroke={1.6} />}
        title="No groups yet"
        text="Select devices in the table and choose Group. A group may have one login that all its devices use."
      />
    );
  }
  return (
    <ul className={`${rows.list} ${classes.list}`} aria-label="Groups">
      {groups.map((group) => (
        <li key={group.name} className={rows.row}>
          <div className={rows.words}>
            <Anchor
              component="button"
              type="button"
              c="inherit"
              fw={550}
              size="sm"
              onClick={() => show(group.name)}
            >
              {group.name}
            </Anchor>
            <Truncate size="xs" c="dimmed">
              {`${plural(group.count, 'device')} · ${loginWords(group)}`}
            </Truncate>
          </div>
          <Group gap="xs" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPencil size={14} aria-hidden />}
              aria-label={`Login of ${group.name}`}
              onClick={() => onEdit(group)}
            >
              Login
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconTrash size={14} aria-hidden />}
              aria-label={`Remove ${group.name}`}
              onClick={() => remove(group)}
            >
              Remove
            </Button>
          </Group>
        </li>
      ))}
    </ul>
  );
};

const METHODS = { key: 'key', password: 'password', agent: 'SSH agent', group: 'its group' };

const loginWords = ({ credential, user, port }: DeviceGroup): string => {
  if (credential === null) return 'no login of its own';
  const method = credential.kind === 'key' ? (credential.file ?? 'kept key') : METHODS[credential.kind];
  return [user ?? 'user of each device', method, port === null ? '' : `port ${port}`]
    .filter(Boolean)
    .join(', ');
};
