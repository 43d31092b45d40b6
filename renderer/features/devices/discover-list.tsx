import { Badge, Button, Checkbox, Group, Loader, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { hostPort } from '#shared/names.ts';
import { follow } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { useClient } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Truncate } from '../../ui/truncate.tsx';
import rows from '../../ui/row-list.module.css';
import classes from './discover-dialog.module.css';

const SECONDS = 8;

const keyOf = ({ address, port }: DiscoveredDevice): string => `${address} ${port}`;

/** Listens for a while; can listen again. */
const useDiscovery = () => {
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
  return { found, isSearching, error, searchAgain };
};

interface DiscoverListProps {
  onPick(device: DiscoveredDevice): void;
  onSeveral(devices: DiscoveredDevice[]): void;
}

export const DiscoverList = ({ onPick, onSeveral }: DiscoverListProps) => {
  const { found, isSearching, error, searchAgain } = useDiscovery();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const fresh = found.filter(({ knownAs }) => knownAs === null);
  const chosen = fresh.filter((device) => ticked.has(keyOf(device)));
  const tick = (devices: DiscoveredDevice[], isTicked: boolean) =>
    setTicked((before) => {
      const next = new Set(before);
      for (const device of devices) {
        if (isTicked) next.add(keyOf(device));
        else next.delete(keyOf(device));
      }
      return next;
    });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Devices that announce SSH or balenaOS by mDNS. A device that stays silent can still be added by its
        address.
      </Text>
      {fresh.length > 1 ? (
        <Checkbox
          size="xs"
          label={`All ${fresh.length} that are not in the list`}
          checked={chosen.length === fresh.length}
          indeterminate={chosen.length > 0 && chosen.length < fresh.length}
          onChange={(event) => tick(fresh, event.currentTarget.checked)}
        />
      ) : null}
      {found.length > 0 ? (
        <ul className={`${rows.list} ${classes.list}`} aria-label="Devices on this network">
          {found.map((device) => (
            <Found
              key={keyOf(device)}
              device={device}
              isTicked={ticked.has(keyOf(device))}
              onTick={(isTicked) => tick([device], isTicked)}
              onPick={() => onPick(device)}
            />
          ))}
        </ul>
      ) : null}
      {error ? <ErrorNote {...error} /> : null}
      <Group gap="xs" role="status">
        {isSearching ? <Loader size={14} aria-hidden /> : null}
        <Text size="sm" c={isSearching ? undefined : 'dimmed'}>
          {isSearching
            ? 'Listening…'
            : found.length === 0
              ? 'Nobody answered.'
              : `${found.length} found, ${fresh.length} not in the list.`}
        </Text>
      </Group>
      <DialogActions>
        <Button
          variant="default"
          disabled={isSearching}
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={searchAgain}
        >
          Search again
        </Button>
        {chosen.length > 0 ? (
          <Button onClick={() => onSeveral(chosen)}>Add {plural(chosen.length, 'device')}</Button>
        ) : null}
      </DialogActions>
    </Stack>
  );
};

interface FoundProps {
  device: DiscoveredDevice;
  isTicked: boolean;
  onTick(isTicked: boolean): void;
  onPick(): void;
}

const Found = ({ device, isTicked, onTick, onPick }: FoundProps) => {
  const place = device.port === null ? device.address : hostPort(device.address, device.port);
  return (
    <li className={rows.row}>
      <Checkbox
        size="xs"
        aria-label={`Select ${device.name}`}
        checked={isTicked}
        disabled={device.knownAs !== null}
        onChange={(event) => onTick(event.currentTarget.checked)}
      />
      <div className={rows.words}>
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
          {`${device.hostName} · ${place}${device.port === null ? ' · announces no SSH' : ''}`}
        </Truncate>
      </div>
      {device.knownAs ? (
        <Text size="xs" c="dimmed">
          in the list
        </Text>
      ) : (
        <Button size="xs" variant="default" aria-label={`Add ${device.name}`} onClick={onPick}>
          Add
        </Button>
      )}
    </li>
  );
};
