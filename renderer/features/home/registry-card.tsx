import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import type { AppStatus } from '#shared/model/app.ts';
import { links } from '../../app/route.ts';
import { registryLine } from '../../app/status-line.ts';
import { viewError } from '../../error-view.ts';
import { useClient } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { confirm } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { StateDot, type Tone } from '../../ui/state-dot.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAction } from '../../use-action.ts';
import classes from './home.module.css';

const STATES: Record<AppStatus['registry']['state'], string> = {
  absent: 'Not set up',
  stopped: 'Stopped',
  starting: 'Starting',
  serving: 'Serving',
  restarting: 'Restarting',
  failed: 'Failed',
};

export const RegistryCard = ({ status }: { status: AppStatus }) => {
  const { registry, names } = status;
  const nameErrors = names.names.flatMap((name) => name.error ?? []);
  return (
    <Card title="Registry" actions={<Switch state={registry.state} />}>
      <Stack gap="sm">
        <div>
          <StateDot tone={registryLine(status).tone} label={STATES[registry.state]} isStrong />
          <Text size="sm" c="dimmed" component="span" ml={8}>
            since <TimeAgo at={registry.since} />
          </Text>
        </div>
        <ul className={classes.references} aria-label="Names devices use">
          {names.references.map((reference) => (
            <li key={reference}>
              <Group gap={4} justify="space-between" wrap="nowrap">
                <span className="mono">{reference}</span>
                <CopyButton value={reference} what={reference} />
              </Group>
            </li>
          ))}
        </ul>
        {names.names.map((name) => {
          const words = announcement(name.state, name.name, name.holder);
          return words ? (
            <Text key={name.name} size="sm" component="div">
              <StateDot {...words} />
            </Text>
          ) : null;
        })}
        {nameErrors.map((error) => (
          <ErrorNote key={error.title} {...viewError(error)} tone="warn" isLive={false} />
        ))}
        {registry.error ? (
          <ErrorNote
            {...viewError(registry.error)}
            isLive={false}
            action={
              registry.error.code === 'PORT_IN_USE' ? (
                <Anchor href={links.certificates}>Change the port</Anchor>
              ) : null
            }
          />
        ) : null}
        <Text size="sm" c="dimmed">
          {registry.pull === 'anyone' ? 'Anyone on this network may pull.' : 'Pulling needs a login.'}
        </Text>
      </Stack>
    </Card>
  );
};

/** Only what needs saying: an announced name is what everybody expects. */
const announcement = (
  state: AppStatus['names']['names'][number]['state'],
  name: string,
  holder: string | null,
): { tone: Tone; label: string } | null => {
  switch (state) {
    case 'announced':
      return null;
    case 'probing':
      return { tone: 'busy', label: `Asking for ${name} on the network` };
    case 'conflict':
      return { tone: 'warn', label: `${name} is also used by ${holder ?? 'another computer'}` };
    case 'failed':
      return { tone: 'bad', label: `${name} cannot be announced` };
    case 'silent':
      return { tone: 'idle', label: `${name} is not announced` };
    case 'other':
      return { tone: 'idle', label: `${name}: your DNS must know it` };
  }
};

const Switch = ({ state }: { state: AppStatus['registry']['state'] }) => {
  const client = useClient();
  const { isBusy, run } = useAction();
  const isOff = state === 'stopped' || state === 'failed' || state === 'absent';
  if (isOff) {
    return (
      <Button
        size="compact-sm"
        loading={isBusy}
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
        onClick={() => void run(() => client.registry.start())}
        aria-label="Start registry"
      >
        Start
      </Button>
    );
  }
  const stop = () =>
    confirm(
      {
        title: 'Stop registry',
        text: 'Devices cannot pull while it is stopped. What they trust stays in place.',
        verb: 'Stop',
      },
      () => void run(() => client.registry.stop()),
    );
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isBusy}
      leftSection={<IconPlayerStop size={15} aria-hidden />}
      onClick={stop}
      aria-label="Stop registry"
    >
      Stop
    </Button>
  );
};
