import { Checkbox, Stack, Text } from '@mantine/core';
import type { DeviceSelection, PushOptions } from '#shared/model/trust.ts';
import { confirm, useRuns, type Question } from './use-runs.ts';

/** Asks before an undo; also whether engines that read the CA from the trust store of their system restart. */
export const askUndo = (
  { text, ...question }: Question,
  onConfirm: (options: Pick<PushOptions, 'restart'>) => void,
): void => {
  const options = { restart: false };
  const content = (
    <Stack gap="md">
      <Text size="sm">{text}</Text>
      <Checkbox
        label="Restart what must restart to forget it"
        description="Only where the trust store of the operating system had it: Docker and containerd trust as before until they restart, which may stop containers."
        onChange={(event) => {
          options.restart = event.currentTarget.checked;
        }}
      />
    </Stack>
  );
  confirm({ ...question, text: content }, () => onConfirm(options));
};

/** Undoes trust after asking. */
export const useUndo = () => {
  const { startAndShow } = useRuns();
  return (what: string, selection: DeviceSelection): void =>
    askUndo(
      {
        title: `Undo on ${what}`,
        text: 'What was there before Mooring comes back, byte for byte. Afterwards nothing there can pull from this registry.',
        verb: 'Undo',
      },
      (options) => void startAndShow('undo', selection, { options }),
    );
};
