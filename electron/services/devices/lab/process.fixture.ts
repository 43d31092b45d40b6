import fs from 'node:fs/promises';
import { expect } from 'vitest';

/** The pid a script told in its record. */
export const pidOf = (record: unknown) => String((record as { pid: unknown }).pid);

/** A process that ended may still wait for its parent to ask how: state Z. */
export const isGone = async (pid: string) => {
  expect(pid).toMatch(/^[0-9]+$/);
  await expect
    .poll(() => fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' Z '), { timeout: 10_000 })
    .toMatch(/ Z /);
};
