import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import type { DemoAction, DemoDevice } from '#shared/model/demo.ts';
import { links } from '../../app/route.ts';
import { viewError } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient, useSelect, useStores } from '../../stores.tsx';
import { confirm } from '../../ui/confirm.tsx';
import { showError } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import classes from './demo-panel.module.css';

const ACTIONS: Record<DemoAction, string> = {
  'plug-in': 'Plug it in',
  unplug: 'Unplug it',
  drift: 'Damage its trust',
  'fix-clock': 'Set its clock right',
};

/** While devices are simulated: what each is there to show, and what can be done to it by hand. */
export const DemoPanel = () => {
  const demo = useSelect('demo', (state) => state.demo);
  const client = useClient();
  const { devices } = useStores();
  const { isBusy, run } = useAction();
  if (!demo?.isRunning) return null;
  const stop = () =>
    confirm(
      {
        title: 'End the simulation',
        text: `${plural(demo.count, 'simulated device')} leave the list. Real devices stay.`,
        verb: 'End it',
      },
      () =>
        void run(async () => {
          try {
            await client.demo.stop();
            await devices.refreshNow();
          } catch (error) {
            showError(viewError(error));
          }
        }),
    );
  return (
    <section className={classes.panel} aria-label="Simulated fleet">
      <div className={classes.head}>
        <IconTestPipe size={18} stroke={1.7} aria-hidden className={classes.icon} />
        <Text size="sm" flex={1}>
          <b>{plural(demo.count, 'simulated device')}.</b> This computer plays them; everything else is real:
          login, files, pulls, undo.
        </Text>
        <Button size="compact-sm" variant="default" loading={isBusy} onClick={stop}>
          End the simulation
        </Button>
      </div>
      <ul className={classes.stories}>
        {demo.devices.map((device) => (
          <Story key={device.id} device={device} />
        ))}
      </ul>
    </section>
  );
};

const Story = ({ device }: { device: DemoDevice }) => {
  const client = useClient();
  const { devices } = useStores();
  const { isBusy, run } = useAction();
  const act = (action: DemoAction) =>
    void run(async () => {
      try {
        await client.demo.act({ device: device.id, action });
        devices.refresh();
      } catch (error) {
        showError(viewError(error));
      }
    });
  return (
    <li className={classes.story}>
      <Anchor href={links.device(device.id)} size="sm" fw={550} c="inherit" className={classes.name}>
        {device.name}
      </Anchor>
      <Text size="sm" c="dimmed" flex={1}>
        {device.story}
      </Text>
      <Group gap={6} wrap="nowrap">
        {device.actions.map((action) => (
          <Button
            key={action}
            size="compact-sm"
            variant="default"
            disabled={isBusy}
            aria-label={`${ACTIONS[action]}: ${device.name}`}
            onClick={() => act(action)}
          >
            {ACTIONS[action]}
          </Button>
        ))}
      </Group>
    </li>
  );
};
