import { findParent } from '#electron/services/registry/engine/parent.ts';
import { type FromPlayers, toPlayers } from '../messages.ts';
import { createPlayers } from './players.ts';

/** Entry of a process that plays simulated devices: turns messages into calls of the players. */

const parent = findParent();
const tell = (message: FromPlayers): void => parent.send(message);
const perform = createPlayers();

const obey = async (raw: unknown): Promise<void> => {
  const { id, order } = toPlayers.parse(raw);
  if (order.kind === 'end') process.exit(0);
  try {
    tell({ id, problem: null, devices: await perform(order) });
  } catch (error) {
    tell({ id, problem: error instanceof Error ? error.message : String(error) });
  }
};

parent.onGone(() => process.exit(0));
// Ctrl-C in a terminal reaches the whole process group; the app decides when its devices end.
process.on('SIGINT', () => undefined);
parent.onMessage((message) => void obey(message));
tell({ id: 0, problem: null });
