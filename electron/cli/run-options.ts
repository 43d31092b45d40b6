import type { RunOptions, WavePlan } from '#shared/model/jobs.ts';
import { isSet, numberOf, textOf, UsageError, type Flag, type Input } from './command.ts';

/** How a run goes over its devices. */
export const runFlags: Record<string, Flag> = {
  wave: { type: 'string', value: '1,10%,rest', help: 'go in steps: numbers of devices, shares, rest' },
  'stop-after': { type: 'string', value: 'N', help: 'begin with no more devices once more than N failed' },
  'pause-after-wave': {
    type: 'boolean',
    help: 'pause after each step; `mooring jobs resume` goes on',
  },
  concurrency: { type: 'string', value: 'N', help: 'devices at a time; without it as many as it carries' },
  retries: { type: 'string', value: 'N', help: 'further tries when a link breaks; without it 2' },
  'accept-new-host-keys': {
    type: 'boolean',
    help: 'believe devices whose host key was never confirmed, and pin what they show',
  },
};

const waveOf = (text: string): WavePlan['waves'][number] => {
  if (text === 'rest') return 'rest';
  const [, count, percent] = /^(\d{1,6})$|^(\d{1,2}(?:\.\d)?|100)%$/.exec(text) ?? [];
  if (Number(count) > 0) return { count: Number(count) };
  if (Number(percent) >= 0.1) return { percent: Number(percent) };
  throw new UsageError(`--wave: "${text}" is no step`, 'Give numbers, shares and rest: --wave 1,10%,rest.');
};

/** @throws UsageError */
export const readRunOptions = (input: Input): RunOptions => {
  const waves = textOf(input, 'wave');
  const stopAfter = numberOf(input, 'stop-after', 0, 1_000_000) ?? null;
  const pauseAfterWave = isSet(input, 'pause-after-wave');
  if (pauseAfterWave && waves === undefined) {
    throw new UsageError('--pause-after-wave needs --wave', 'Give the steps, for example --wave 1,10%,rest.');
  }
  const concurrency = numberOf(input, 'concurrency', 1, 256);
  const retries = numberOf(input, 'retries', 0, 5);
  const plan = {
    waves: waves?.split(',').map((wave) => waveOf(wave.trim())) ?? [],
    stopAfter,
    pauseAfterWave,
  };
  return {
    ...((waves !== undefined || stopAfter !== null) && { waves: plan }),
    ...(concurrency !== undefined && { concurrency }),
    ...(retries !== undefined && { retries }),
    ...(isSet(input, 'accept-new-host-keys') && { acceptNewHostKeys: true }),
  };
};
