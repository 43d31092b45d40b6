import { sharedTexts } from '#shared/causes.ts';
import type { DeviceFilter } from '#shared/model/fleet.ts';
import type { TrustState } from '../devices/device-view.ts';

/** Devices that cannot pull for the same reason. */
export interface Shortfall {
  key: string;
  count: number;
  title: string;
  next: string;
  filter: DeviceFilter;
}

/** States of devices that cannot pull, the worst first. */
export const CANNOT_PULL: TrustState[] = ['failed', 'drifted', 'unproven', 'none'];

/** Causes with their counts, as `devices.page` tells them of devices that cannot pull; the commonest first. */
export const shortfallsOf = (codes: { name: string; count: number }[]): Shortfall[] =>
  codes
    .map(({ name, count }) =>
      name === ''
        ? {
            key: '',
            count,
            title: 'Trust was not pushed, or no pull has proven it yet',
            next: 'Push trust.',
            filter: { states: ['none' as const, 'unproven' as const] },
          }
        : { key: name, count, ...sharedTexts(name), filter: { codes: [name] } },
    )
    .toSorted((a, b) => Number(a.key === '') - Number(b.key === '') || b.count - a.count);
