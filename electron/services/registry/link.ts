import type { Log } from '#electron/log.ts';
import { type EngineConfig, type FromEngine, fromEngine, type ToEngine } from './messages.ts';
import type { SpawnEngine } from './process.ts';

/** Why an engine did not begin to serve; `code` as in the `failed` message, EXIT when the process ended. */
export class EngineFailure extends Error {
  readonly code: string;
  constructor(code: string, problem: string) {
    super(problem);
    this.name = 'EngineFailure';
    this.code = code;
  }
}

/** One engine process from its start to its end. */
export interface Link {
  pid: number | undefined;
  /** Resolves with the port. @throws EngineFailure */
  ready: Promise<number>;
  /** Resolves when the process has ended. */
  ended: Promise<void>;
  send(message: ToEngine): void;
  kill(): void;
}

/**
 * Starts an engine and configures it.
 * @param startMs how long it may take until it serves, milliseconds
 */
export const openLink = (options: {
  spawnEngine: SpawnEngine;
  config: EngineConfig;
  startMs: number;
  log: Log;
  onMessage: (message: FromEngine) => void;
  /** Its process ended; `how` says it in words. */
  onExit: (how: string) => void;
}): Link => {
  const { log } = options;
  const engine = options.spawnEngine();
  const send = (message: ToEngine) => engine.send(message);
  const ready = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  const timer = setTimeout(() => {
    ready.reject(new EngineFailure('TIMEOUT', 'the engine did not begin to serve in time'));
  }, options.startMs);

  engine.onMessage((raw) => {
    const parsed = fromEngine.safeParse(raw);
    if (!parsed.success) return log.warn('the engine sent something unknown');
    const message = parsed.data;
    if (message.type === 'hello') send({ type: 'configure', config: options.config });
    if (message.type === 'ready') ready.resolve(message.port);
    if (message.type === 'failed') ready.reject(new EngineFailure(message.code, message.problem));
    options.onMessage(message);
  });
  engine.onLog((line) => log.warn(line.slice(0, 2000)));
  engine.onExit((code, signal) => {
    clearTimeout(timer);
    const how = signal ? `ended by ${signal}` : `ended with status ${code ?? 'unknown'}`;
    ready.reject(new EngineFailure('EXIT', how));
    ended.resolve();
    options.onExit(how);
  });
  const settled = () => clearTimeout(timer);
  ready.promise.then(settled, settled);
  return { pid: engine.pid, ready: ready.promise, ended: ended.promise, send, kill: engine.kill };
};
