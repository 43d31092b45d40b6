import type { RunOptions, WavePlan } from '#shared/model/jobs.ts';
import { runtimeKind, type Device, type RuntimeKind } from '#shared/model/devices.ts';
import type { PermittedNames } from '#shared/model/pki.ts';
import { formatCount } from '../../format.ts';
import type { RunChoice } from './use-runs.ts';

/** The choices of the push dialog, as its fields hold them. */
export interface PushForm {
  pace: 'waves' | 'at-once';
  /** Devices of the first wave. */
  first: number | '';
  /** Share of all devices in the second wave. */
  percent: number | '';
  /** Goes no further once more than this many have failed; empty: goes on. */
  stopAfter: number | '';
  pauseAfterWave: boolean;
  runtimes: 'all' | 'some';
  chosen: RuntimeKind[];
  system: boolean;
  acceptUnconstrained: boolean;
  restart: boolean;
  pinName: boolean;
  acceptNewHostKeys: boolean;
  repair: string[];
  replace: string[];
}

/** From this many devices on, a mistake should meet one device first. */
const WAVES_FROM = 10;

export const emptyPush = (count: number): PushForm => ({
  pace: count >= WAVES_FROM ? 'waves' : 'at-once',
  first: 1,
  percent: 10,
  stopAfter: Math.max(1, Math.ceil(count * 0.05)),
  pauseAfterWave: false,
  runtimes: 'all',
  chosen: [],
  system: false,
  acceptUnconstrained: false,
  restart: false,
  pinName: false,
  acceptNewHostKeys: false,
  repair: [],
  replace: [],
});

/** Engines that can be chosen for one device: those it has, or any while nobody has looked. */
export const enginesOf = ({ facts }: Pick<Device, 'facts'>): { name: RuntimeKind }[] => {
  const found = new Set(facts?.engines.map(({ kind }) => kind));
  const names = found.size > 0 ? [...found] : runtimeKind.exclude(['system']).options;
  return names.map((name) => ({ name }));
};

const wavePlan = (form: PushForm): WavePlan => ({
  waves: [
    ...(form.first === '' ? [] : [{ count: form.first }]),
    ...(form.percent === '' ? [] : [{ percent: form.percent }]),
    'rest' as const,
  ],
  stopAfter: form.stopAfter === '' ? null : form.stopAfter,
  pauseAfterWave: form.pauseAfterWave,
});

export const toRunOptions = (form: PushForm): RunOptions => ({
  ...(form.pace === 'waves' ? { waves: wavePlan(form) } : {}),
  ...(form.acceptNewHostKeys ? { acceptNewHostKeys: true } : {}),
});

export const toPushOptions = (form: PushForm): NonNullable<RunChoice['options']> => ({
  runtimes: form.runtimes === 'all' ? null : form.chosen,
  system: form.system,
  acceptUnconstrained: form.system && form.acceptUnconstrained,
  restart: form.system && form.restart,
  pinName: form.pinName,
  repair: form.repair,
  replace: form.replace,
});

/** How many devices each wave has, as the service plans them: a share rounds up. */
export const waveSizes = (form: PushForm, count: number): number[] => {
  if (form.pace === 'at-once') return [count];
  const wanted = [
    form.first === '' ? 0 : form.first,
    form.percent === '' ? 0 : Math.ceil((count * form.percent) / 100),
  ];
  const sizes: number[] = [];
  let left = count;
  for (const size of wanted) {
    const taken = Math.min(left, size);
    if (taken > 0) sizes.push(taken);
    left -= taken;
  }
  return left > 0 ? [...sizes, left] : sizes;
};

/** `1, then 5, then 41 devices`. */
export const waveWords = (sizes: number[]): string =>
  `${sizes.map(formatCount).join(', then ')} ${sizes.length === 1 && sizes[0] === 1 ? 'device' : 'devices'}`;

/** What the CA could vouch for once a whole system believes it, in one sentence. */
export const systemWarning = (permitted: PermittedNames | null): string => {
  if (permitted === null)
    return 'This CA has no limits: whoever gets its key could impersonate any web site, update server or bank to every program on these devices.';
  const dns = permitted.dns.includes('*') ? ['any DNS name'] : permitted.dns;
  return `Every program there then believes this CA, not only engines. It is limited to ${[...dns, ...permitted.ip].join(', ')}: whoever gets its key could impersonate those.`;
};

export const isUnlimited = (permitted: PermittedNames | null): boolean =>
  permitted === null || permitted.dns.includes('*');

/** Why the form cannot be sent, by field. */
export const pushProblems = (
  form: PushForm,
  permitted: PermittedNames | null,
): Partial<Record<keyof PushForm, string>> => ({
  ...(form.runtimes === 'some' && form.chosen.length === 0 ? { chosen: 'Choose at least one' } : {}),
  ...(form.system && isUnlimited(permitted) && !form.acceptUnconstrained
    ? { acceptUnconstrained: 'Confirm that you know what this allows' }
    : {}),
});
