import { AppError } from '#shared/errors.ts';
import type { RegistryStatus } from '#shared/model/registry.ts';
import type { Log } from '#electron/log.ts';
import { type Link, openLink } from './link.ts';
import type { EngineConfig, FromEngine, ToEngine } from './messages.ts';
import type { SpawnEngine } from './process.ts';

export interface SupervisorState {
  state: Exclude<RegistryStatus['state'], 'absent'>;
  since: Date;
  pid: number | null;
  /** Unexpected ends so far. */
  restarts: number;
  error: AppError | null;
}

/** Times in milliseconds. */
export interface Timing {
  /** Until a new engine serves. */
  start: number;
  /** Until a stopped engine is killed. */
  stop: number;
  /** First wait before a restart; doubles up to `maxBackOff`. */
  backOff: number;
  maxBackOff: number;
  /** Serving this long forgives earlier crashes. */
  steady: number;
  /** Between health checks; three unanswered ones end the engine. */
  health: number;
}

export const defaultTiming: Timing = {
  start: 30_000,
  stop: 5000,
  backOff: 250,
  maxBackOff: 30_000,
  steady: 60_000,
  health: 10_000,
};

const maxUnanswered = 3;

export interface Supervisor {
  state(): SupervisorState;
  /** @throws AppError why it does not serve */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Nothing happens while no engine runs. */
  send(message: ToEngine): void;
}

/**
 * Keeps one engine process running.
 * @param config read anew for each start
 * @param explain turns a failure to start into what a person is told
 */
export const createSupervisor = (options: {
  spawnEngine: SpawnEngine;
  config: () => EngineConfig;
  explain: (failure: unknown, config: EngineConfig | null) => Promise<AppError>;
  onMessage: (message: FromEngine) => void;
  onChange: () => void;
  log: Log;
  timing: Timing;
  now?: () => Date;
}): Supervisor => {
  const { log, timing, now = () => new Date() } = options;
  let current: Link | null = null;
  let state: SupervisorState = { state: 'stopped', since: now(), pid: null, restarts: 0, error: null };
  let retry: NodeJS.Timeout | undefined;
  let health: NodeJS.Timeout | undefined;
  let unanswered = 0;
  let failures = 0;

  const become = (next: SupervisorState['state'], error: AppError | null = null) => {
    state = { ...state, state: next, since: now(), pid: current?.pid ?? null, error };
    options.onChange();
  };

  const watchHealth = (link: Link) => {
    unanswered = 0;
    health = setInterval(() => {
      if (unanswered >= maxUnanswered) {
        log.error('the engine does not answer and is ended', { pid: link.pid });
        return link.kill();
      }
      unanswered += 1;
      link.send({ type: 'ping' });
    }, timing.health);
  };

  const onMessage = (message: FromEngine) => {
    if (message.type === 'pong') unanswered = 0;
    else options.onMessage(message);
  };

  const end = async (link: Link): Promise<void> => {
    clearInterval(health);
    link.send({ type: 'stop' });
    const timer = setTimeout(link.kill, timing.stop);
    await link.ended;
    clearTimeout(timer);
  };

  const launch = async (): Promise<void> => {
    let config: EngineConfig | null = null;
    try {
      config = options.config();
      const link = openLink({
        ...{ spawnEngine: options.spawnEngine, config, startMs: timing.start, log, onMessage },
        onExit: (how) => {
          if (current === link && state.state === 'serving') crashed(how);
        },
      });
      current = link;
      const port = await link.ready;
      watchHealth(link);
      become('serving');
      log.info('serving', { port, listen: config.listen, pid: link.pid });
    } catch (failure) {
      const link = current;
      current = null;
      if (link) await end(link);
      throw await options.explain(failure, config);
    }
  };

  const crashed = (how: string): void => {
    clearInterval(health);
    current = null;
    const served = now().getTime() - state.since.getTime();
    failures = served >= timing.steady ? 0 : failures;
    state = { ...state, restarts: state.restarts + 1 };
    const error = new AppError('REGISTRY_CRASHED', { problem: `Its process ${how}.` });
    log.error('the engine ended unexpectedly', { how });
    relaunchLater(error);
  };

  const relaunchLater = (error: AppError): void => {
    const wait = Math.min(timing.maxBackOff, timing.backOff * 2 ** Math.min(failures, 20));
    failures += 1;
    become('restarting', error);
    retry = setTimeout(() => {
      inTurn(async () => {
        if (state.state === 'restarting') await launch();
      }).catch((next: unknown) => {
        if (next instanceof AppError && state.state === 'restarting') relaunchLater(next);
      });
    }, wait);
  };

  let last: Promise<unknown> = Promise.resolve();
  /** Start, stop and restart never overlap. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    state: () => state,
    start: () =>
      inTurn(async () => {
        if (state.state === 'serving') return;
        clearTimeout(retry);
        failures = 0;
        become('starting');
        try {
          await launch();
        } catch (error) {
          become('failed', error instanceof AppError ? error : null);
          throw error;
        }
      }),
    stop: () => {
      clearTimeout(retry);
      return inTurn(async () => {
        clearTimeout(retry);
        const link = current;
        current = null;
        if (link) await end(link);
        if (state.state !== 'stopped') become('stopped');
      });
    },
    send: (message) => current?.send(message),
  };
};
