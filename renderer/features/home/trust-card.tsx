import { Anchor, Button, Text } from '@mantine/core';
import { IconDeviceDesktopPlus } from '@tabler/icons-react';
import type { AppStatus } from '#shared/model/app.ts';
import type { Device } from '#shared/model/devices.ts';
import { goTo, links } from '../../app/route.ts';
import { plural } from '../../format.ts';
import { useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Ring } from '../../ui/ring.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { causeOf, cannotPull, remedyFor, stateOf } from '../devices/device-view.ts';
import { useRuns } from '../devices/use-runs.ts';
import classes from './home.module.css';

const SHOWN = 4;

/** How many devices can pull, and those that cannot, each with its cause and one button. */
export const TrustCard = ({ status }: { status: AppStatus }) => {
  const devices = useSelect('devices', (state) => state.devices);
  const { total, proven, unproven, drifted, failed, untrusted } = status.devices;
  if (total === 0) {
    return (
      <Card title="Devices that can pull">
        <EmptyState
          isCompact
          icon={<IconDeviceDesktopPlus size={26} stroke={1.6} />}
          title="No devices yet"
          text="Add a device, and Mooring puts the CA on it and proves that its engine can pull from here."
        >
          <Button onClick={() => goTo(links.devices)}>Add devices</Button>
        </EmptyState>
      </Card>
    );
  }
  const cannot = cannotPull(devices ?? []);
  const words = `${proven} of ${plural(total, 'device')} can pull`;
  return (
    <Card
      title="Devices that can pull"
      actions={
        <Anchor size="sm" href={links.devices}>
          All devices
        </Anchor>
      }
    >
      <div className={classes.trust}>
        <Ring
          value={`${proven}/${total}`}
          caption="can pull"
          label={words}
          parts={[
            { tone: 'ok', count: proven },
            { tone: 'warn', count: unproven + drifted },
            { tone: 'bad', count: failed },
            { tone: 'idle', count: untrusted },
          ]}
        />
        {cannot.length === 0 ? (
          <Text size="sm">
            <b>{words}.</b> Each was proven by a pull of its own engine.
          </Text>
        ) : (
          <div className={classes.words}>
            <ul className={classes.cannot} aria-label="Devices that cannot pull">
              {cannot.slice(0, SHOWN).map((device) => (
                <Row key={device.id} device={device} />
              ))}
            </ul>
            {cannot.length > SHOWN ? (
              <Anchor size="sm" href={links.devices}>
                and {cannot.length - SHOWN} more
              </Anchor>
            ) : null}
          </div>
        )}
      </div>
    </Card>
  );
};

const Row = ({ device }: { device: Device }) => {
  const { startAndShow } = useRuns();
  const remedy = remedyFor(device);
  const act = () => {
    if (remedy?.kind === 'open') goTo(links.device(device.id, remedy.tab));
    else if (remedy) void startAndShow(remedy.kind, [device.id]);
  };
  return (
    <li>
      <div className={classes.words}>
        <Text size="sm" component="div">
          <Anchor href={links.device(device.id)} c="inherit" fw={550} display="block" title={device.name}>
            <StateDot tone={stateOf(device).tone} label={device.name} />
          </Anchor>
        </Text>
        <Truncate size="sm" c="dimmed">
          {causeOf(device) ?? stateOf(device).label}
        </Truncate>
      </div>
      {remedy ? (
        <Button
          size="compact-sm"
          variant="default"
          onClick={act}
          aria-label={`${remedy.label}: ${device.name}`}
        >
          {remedy.label}
        </Button>
      ) : null}
    </li>
  );
};
