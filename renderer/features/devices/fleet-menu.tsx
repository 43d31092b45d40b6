import { Button, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconFileExport,
  IconFingerprint,
  IconFolders,
  IconHistory,
  IconJson,
} from '@tabler/icons-react';
import { useState } from 'react';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { viewError } from '../../error-view.ts';
import { saveText } from '../../save-text.ts';
import { useClient, useSelect } from '../../stores.tsx';
import { showError } from '../../ui/toast.ts';
import { GroupsDialog } from './groups-dialog.tsx';
import { KnownHostsDialog } from './known-hosts-dialog.tsx';
import { countPicked, toSelection } from './selection.ts';

/** What concerns the list as a whole; exports are for what is selected or, without, for what the filter shows. */
export const FleetMenu = () => {
  const client = useClient();
  const picked = useSelect('devices', (state) => state.picked);
  const filter = useSelect('devices', (state) => state.filter);
  const [dialog, setDialog] = useState<'groups' | 'known-hosts' | null>(null);
  const hasPicked = countPicked(picked) > 0;
  const selection: DeviceSelection = hasPicked ? toSelection(picked) : { filter, except: [] };
  const what = hasPicked ? 'of the selected' : Object.keys(filter).length > 0 ? 'of those shown' : 'of all';
  const save = (fileName: string, type: string, read: () => Promise<{ text: string }>) =>
    void read().then(
      ({ text }) => saveText(fileName, text, type),
      (error: unknown) => showError(viewError(error)),
    );
  const icon = { size: 16, 'aria-hidden': true } as const;
  return (
    <>
      <Menu position="bottom-end" width={270} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFolders {...icon} />} onClick={() => setDialog('groups')}>
            Groups and their logins
          </Menu.Item>
          <Menu.Item leftSection={<IconFingerprint {...icon} />} onClick={() => setDialog('known-hosts')}>
            Import host keys
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconFileExport {...icon} />}
            onClick={() =>
              save('devices.csv', 'text/csv', () => client.devices.export({ selection, format: 'csv' }))
            }
          >
            Export devices {what}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconHistory {...icon} />}
            onClick={() =>
              save('trust-journal.csv', 'text/csv', () =>
                client.trust.journalExport({ selection, format: 'csv' }),
              )
            }
          >
            Export journal {what} (CSV)
          </Menu.Item>
          <Menu.Item
            leftSection={<IconJson {...icon} />}
            onClick={() =>
              save('trust-journal.json', 'application/json', () =>
                client.trust.journalExport({ selection, format: 'json' }),
              )
            }
          >
            Export journal {what} (JSON)
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'groups' ? <GroupsDialog onClose={() => setDialog(null)} /> : null}
      {dialog === 'known-hosts' ? <KnownHostsDialog onClose={() => setDialog(null)} /> : null}
    </>
  );
};
