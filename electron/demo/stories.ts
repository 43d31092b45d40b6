import type { PlayedDevice } from './messages.ts';

const day = 86_400;

/** A simulated device as it begins. */
export interface Part extends PlayedDevice {
  name: string;
  story: string;
}

const stories: readonly Omit<Part, 'index'>[] = [
  {
    name: 'demo-gateway',
    hostName: 'a7c31f0',
    system: 'balena',
    clockOffsetSeconds: 0,
    isPluggedIn: true,
    story: 'A balenaOS gateway where everything is fine: push trust and see it pull.',
  },
  {
    name: 'demo-late-clock',
    hostName: 'late-clock',
    system: 'debian',
    clockOffsetSeconds: -41 * day,
    isPluggedIn: true,
    story: 'Its clock is 41 days behind, so no certificate is valid there: Mooring says so, and what to do.',
  },
  {
    name: 'demo-unplugged',
    hostName: 'unplugged',
    system: 'debian',
    clockOffsetSeconds: 0,
    isPluggedIn: false,
    story: 'Not plugged in: it does not answer, and comes back some seconds after it was missed.',
  },
];

/** The devices of a demo: those with a story first, then as many plain ones as it takes. */
export const castOf = (count: number): Part[] =>
  Array.from({ length: count }, (_, index) => {
    const told = stories[index];
    if (told) return { index, ...told };
    const name = `demo-${String(index + 1).padStart(5, '0')}`;
    const system = index % 2 === 0 ? 'balena' : 'debian';
    return { index, name, hostName: name, system, clockOffsetSeconds: 0, isPluggedIn: true, story: '' };
  });
