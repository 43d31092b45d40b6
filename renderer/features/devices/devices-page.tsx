import { Button, Loader, TextInput } from '@mantine/core';
import { IconDeviceDesktopPlus, IconPlus, IconRadar2, IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useSelect, useStores } from '../../stores.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { AddDialog } from './add-dialog.tsx';
import type { DeviceForm } from './device-form.ts';
import { filterDevices } from './device-view.ts';
import { DevicesTable } from './devices-table.tsx';
import { DiscoverDialog } from './discover-dialog.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { StateCounts } from './state-counts.tsx';
import classes from './devices-page.module.css';

export const DevicesPage = () => {
  const store = useStores().devices;
  const devices = useSelect('devices', (state) => state.devices);
  const error = useSelect('devices', (state) => state.error);
  const filter = useSelect('devices', (state) => state.filter);
  const selected = useSelect('devices', (state) => state.selected);
  const [dialog, setDialog] = useState<'add' | 'discover' | null>(null);
  const [initial, setInitial] = useState<Partial<DeviceForm>>({});
  const shown = useMemo(() => filterDevices(devices ?? [], filter), [devices, filter]);
  useEffect(() => void store.load(), [store]);

  const openAdd = (fields: Partial<DeviceForm> = {}) => {
    setInitial(fields);
    setDialog('add');
  };
  const isEmpty = devices?.length === 0;
  const actions = (
    <>
      <Button
        variant="default"
        leftSection={<IconRadar2 size={16} aria-hidden />}
        onClick={() => setDialog('discover')}
      >
        Discover
      </Button>
      <Button
        data-shortcut="new"
        // With ticked devices the toolbar holds the filled button.
        variant={selected.size > 0 ? 'default' : 'filled'}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => openAdd()}
      >
        Add device
      </Button>
    </>
  );
  return (
    <Page title="Devices" actions={isEmpty ? null : actions}>
      {error ? <ErrorNote {...error} /> : null}
      {devices === null && !error ? <Loader aria-label="Reading the list of devices" /> : null}
      {isEmpty ? (
        <EmptyState
          icon={<IconDeviceDesktopPlus size={26} stroke={1.6} />}
          title="No devices yet"
          text="Add the devices that should pull from this registry: by address, or from what announces itself on the network. Mooring then puts its CA on them and proves that each can pull."
        >
          {actions}
        </EmptyState>
      ) : null}
      {devices && !isEmpty ? (
        <div className={classes.panel}>
          <div className={classes.tools}>
            <TextInput
              aria-label="Filter devices"
              placeholder="Filter by name, address, engine or cause"
              data-shortcut="search"
              leftSection={<IconSearch size={16} aria-hidden />}
              className={classes.filter}
              value={filter}
              onChange={(event) => store.setFilter(event.currentTarget.value)}
            />
            {selected.size > 0 ? <SelectionBar devices={devices} /> : <StateCounts devices={devices} />}
          </div>
          <DevicesTable devices={shown} total={devices.length} />
        </div>
      ) : null}
      <AddDialog
        isOpen={dialog === 'add'}
        initial={initial}
        onClose={() => setDialog(null)}
        onAdded={(device) => {
          setDialog(null);
          store.select([device.id], true);
        }}
      />
      <DiscoverDialog
        isOpen={dialog === 'discover'}
        onClose={() => setDialog(null)}
        onPick={({ name, address, port }) => openAdd({ name, address, port: port ?? '' })}
      />
    </Page>
  );
};
