import { Center, Loader, Stack, Text, Title } from '@mantine/core';
import { useSelect } from '../stores.tsx';
import { Logo } from '../ui/logo.tsx';

/** Before the first answer of the main process. */
export const Waiting = () => {
  const isLost = useSelect('connection', (state) => state.phase === 'lost');
  return (
    <Center component="main" mih="100vh">
      <Stack align="center" gap="sm" maw={420}>
        <Logo size={56} />
        {isLost ? (
          <>
            <Title order={1}>Mooring does not answer</Title>
            <Text ta="center" c="dimmed">
              It was stopped, or this link was already used. Start it with{' '}
              <span className="mono">npm start</span>, or get a fresh link with{' '}
              <span className="mono">mooring open</span>. This page goes on by itself as soon as it can.
            </Text>
          </>
        ) : (
          <Loader aria-label="Connecting to Mooring" />
        )}
      </Stack>
    </Center>
  );
};
