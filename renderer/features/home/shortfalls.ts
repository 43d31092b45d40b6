import { sharedTexts } from '#shared/causes.ts';
import type { ErrorCode } from '#shared/errors.ts';
import type { DeviceFilter } from '#shared/model/fleet.ts';
import type { Tone } from '../../ui/state-dot.tsx';
import type { TrustState } from '../devices/device-view.ts';

/** Devices that cannot pull for the same reason. */
export interface Shortfall {
  key: string;
  tone: Tone;
  count: number;
  title: string;
  next: string;
  filter: DeviceFilter;
}

/** States of devices that cannot pull, the worst first. */
export const CANNOT_PULL: TrustState[] = ['failed', 'outdated', 'drifted', 'unproven', 'none'];

/** Causes of states that are amber in the table. */
const amber: ReadonlySet<string> = new Set<ErrorCode>(['CA_REPLACED', 'NAMES_CHANGED', 'DRIFTED']);

/** Causes with their counts, as `devices.page` tells them of devices that cannot pull; the commonest first. */
export const shortfallsOf = (codes: { name: string; count: number }[]): Shortfall[] =>
  codes
    .map(({ name, count }) =>
      name === ''
        ? {
            key: '',
            tone: 'idle' as const,
            count,
            title: 'Trust was not pushed, or no pull has proven it yet',
            next: 'Push trust.',
            filter: { states: ['none' as const, 'unproven' as const] },
          }
        : {
            key: name,
            tone: amber.has(name) ? ('warn' as const) : ('bad' as const),
            count,
            ...sharedTexts(name),
            filter: { codes: [name] },
          },
    )
    .toSorted((a, b) => Number(a.key === '') - Number(b.key === '') || b.count - a.count);
