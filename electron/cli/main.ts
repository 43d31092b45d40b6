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

let isLost = false;
// `mooring call app.watch | head`: nobody reads any more, so there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && !isLost) {
    isLost = true;
    process.stderr.write(`The output cannot be written (${error.code ?? error.message}).\n`);
  }
  stop.abort();
});
// A remark that nobody reads must not end what it is about.
process.stderr.on('error', () => undefined);

// Loading takes a moment in which a signal would end the process without a word.
const { commands } = await import('./commands/index.ts');
const { run } = await import('./run.ts');

const code = await run(commands, process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  cwd: process.cwd(),
  stdin: process.stdin,
  stopSignal: stop.signal,
  streams: process,
});
process.exitCode = isLost ? 1 : code;
// Nothing should be left to wait for but a reader of the result, such as a pager; if something is, it does not keep the terminal.
process.stdout.write('', () => setTimeout(() => process.exit(), 3000).unref());
