import { Stack, Text } from '@mantine/core';
import type { SetupPreview } from '#shared/model/setup.ts';
import { StateDot, type Tone } from '../../ui/state-dot.tsx';

type NameProbe = SetupPreview['names'][number];

/** What the network says about a name. */
const describe = ({ name, isFree, holder }: NameProbe): { tone: Tone; label: string } => {
  if (isFree === null)
    return { tone: 'idle', label: `${name} is not announced by Mooring: your DNS must know it` };
  if (isFree) return { tone: 'ok', label: `${name} is free on this network` };
  return {
    tone: 'bad',
    label: `${name} is already used by ${holder ?? 'another computer'}: choose another name`,
  };
};

export const NameStates = ({ names, isChecking }: { names: NameProbe[]; isChecking: boolean }) => (
  <Stack gap={2} mt={6} role="status">
    {isChecking ? (
      <Text size="sm" component="div">
        <StateDot tone="busy" label="Asking the network…" />
      </Text>
    ) : (
      names.map((name) => (
        <Text key={name.name} size="sm" component="div">
          <StateDot {...describe(name)} />
        </Text>
      ))
    )}
  </Stack>
);
