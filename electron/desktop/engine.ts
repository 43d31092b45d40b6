import { createInterface } from 'node:readline';
import { utilityProcess } from 'electron';
import type { SpawnEngine } from '#electron/services/registry/index.ts';

/**
 * Starts the registry engine as a utility process: `fork` would need the RunAsNode fuse, which a packed app has off.
 * @param entry module of the engine
 */
export const utilityEngine =
  (entry: string): SpawnEngine =>
  () => {
    const child = utilityProcess.fork(entry, [], { serviceName: 'Mooring registry', stdio: 'pipe' });
    return {
      get pid() {
        return child.pid;
      },
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.once('exit', (code) => listener(code, null)),
      onLog(listener) {
        for (const stream of [child.stdout, child.stderr]) {
          if (stream) createInterface({ input: stream }).on('line', listener);
        }
      },
      kill: () => void child.kill(),
    };
  };
