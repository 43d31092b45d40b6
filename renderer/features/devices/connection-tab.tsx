import { Button, Grid, Group, Stack, Text } from '@mantine/core';
import { IconFingerprint, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { goTo, links } from '../../app/route.ts';
import { formatDay } from '../../format.ts';
import { useClient, useStores } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { showDone } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';
import { compareKeys, keysToDecide, type KeyComparison } from './host-keys.ts';
import { LoginDialog } from './login-dialog.tsx';
import { useRemoval } from './use-runs.ts';
import classes from './host-key-step.module.css';

const HOW = { shown: 'confirmed by a person', given: 'given beforehand', unseen: 'accepted without a look' };
const METHODS = { key: 'Key', password: 'Password', agent: 'SSH agent', group: 'As its group' };

/** Login and identity of the device. */
export const ConnectionTab = ({ device }: { device: Device }) => {
  const [isEditing, setEditing] = useState(false);
  const remove = useRemoval();
  const { kind, file, hasSudoPassword } = device.credential;
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Stack>
          <HostKeys device={device} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack gap="md">
          <Card
            title="Login"
            actions={
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconPencil size={15} aria-hidden />}
                onClick={() => setEditing(true)}
              >
                Change login
              </Button>
            }
          >
            <Facts
              facts={[
                { term: 'Address', value: <span className="mono">{device.address}</span> },
                { term: 'Port', value: device.port ?? '22222, then 22' },
                { term: 'User', value: device.user },
                {
                  term: METHODS[kind],
                  value:
                    kind === 'key'
                      ? (file ?? 'kept encrypted in the data folder')
                      : kind === 'password'
                        ? 'kept encrypted'
                        : kind === 'group'
                          ? device.group || 'it has no group'
                          : 'of this computer',
                },
                ...(device.user === 'root'
                  ? []
                  : [
                      {
                        term: 'sudo',
                        value: hasSudoPassword ? 'with its own password' : 'login password, or none',
                      },
                    ]),
              ]}
            />
          </Card>
          <Card title="Remove">
            <Text size="sm" c="dimmed" mb="sm">
              Takes the device off the list and forgets its login. Trust on the device stays; undo it first if
              you want it gone.
            </Text>
            <Button
              variant="default"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => remove(device.name, { devices: [device.id] }, () => goTo(links.devices))}
            >
              Remove device
            </Button>
          </Card>
        </Stack>
      </Grid.Col>
      <LoginDialog device={device} isOpen={isEditing} onClose={() => setEditing(false)} />
    </Grid>
  );
};

const HostKeys = ({ device }: { device: Device }) => {
  const client = useClient();
  const { isBusy, error, run } = useAction();
  const [seen, setSeen] = useState<KeyComparison[] | null>(null);
  const check = () =>
    run(async () => {
      const { hostKeys } = await client.devices.contact({ address: device.address, port: device.port });
      setSeen(compareKeys(device.hostKeys, hostKeys));
    });
  return (
    <Card
      title="Host keys"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          loading={isBusy}
          leftSection={<IconFingerprint size={15} aria-hidden />}
          onClick={() => void check()}
        >
          Check host key
        </Button>
      }
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {device.hostKeys.length === 0
            ? 'None is confirmed yet. Check what the device shows and confirm it, then Mooring can connect.'
            : 'Mooring talks to this device only if it shows one of these.'}
        </Text>
        {device.hostKeys.length > 0 ? (
          <div className={classes.keys}>
            {device.hostKeys.map((key) => (
              <div key={key.fingerprint} className={classes.key}>
                <Text size="xs" c="dimmed">
                  {key.type}, {HOW[key.how]} on {formatDay(key.acceptedAt)}
                </Text>
                <Fingerprint value={key.fingerprint} what={`${key.type} fingerprint`} />
              </div>
            ))}
          </div>
        ) : null}
        {error ? <ErrorNote {...error} /> : null}
        {seen ? <Comparison device={device} keys={seen} onAccepted={() => setSeen(null)} /> : null}
      </Stack>
    </Card>
  );
};

interface ComparisonProps {
  device: Device;
  keys: KeyComparison[];
  onAccepted(): void;
}

/** What the device shows now beside what was confirmed. */
const Comparison = ({ device, keys, onAccepted }: ComparisonProps) => {
  const client = useClient();
  const { devices } = useStores();
  const { isBusy, error, run } = useAction();
  const open = keysToDecide(keys);
  if (open.length === 0) {
    return (
      <Text size="sm" component="div" role="status">
        <StateDot tone="ok" label="The device shows the key that was confirmed." />
      </Text>
    );
  }
  const accept = (fingerprint: string) =>
    run(async () => {
      devices.put(await client.devices.acceptHostKey({ device: device.id, fingerprint }));
      showDone('Host key confirmed', device.name);
      onAccepted();
    });
  return (
    <>
      {open.map((key) => (
        <ErrorNote
          key={key.fingerprint}
          tone={key.verdict === 'changed' ? 'bad' : 'warn'}
          title={
            key.verdict === 'changed'
              ? 'The device shows another key than the one confirmed'
              : 'The device shows this key'
          }
          cause={
            key.verdict === 'changed'
              ? 'It was reinstalled, or another machine answers at this address.'
              : 'Compare it with the device before you confirm it.'
          }
          next=""
          action={
            <Stack gap={6}>
              {key.expected ? <Line label="Confirmed" value={key.expected} /> : null}
              <Line label="Shown now" value={key.fingerprint} />
              <Group>
                <Button
                  size="xs"
                  variant="default"
                  loading={isBusy}
                  onClick={() => void accept(key.fingerprint)}
                >
                  Accept this key
                </Button>
              </Group>
            </Stack>
          }
        />
      ))}
      {error ? <ErrorNote {...error} /> : null}
    </>
  );
};

const Line = ({ label, value }: { label: string; value: string }) => (
  <div>
    <Text size="xs">{label}</Text>
    <Text size="sm" className="mono">
      {value}
    </Text>
  </div>
);
