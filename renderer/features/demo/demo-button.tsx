import { Button } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import { viewError } from '../../error-view.ts';
import { useClient, useStores } from '../../stores.tsx';
import { showError } from '../../ui/toast.ts';
import { useAction } from '../../use-action.ts';

/** For a person without hardware: devices played by this computer, on the way real ones take. */
export const DemoButton = ({ onStarted }: { onStarted?(): void }) => {
  const client = useClient();
  const { devices } = useStores();
  const { isBusy, run } = useAction();
  const start = () =>
    void run(async () => {
      try {
        await client.demo.start({});
        await devices.refreshNow();
        onStarted?.();
      } catch (error) {
        showError(viewError(error));
      }
    });
  return (
    <Button
      variant="default"
      loading={isBusy}
      leftSection={<IconTestPipe size={16} aria-hidden />}
      onClick={start}
    >
      Try it with a simulated fleet
    </Button>
  );
};
