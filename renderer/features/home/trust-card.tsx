import { Anchor, Button, Text } from '@mantine/core';
import { IconDeviceDesktopPlus } from '@tabler/icons-react';
import type { AppStatus } from '#shared/model/app.ts';
import type { DevicePage, DeviceRow } from '#shared/model/fleet.ts';
import { goTo, links } from '../../app/route.ts';
import { formatCount, plural } from '../../format.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Ring } from '../../ui/ring.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import { useAnswer } from '../../use-answer.ts';
import { DemoButton } from '../demo/demo-button.tsx';
import { causeOf, remedyFor, stateWords, trustOfRow } from '../devices/device-view.ts';
import { useRuns } from '../devices/use-runs.ts';
import { CANNOT_PULL, shortfallsOf, type Shortfall } from './shortfalls.ts';
import classes from './home.module.css';

const SHOWN = 4;

/** How many devices can pull; of those that cannot, each with its cause, or the causes where they are many. */
export const TrustCard = ({ status }: { status: AppStatus }) => {
  const { total, proven, unproven, outdated, drifted, failed, untrusted } = status.devices;
  if (total === 0) return <NoDevices />;
  const words = `${formatCount(proven)} of ${plural(total, 'device')} can pull`;
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
          value={total < 100 ? `${proven}/${total}` : `${Math.floor((100 * proven) / total)} %`}
          caption="can pull"
          label={words}
          parts={[
            { tone: 'ok', count: proven },
            { tone: 'warn', count: unproven + outdated + drifted },
            { tone: 'bad', count: failed },
            { tone: 'idle', count: untrusted },
          ]}
        />
        {proven === total ? (
          <Text size="sm">
            <b>{words}.</b> Each was proven by a pull of its own engine.
          </Text>
        ) : (
          <CannotPull count={total - proven} />
        )}
      </div>
    </Card>
  );
};

const NoDevices = () => (
  <Card title="Devices that can pull">
    <EmptyState
      isCompact
      icon={<IconDeviceDesktopPlus size={26} stroke={1.6} />}
      title="No devices yet"
      text="Add a device, and Mooring puts the CA on it and proves that its engine can pull from here."
    >
      <DemoButton />
      <Button onClick={() => goTo(links.devices)}>Add devices</Button>
    </EmptyState>
  </Card>
);

const CannotPull = ({ count }: { count: number }) => {
  const client = useClient();
  const version = useSelect('devices', (state) => state.version);
  const { answer } = useAnswer(
    () =>
      client.devices.page({
        filter: { states: CANNOT_PULL },
        sort: { by: 'state', descending: false },
        limit: SHOWN,
      }),
    version,
  );
  if (!answer) return null;
  return (
    <div className={classes.words}>
      <ul className={classes.cannot} aria-label="Devices that cannot pull">
        {count > SHOWN
          ? causesOf(answer).map((shortfall) => <Cause key={shortfall.key} shortfall={shortfall} />)
          : answer.rows.map((row) => <Row key={row.id} row={row} />)}
      </ul>
    </div>
  );
};

const causesOf = (page: DevicePage): Shortfall[] => shortfallsOf(page.codes).slice(0, SHOWN);

const Cause = ({ shortfall }: { shortfall: Shortfall }) => {
  const { devices } = useStores();
  const show = () => {
    devices.setFilter(shortfall.filter);
    goTo(links.devices);
  };
  return (
    <li>
      <Text size="sm" component="div" fw={600} className={classes.count}>
        <StateDot tone={shortfall.tone} label={`${formatCount(shortfall.count)} ×`} />
      </Text>
      <div className={classes.words}>
        <Truncate size="sm">{shortfall.title}</Truncate>
        <Truncate size="sm" c="dimmed">
          {shortfall.next}
        </Truncate>
      </div>
      <Button
        size="compact-sm"
        variant="default"
        onClick={show}
        aria-label={`Show ${shortfall.count}: ${shortfall.title}`}
      >
        Show
      </Button>
    </li>
  );
};

const Row = ({ row }: { row: DeviceRow }) => {
  const { startAndShow } = useRuns();
  const trust = trustOfRow(row);
  const remedy = remedyFor(trust);
  const words = stateWords(row.state);
  const act = () => {
    if (remedy?.kind === 'open') goTo(links.device(row.id, remedy.tab));
    else if (remedy) void startAndShow(remedy.kind, { devices: [row.id] });
  };
  return (
    <li>
      <div className={classes.words}>
        <Text size="sm" component="div">
          <Anchor href={links.device(row.id)} c="inherit" fw={550} display="block" title={row.name}>
            <StateDot tone={words.tone} label={row.name} />
          </Anchor>
        </Text>
        <Truncate size="sm" c="dimmed">
          {causeOf(trust) ?? words.label}
        </Truncate>
      </div>
      {remedy ? (
        <Button size="compact-sm" variant="default" onClick={act} aria-label={`${remedy.label}: ${row.name}`}>
          {remedy.label}
        </Button>
      ) : null}
    </li>
  );
};
