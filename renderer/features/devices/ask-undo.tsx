import { Checkbox, Stack, Text } from '@mantine/core';
import type { DeviceSelection, PushOptions } from '#shared/model/trust.ts';
import { viewError } from '../../error-view.ts';
import { useClient } from '../../stores.tsx';
import { confirm } from '../../ui/confirm.tsx';
import { showError } from '../../ui/toast.ts';

interface Undo {
  title: string;
  text: string;
  verb: string;
  /** What is taken back. */
  of: { selection: DeviceSelection } | { jobId: string };
}

/** Asks before an undo; where engines read the CA from the trust store of their system also whether they restart. */
export const useUndo = () => {
  const client = useClient();
  return async (
    { of, text, ...question }: Undo,
    onConfirm: (options: Pick<PushOptions, 'restart'>) => void,
  ): Promise<void> => {
    const options = { restart: false };
    try {
      const needs = await client.trust.undoNeeds(of);
      const content = needs.restart ? (
        <Stack gap="md">
          <Text size="sm">{text}</Text>
          <Checkbox
            label="Restart what must restart to forget it"
            description="The trust store of the operating system had the CA: Docker and containerd trust as before until they restart, which may stop containers."
            onChange={(event) => {
              options.restart = event.currentTarget.checked;
            }}
          />
        </Stack>
      ) : (
        text
      );
      confirm({ ...question, text: content }, () => onConfirm(options));
    } catch (error) {
      showError(viewError(error));
    }
  };
};
