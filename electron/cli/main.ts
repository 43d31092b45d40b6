import { commands } from './commands/index.ts';
import { run } from './run.ts';

/** A terminal sends Ctrl-C to the whole group, and a parent may pass it on once more: that is still one. */
const echoMs = 1000;

const stop = new AbortController();
let firstSignalAt = 0;

const onSignal = (): void => {
  if (!stop.signal.aborted) {
    firstSignalAt = Date.now();
    stop.abort();
  } else if (Date.now() - firstSignalAt > echoMs) process.exit(130);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

// `mooring call app.watch | head`: nobody reads any more, so there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  stop.abort();
});

process.exitCode = await run(commands, process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  cwd: process.cwd(),
  stdin: process.stdin,
  stopSignal: stop.signal,
  streams: process,
});
// Nothing should be left to wait for; if something is, it does not keep the terminal.
setTimeout(() => process.exit(), 3000).unref();
