import { Badge, Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { hostPort } from '#shared/names.ts';
import { follow } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { useClient } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import classes from './discover-dialog.module.css';

interface DiscoverDialogProps {
  isOpen: boolean;
  onClose(): void;
  onPick(device: DiscoveredDevice): void;
}

const SECONDS = 8;

/** What announces SSH or balena on this network. */
export const DiscoverDialog = ({ isOpen, onClose, onPick }: DiscoverDialogProps) => (
  <Modal opened={isOpen} onClose={onClose} title="Discover devices" size={560}>
    <Found onPick={onPick} />
  </Modal>
);

const Found = ({ onPick }: Pick<DiscoverDialogProps, 'onPick'>) => {
  const client = useClient();
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<DiscoveredDevice[]>([]);
  const [isSearching, setSearching] = useState(true);
  const [error, setError] = useState<ErrorView | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    void follow(client.devices.discover({ seconds: SECONDS }, { signal }), signal, setFound, (failure) =>
      setError(viewError(failure)),
    ).then(() => {
      if (!signal.aborted) setSearching(false);
    });
    return () => controller.abort();
  }, [client, round]);

  const searchAgain = () => {
    setError(null);
    setSearching(true);
    setRound(round + 1);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Devices that announce SSH or balenaOS by mDNS. A device that stays silent can still be added by its
        address.
      </Text>
      {found.length > 0 ? (
        <ul className={classes.list} aria-label="Devices on this network">
          {found.map((device) => (
            <li key={`${device.address}:${device.port}`} className={classes.row}>
              <div className={classes.words}>
                <Group gap={8} wrap="nowrap">
                  <Truncate size="sm" fw={500}>
                    {device.name}
                  </Truncate>
                  {device.isBalena ? (
                    <Badge size="xs" variant="default" tt="none">
                      balenaOS
                    </Badge>
                  ) : null}
                </Group>
                <Truncate size="xs" c="dimmed">
                  {`${device.hostName} · ${device.port === null ? device.address : hostPort(device.address, device.port)}`}
                </Truncate>
              </div>
              {device.knownAs ? (
                <Text size="xs" c="dimmed">
                  in the list
                </Text>
              ) : (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Add ${device.name}`}
                  onClick={() => onPick(device)}
                >
                  Add
                </Button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {error ? <ErrorNote {...error} /> : null}
      <Group justify="space-between" role="status">
        {isSearching ? (
          <Group gap="xs">
            <Loader size={14} aria-hidden />
            <Text size="sm">Listening…</Text>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {found.length === 0 ? 'Nobody answered.' : `${found.length} found.`}
          </Text>
        )}
        <Button
          variant="default"
          disabled={isSearching}
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={searchAgain}
        >
          Search again
        </Button>
      </Group>
    </Stack>
  );
};
