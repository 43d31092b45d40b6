import { Group, Text } from '@mantine/core';
import type { Device } from '#shared/model/devices.ts';
import { StateDot } from '../../ui/state-dot.tsx';
import { stateOf } from './device-view.ts';

const ORDER: Device['trust']['state'][] = ['proven', 'unproven', 'drifted', 'failed', 'none'];
const WORDS: Record<Device['trust']['state'], string> = {
  proven: 'can pull',
  unproven: 'not proven',
  drifted: 'drifted',
  failed: 'failing',
  none: 'without trust',
};

/** How many devices are in each state; states nobody is in stay away. */
export const StateCounts = ({ devices }: { devices: Device[] }) => (
  <Group gap="md">
    {ORDER.map((state) => {
      const members = devices.filter((device) => device.trust.state === state);
      const first = members[0];
      if (!first) return null;
      return (
        <Text key={state} size="sm" component="div">
          <StateDot tone={stateOf(first).tone} label={`${members.length} ${WORDS[state]}`} />
        </Text>
      );
    })}
  </Group>
);
