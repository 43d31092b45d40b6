import { Button, Stack, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useSelect, useStores } from '../../stores.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Snippet } from '../../ui/snippet.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { useAction } from '../../use-action.ts';

/** Whether the port answers through the LAN addresses, and the firewall's exact remedy if not. */
export const ReachCard = () => {
  const { home } = useStores();
  const isServing = useSelect('home', (state) => state.status?.registry.state === 'serving');
  // What answered before a stop says nothing now.
  const reach = useSelect('home', (state) => (isServing ? state.reach : null));
  const { isBusy, error, run } = useAction();
  const wasServing = useRef(isServing);
  useEffect(() => {
    if (isServing && (!wasServing.current || home.getState().reach === null))
      void run(() => home.checkReach());
    wasServing.current = isServing;
  }, [home, isServing, run]);
  return (
    <Card
      title="Reach"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          loading={isBusy}
          disabled={!isServing}
          onClick={() => void run(() => home.checkReach())}
        >
          Check now
        </Button>
      }
    >
      <Stack gap="xs">
        {error ? <ErrorNote {...error} isLive={false} /> : null}
        {reach === null ? (
          <Text size="sm" c="dimmed">
            {isServing
              ? 'Trying the port through each address of this computer…'
              : 'Checked once the registry serves.'}
          </Text>
        ) : null}
        {reach?.addresses.map((entry) => (
          <Text key={entry.address} size="sm" component="div">
            <StateDot
              tone={entry.isReachable ? 'ok' : 'bad'}
              label={entry.isReachable ? `${entry.address} answers` : `${entry.address}: ${entry.problem}`}
            />
          </Text>
        ))}
        {reach?.addresses.length === 0 ? (
          <Text size="sm">No LAN address to check: connect this computer to a network.</Text>
        ) : null}
        {reach?.firewall ? (
          <Text size="sm" c="dimmed">
            Firewall on this computer: {reach.firewall}.
          </Text>
        ) : null}
        {reach?.remedy ? (
          <Snippet
            label="Open the port in the firewall"
            code={reach.remedy}
            note="Run it once in a terminal, then check again."
          />
        ) : null}
      </Stack>
    </Card>
  );
};
