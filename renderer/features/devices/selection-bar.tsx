import { Button, CloseButton, Group, Text } from '@mantine/core';
import { IconArrowBackUp, IconFileDiff, IconShieldCheck, IconShieldUp, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Device } from '#shared/model/devices.ts';
import { plural } from '../../format.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { confirm, useRemoval, useRuns, type RunKind } from './use-runs.ts';

/** What can be done with the ticked devices. */
export const SelectionBar = ({ devices }: { devices: Device[] }) => {
  const store = useStores().devices;
  const selected = useSelect('devices', (state) => state.selected);
  const { startAndShow } = useRuns();
  const remove = useRemoval();
  const [isStarting, setStarting] = useState(false);
  const chosen = devices.filter((device) => selected.has(device.id));
  const ids = chosen.map((device) => device.id);
  const clear = () => store.select([...selected], false);
  useEscape(clear, chosen.length > 0);

  if (chosen.length === 0) return null;
  const run = (kind: RunKind) => {
    setStarting(true);
    void startAndShow(kind, ids).finally(() => setStarting(false));
  };
  const undo = () =>
    confirm(
      {
        title: `Undo on ${plural(ids.length, 'device')}`,
        text: 'What was there before Mooring comes back, byte for byte. These devices can then no longer pull from this registry.',
        verb: 'Undo',
      },
      () => run('undo'),
    );
  const icon = { size: 16, 'aria-hidden': true } as const;
  return (
    <Group role="toolbar" aria-label="Selected devices" gap="xs">
      <Text size="sm" fw={500} mr="xs" style={{ whiteSpace: 'nowrap' }}>
        {chosen.length} selected
      </Text>
      <Button leftSection={<IconShieldUp {...icon} />} onClick={() => run('push')} disabled={isStarting}>
        Push trust
      </Button>
      <Button
        variant="default"
        leftSection={<IconFileDiff {...icon} />}
        onClick={() => run('plan')}
        disabled={isStarting}
      >
        Plan
      </Button>
      <Button
        variant="default"
        leftSection={<IconShieldCheck {...icon} />}
        onClick={() => run('verify')}
        disabled={isStarting}
      >
        Verify
      </Button>
      <Button
        variant="default"
        leftSection={<IconArrowBackUp {...icon} />}
        onClick={undo}
        disabled={isStarting}
      >
        Undo
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash {...icon} />}
        onClick={() =>
          remove(
            chosen.map((device) => device.name),
            ids,
          )
        }
      >
        Remove
      </Button>
      <CloseButton aria-label="Clear selection" onClick={clear} />
    </Group>
  );
};

/** Esc clears the selection while no dialog is open. */
const useEscape = (onEscape: () => void, isActive: boolean): void => {
  useEffect(() => {
    if (!isActive) return;
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('[role="dialog"]'))
        onEscape();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
};
