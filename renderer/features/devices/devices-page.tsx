import { Button, Loader, SegmentedControl } from '@mantine/core';
import { IconDeviceDesktopPlus, IconFileImport, IconPlus, IconRadar2 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useSelect, useStores } from '../../stores.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { AddDialog } from './add-dialog.tsx';
import { DemoButton } from '../demo/demo-button.tsx';
import { DemoPanel } from '../demo/demo-panel.tsx';
import type { DeviceForm } from './device-form.ts';
import { DevicesGrid } from './devices-grid.tsx';
import { FleetMatrix } from './fleet-matrix.tsx';
import { DiscoverDialog } from './discover-dialog.tsx';
import { FilterBar } from './filter-bar.tsx';
import { FleetMenu } from './fleet-menu.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { countPicked } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import type { FleetView } from './store.ts';
import classes from './devices-page.module.css';

const VIEWS: { value: FleetView; label: string }[] = [
  { value: 'table', label: 'Table' },
  { value: 'matrix', label: 'Matrix' },
];

type Dialog = 'add' | 'discover' | 'import';

export const DevicesPage = () => {
  const store = useStores().devices;
  const total = useSelect('home', (state) => state.status?.devices.total ?? 0);
  const page = useSelect('fleet', (state) => state.extra);
  const error = useSelect('fleet', (state) => state.error);
  const hasPicked = useSelect('devices', (state) => countPicked(state.picked) > 0);
  const view = useSelect('devices', (state) => state.view);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [initial, setInitial] = useState<Partial<DeviceForm>>({});
  useEffect(() => store.openTable(), [store]);

  const close = () => setDialog(null);
  const openAdd = (fields: Partial<DeviceForm> = {}) => {
    setInitial(fields);
    setDialog('add');
  };
  const isEmpty = total === 0 && page !== null;
  const icon = { size: 16, 'aria-hidden': true } as const;
  const ways = (
    <>
      <Button variant="default" leftSection={<IconRadar2 {...icon} />} onClick={() => setDialog('discover')}>
        Discover
      </Button>
      <Button
        variant="default"
        leftSection={<IconFileImport {...icon} />}
        onClick={() => setDialog('import')}
      >
        Import
      </Button>
      <Button
        data-shortcut="new"
        // With ticked devices the toolbar holds the filled button.
        variant={hasPicked ? 'default' : 'filled'}
        leftSection={<IconPlus {...icon} />}
        onClick={() => openAdd()}
      >
        Add device
      </Button>
    </>
  );
  return (
    <Page
      title="Devices"
      isFilling
      beside={
        page === null || isEmpty ? null : (
          <SegmentedControl
            size="xs"
            aria-label="Show as"
            data={VIEWS}
            value={view}
            onChange={(next) => store.setView(next)}
          />
        )
      }
      actions={
        isEmpty ? null : (
          <>
            <FleetMenu />
            {ways}
          </>
        )
      }
    >
      {error ? <ErrorNote {...error} /> : null}
      {page === null && !error ? <Loader aria-label="Reading the list of devices" /> : null}
      {isEmpty ? (
        <EmptyState
          icon={<IconDeviceDesktopPlus size={26} stroke={1.6} />}
          title="No devices yet"
          text="Add the devices that should pull from this registry: by address, from a file, or from what announces itself on the network. Mooring then puts its CA on them and proves that each can pull."
        >
          <DemoButton />
          {ways}
        </EmptyState>
      ) : (
        <DemoPanel />
      )}
      {page && !isEmpty ? (
        <div className={classes.panel}>
          <FilterBar page={page} />
          {view === 'matrix' ? <FleetMatrix /> : <DevicesGrid />}
          <SelectionBar />
        </div>
      ) : null}
      {dialog === 'add' ? (
        <AddDialog
          initial={initial}
          onClose={close}
          onAdded={() => {
            close();
            void store.refreshNow();
          }}
        />
      ) : null}
      {dialog === 'discover' ? (
        <DiscoverDialog
          onClose={close}
          onPick={({ name, address, port }) => openAdd({ name, address, port: port ?? '' })}
        />
      ) : null}
      {dialog === 'import' ? <ImportDialog onClose={close} /> : null}
    </Page>
  );
};
