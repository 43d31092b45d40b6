import { Group } from '@mantine/core';
import type { DevicePage } from '#shared/model/fleet.ts';
import { formatCount } from '../../format.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { stateWords, TRUST_STATES, type TrustState } from './device-view.ts';
import pill from '../../ui/pill.module.css';

const WORDS: Record<TrustState, string> = {
  proven: 'can pull',
  unproven: 'not proven',
  outdated: 'outdated',
  drifted: 'drifted',
  failed: 'failing',
  none: 'without trust',
};

/** How many devices are in each state; each count is a filter. States nobody is in stay away, unless they are chosen. */
export const StateCounts = ({ counts }: { counts: DevicePage['counts'] }) => {
  const store = useStores().devices;
  const filter = useSelect('devices', (state) => state.filter);
  const chosen = filter.states ?? [];
  const all = TRUST_STATES.reduce((sum, state) => sum + counts[state], 0);
  const toggle = (state: TrustState) =>
    store.setFilter({
      ...filter,
      states: chosen.includes(state) ? chosen.filter((other) => other !== state) : [...chosen, state],
    });
  return (
    <Group gap={4} role="group" aria-label="Filter by state">
      <button
        type="button"
        className={pill.pill}
        aria-pressed={chosen.length === 0}
        onClick={() => store.setFilter({ ...filter, states: [] })}
      >
        {formatCount(all)} in all
      </button>
      {TRUST_STATES.filter((state) => counts[state] > 0 || chosen.includes(state)).map((state) => (
        <button
          key={state}
          type="button"
          className={pill.pill}
          aria-pressed={chosen.includes(state)}
          onClick={() => toggle(state)}
        >
          <StateDot tone={stateWords(state).tone} label={`${formatCount(counts[state])} ${WORDS[state]}`} />
        </button>
      ))}
    </Group>
  );
};
