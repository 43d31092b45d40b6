import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { EngineProcess, SpawnEngine } from './process.ts';

/**
 * Few arenas and a young generation of 2 MiB: a download needs one buffer, not a growing heap; with 1 MiB a fifth of the time
 * of small requests went into collecting it. Threads mostly wait for the disk. Must be set before start.
 */
const memory = {
  env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '16' },
  execArgv: ['--max-semi-space-size=2'],
};

/** What the engine inherits; everything else of our environment is none of its business. */
const inherited = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

const environment = (): NodeJS.ProcessEnv => {
  const kept = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), ...memory.env };
};

/**
 * Starts the engine as a child of Node.
 * @param entry the engine's main module
 */
export const forkEngine =
  (entry: string): SpawnEngine =>
  (): EngineProcess => {
    const child = fork(entry, [], {
      env: environment(),
      execArgv: memory.execArgv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    // A child that cannot be started never emits `exit`.
    const onExit = (listener: (code: number | null, signal: string | null) => void) => {
      let isTold = false;
      const tell = (code: number | null, signal: string | null) => {
        if (!isTold) listener(code, signal);
        isTold = true;
      };
      child.on('exit', tell);
      child.on('error', () => {
        if (child.pid === undefined) tell(null, null);
      });
    };
    return {
      pid: child.pid,
      send: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
      onExit,
      onLog: (listener) => {
        for (const stream of [child.stdout, child.stderr]) {
          if (stream) createInterface({ input: stream }).on('line', listener);
        }
      },
      kill: () => child.kill('SIGKILL'),
    };
  };
