import { ActionIcon, Anchor, Button, Loader, Tabs, Text } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconArrowBackUp,
  IconChevronLeft,
  IconShieldCheck,
  IconShieldUp,
} from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { goTo, links } from '../../app/route.ts';
import { viewError } from '../../error-view.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { ConnectionTab } from './connection-tab.tsx';
import { remedyFor, stateWords, trustOfDevice } from './device-view.ts';
import { FilesTab } from './files-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RunStrip } from './run-strip.tsx';
import { PushDialog } from './push-dialog.tsx';
import { useUndo } from './ask-undo.tsx';
import { useRuns, type RunChoice, type RunKind } from './use-runs.ts';
import classes from './device-page.module.css';

export const DevicePage = ({ id, tab }: { id: string; tab: string }) => {
  const { devices } = useStores();
  const device = useSelect('devices', (state) => state.details[id] ?? null);
  const error = useSelect('devices', (state) => state.errors[id] ?? null);
  useEffect(() => devices.openDevice(id), [devices, id]);
  // Found by its name or address: the page has the address of its id.
  useEffect(() => {
    if (device && device.id !== id) goTo(links.device(device.id, tab));
  }, [device, id, tab]);

  if (device && !error) return <Detail device={device} tab={tab} />;
  return (
    <Page title="Device" above={<Back />}>
      {error ? (
        <ErrorNote {...error} action={<Anchor href={links.devices}>All devices</Anchor>} />
      ) : (
        <Loader aria-label="Reading the device" />
      )}
    </Page>
  );
};

const Back = () => (
  <Anchor href={links.devices} size="sm" className={classes.back}>
    <IconChevronLeft size={15} aria-hidden />
    Devices
  </Anchor>
);

/** The remedy as a link, when it is on another tab than the one shown. */
const wayOut = (device: Device, shown: string): ReactNode => {
  const remedy = remedyFor(trustOfDevice(device));
  if (remedy?.kind !== 'open' || remedy.tab === shown) return null;
  return (
    <Button component="a" size="xs" href={links.device(device.id, remedy.tab)}>
      {remedy.label}
    </Button>
  );
};

const TABS = [
  { value: 'overview', label: 'Overview' },
  { value: 'files', label: 'Files' },
  { value: 'history', label: 'History' },
  { value: 'connection', label: 'Connection' },
];

const Detail = ({ device, tab }: { device: Device; tab: string }) => {
  const { start } = useRuns();
  const askUndo = useUndo();
  const [jobId, setJobId] = useState<string | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const selection = { devices: [device.id] };
  const shown = TABS.some(({ value }) => value === tab) ? tab : 'overview';
  const run = async (kind: RunKind, choice?: RunChoice) => setJobId(await start(kind, selection, choice));
  const undo = () =>
    void askUndo(
      {
        title: `Undo on ${device.name}`,
        text: 'What was there before Mooring comes back, byte for byte. The device can then no longer pull from this registry.',
        verb: 'Undo',
        of: { selection },
      },
      (options) => void run('undo', { options }),
    );
  const icon = { size: 16, 'aria-hidden': true } as const;
  // Only what helps this device now is filled.
  const variantOf = (kind: RunKind) =>
    remedyFor(trustOfDevice(device))?.kind === kind ? 'filled' : 'default';
  return (
    <Page
      title={device.name}
      above={<Back />}
      beside={
        <Text size="sm" component="div">
          <StateDot {...stateWords(device.trust.state)} isStrong />
        </Text>
      }
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconArrowBackUp {...icon} />}
            onClick={undo}
            disabled={!device.trust.canUndo}
          >
            Undo
          </Button>
          <Button
            variant={variantOf('verify')}
            leftSection={<IconShieldCheck {...icon} />}
            onClick={() => void run('verify')}
          >
            Verify
          </Button>
          <Button
            variant={variantOf('push')}
            leftSection={<IconShieldUp {...icon} />}
            onClick={() => void run('push')}
          >
            Push trust
          </Button>
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Push with options"
            title="Push with options"
            onClick={() => setChoosing(true)}
          >
            <IconAdjustmentsHorizontal {...icon} />
          </ActionIcon>
        </>
      }
    >
      {isChoosing ? (
        <PushDialog selection={selection} what={device.name} count={1} onClose={() => setChoosing(false)} />
      ) : null}
      {jobId ? <RunStrip jobId={jobId} onClose={() => setJobId(null)} /> : null}
      {device.trust.error && device.trust.state !== 'proven' ? (
        <ErrorNote
          {...viewError(device.trust.error)}
          tone={stateWords(device.trust.state).tone === 'warn' ? 'warn' : 'bad'}
          isLive={false}
          action={wayOut(device, shown)}
        />
      ) : null}
      {device.trust.warnings.map((warning) => (
        <ErrorNote key={warning.code + warning.title} {...viewError(warning)} tone="warn" isLive={false} />
      ))}
      <Tabs
        value={shown}
        onChange={(value) => goTo(links.device(device.id, value ?? 'overview'))}
        keepMounted={false}
        classNames={{ list: classes.tabs ?? '' }}
      >
        <Tabs.List>
          {TABS.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab device={device} />
        </Tabs.Panel>
        <Tabs.Panel value="files">
          <FilesTab device={device} onRun={setJobId} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab device={device} onUndo={undo} />
        </Tabs.Panel>
        <Tabs.Panel value="connection">
          <ConnectionTab device={device} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
};
