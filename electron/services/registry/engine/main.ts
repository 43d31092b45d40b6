import type { EngineConfig, FromEngine, ToEngine } from '../messages.ts';
import { type Engine, startEngine } from './engine.ts';
import { findParent } from './parent.ts';

/** Entry of the engine process: turns messages into calls of the engine. */

/** How long requests under way may go on after a stop. */
const graceMs = 2000;

const parent = findParent();
const tell = (message: FromEngine) => parent.send(message);
let engine: Engine | null = null;

const start = async (config: EngineConfig): Promise<void> => {
  try {
    engine = await startEngine(config, tell);
    tell({ type: 'ready', port: engine.port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    tell({ type: 'failed', code, problem: error instanceof Error ? error.message : String(error) });
  }
};

const stop = async (): Promise<void> => {
  await engine?.close(graceMs);
  process.exit(0);
};

const obey = (message: ToEngine): Promise<void> | void => {
  switch (message.type) {
    case 'configure':
      return start(message.config);
    case 'certificate':
      return engine?.setCertificate(message);
    case 'users':
      return engine?.setUsers(message.users);
    case 'rules':
      return engine?.setRules(message.rules);
    case 'issue':
      return engine?.issue(message.batch);
    case 'withdraw':
      return engine?.withdraw(message.tags);
    case 'limits':
      return engine?.setLimits(message.limits);
    case 'work':
      return engine?.work.begin(message.id, message.work);
    case 'cancel':
      return engine?.work.cancel(message.id);
    case 'ping':
      return tell({ type: 'pong' });
    case 'stop':
      return stop();
  }
};

parent.onGone(() => process.exit(0));
// Ctrl-C in a terminal reaches the whole process group; the supervisor decides when the engine ends.
process.on('SIGINT', () => undefined);
parent.onMessage((message) => void obey(message as ToEngine));
tell({ type: 'hello' });
