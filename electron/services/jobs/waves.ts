import type { WavePlan } from '#shared/model/jobs.ts';

/**
 * Sizes of the waves for so many items: each takes its share of the whole (a percentage rounds up), at most what is
 * left; nothing is left out at the end, and no wave is empty.
 */
export const planWaves = (total: number, { waves }: Pick<WavePlan, 'waves'>): number[] => {
  const sizes: number[] = [];
  let left = total;
  const take = (wanted: number): void => {
    const size = Math.min(left, wanted);
    if (size > 0) sizes.push(size);
    left -= size;
  };
  for (const wave of waves) {
    if (wave === 'rest') take(left);
    else take('count' in wave ? wave.count : Math.ceil((total * wave.percent) / 100));
  }
  take(left);
  return sizes;
};
