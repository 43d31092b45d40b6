import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/** Reads `log` until it is so. Fails with its end when the machine ends, or after two minutes. */
export const waitUntil = async (
  what: string,
  machine: Machine,
  log: () => string,
  isSo: (log: string) => boolean,
): Promise<void> => {
  const deadline = Date.now() + 120_000;
  while (!isSo(log())) {
    if (!machine.isRunning()) throw new Error(`${machine.name} ended while waiting for ${what}`);
    if (Date.now() > deadline)
      throw new Error(`${machine.name}: no ${what} after two minutes\n${log().slice(-2000)}`);
    await sleep(20);
  }
};
