import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import { IconEye, IconEyeOff, IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { RegistryUser } from '#shared/model/registry.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { formatDay } from '../../format.ts';
import { useClient, useSelect } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { confirm } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Page } from '../../ui/page.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import classes from './access-page.module.css';

/** Who may push and pull. */
export const AccessPage = () => {
  const client = useClient();
  const [users, setUsers] = useState<RegistryUser[]>([]);
  const [error, setError] = useState<ErrorView | null>(null);
  useEffect(() => {
    client.users.list().then(setUsers, (failure: unknown) => setError(viewError(failure)));
  }, [client]);
  return (
    <Page title="Access">
      {error ? <ErrorNote {...error} /> : null}
      <div className={classes.columns}>
        {users.map((user) => (
          <UserCard key={user.name} user={user} />
        ))}
        <PullCard />
      </div>
    </Page>
  );
};

const UserCard = ({ user }: { user: RegistryUser }) => {
  const client = useClient();
  const { isBusy, error, run } = useAction();
  const [secret, setSecret] = useState<{ password: string; file: string } | null>(null);
  const icon = { size: 16, 'aria-hidden': true } as const;
  const show = () => run(async () => setSecret(await client.users.password({ name: user.name })));
  const renew = () =>
    confirm(
      {
        title: 'Renew password',
        text: `The password of ${user.name} stops working at once. Every engine that is logged in with it must log in again.`,
        verb: 'Renew password',
      },
      () =>
        void run(async () => {
          setSecret(await client.users.renewPassword({ name: user.name }));
          showDone('Password renewed');
        }),
    );
  return (
    <Card title={`User ${user.name}`}>
      <Stack gap="md">
        <Facts
          facts={[
            { term: 'May', value: user.isAdmin ? 'push and pull everything' : 'push and pull' },
            { term: 'Since', value: formatDay(user.createdAt) },
            ...(secret
              ? [{ term: 'Password file', value: <span className="mono">{secret.file}</span> }]
              : []),
          ]}
        />
        <div className={classes.secret}>
          <span className="mono" aria-label="Password">
            {secret ? secret.password : '••••••••••••••••••••'}
          </span>
          {secret ? <CopyButton value={secret.password} what="password" /> : null}
        </div>
        {error ? <ErrorNote {...error} /> : null}
        <Group gap="xs">
          {secret ? (
            <Button variant="default" leftSection={<IconEyeOff {...icon} />} onClick={() => setSecret(null)}>
              Hide password
            </Button>
          ) : (
            <Button
              variant="default"
              loading={isBusy}
              leftSection={<IconEye {...icon} />}
              onClick={() => void show()}
            >
              Show password
            </Button>
          )}
          <Button variant="default" leftSection={<IconRefresh {...icon} />} onClick={renew}>
            Renew password
          </Button>
        </Group>
      </Stack>
    </Card>
  );
};

const PullCard = () => {
  const client = useClient();
  const pull = useSelect('home', (state) => state.status?.registry.pull ?? 'anyone');
  const { isBusy, error, run } = useAction();
  const change = (value: string) =>
    run(() => client.registry.setPull({ pull: value === 'login' ? 'login' : 'anyone' }));
  return (
    <Card title="Pulling">
      <Stack gap="sm">
        <Radio.Group
          label="Who may pull"
          description="Pushing always needs the login."
          value={pull}
          onChange={(value) => void change(value)}
        >
          <Stack gap={10} mt={10}>
            <Radio
              value="anyone"
              disabled={isBusy}
              label="Anyone on this network"
              description="Simple for devices: nothing to log in. Everyone who reaches this computer can read the images."
            />
            <Radio
              value="login"
              disabled={isBusy}
              label="Only with a login"
              description="Each device's engine logs in once. Its page shows the command."
            />
          </Stack>
        </Radio.Group>
        {error ? <ErrorNote {...error} /> : null}
        <Text size="xs" c="dimmed">
          The probe image mooring/probe stays open to all: it proves trust and contains nothing.
        </Text>
      </Stack>
    </Card>
  );
};
