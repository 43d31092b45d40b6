import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/** Looks until it is so. Fails when the machine ends or after 30 s, with what `evidence` says then. */
export const waitUntil = async (
  what: string,
  isSo: () => boolean,
  machine: Machine,
  evidence: () => string,
): Promise<void> => {
  const deadline = Date.now() + 30_000;
  while (!isSo()) {
    if (!machine.isRunning()) throw new Error(`${machine.name} ended while waiting for ${what}`);
    if (Date.now() > deadline)
      throw new Error(`${machine.name}: no ${what} after 30 s\n${evidence().slice(-2000)}`);
    await sleep(20);
  }
};
