import { AppError } from '#shared/errors.ts';
import type { Log } from '#electron/log.ts';
import type { SpawnEngine } from '#electron/services/registry/process.ts';
import { fromPlayers, type Order, type PlacedDevice } from './messages.ts';

/** One process that plays devices. */
export interface PlayersLink {
  /** @throws Error with what hinders */
  ask(order: Order): Promise<PlacedDevice[]>;
  end(): Promise<void>;
}

/** How long a process may take to answer: thousands of devices are made on a busy computer. */
const answerMs = 120_000;

/**
 * Starts a process that plays devices.
 * @param options.onLost called when it ended without being asked to
 */
export const openPlayers = async (options: {
  spawn: SpawnEngine;
  log: Log;
  onLost: () => void;
}): Promise<PlayersLink> => {
  const child = options.spawn();
  const waiting = new Map<number, PromiseWithResolvers<PlacedDevice[]>>();
  const ended = Promise.withResolvers<void>();
  let lastId = 0;
  let isEnding = false;

  const expect = (id: number): Promise<PlacedDevice[]> => {
    const answer = Promise.withResolvers<PlacedDevice[]>();
    waiting.set(id, answer);
    const timer = setTimeout(() => answer.reject(new Error('no answer in time')), answerMs);
    return answer.promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
  };
  child.onMessage((raw) => {
    const { id, problem, devices } = fromPlayers.parse(raw);
    if (problem === null) waiting.get(id)?.resolve(devices);
    else waiting.get(id)?.reject(new Error(problem));
  });
  child.onLog((line) => options.log.warn(line.slice(0, 2000)));
  child.onExit((code, signal) => {
    const problem = new Error(`the process ended with ${signal ?? `status ${code}`}`);
    for (const answer of waiting.values()) answer.reject(problem);
    ended.resolve();
    if (!isEnding) options.onLost();
  });

  try {
    await expect(0);
  } catch (error) {
    isEnding = true;
    child.kill();
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError('DEMO_NOT_STARTED', { problem }, { cause: error });
  }
  return {
    ask(order) {
      lastId += 1;
      const answer = expect(lastId);
      child.send({ id: lastId, order });
      return answer;
    },
    async end() {
      isEnding = true;
      child.kill();
      await ended.promise;
    },
  };
};
