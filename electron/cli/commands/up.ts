import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { endpointChoice, setupInput, type EndpointChoice } from '#shared/model/setup.ts';
import type { ReadyInfo } from '#shared/model/app.ts';
import type { Host } from '#electron/serve/host.ts';
import { attachOrHold } from '#electron/serve/session.ts';
import {
  isSet,
  portOf,
  textOf,
  textsOf,
  UsageError,
  type Command,
  type Flag,
  type Input,
} from '../command.ts';
import type { Context } from '../context.ts';
import { facts } from '../output.ts';
import { hostHere } from '../session.ts';
import { showPage, waitForEnd } from './app.ts';

const waitMs = 10_000;
const takeOver: Flag = { type: 'boolean', help: 'stop the Mooring that works on the folder first' };

/** Reads one flag by the rule that the contract has for it. */
const checked = <T>(flag: string, rule: z.ZodType<T>, value: unknown): T => {
  const read = rule.safeParse(value);
  if (read.success) return read.data;
  const problem = read.error.issues[0]?.message ?? 'is not valid';
  throw new UsageError(`${flag} ${String(value)}: ${problem}`, 'Run `mooring up --help`.');
};

/** What the flags say, nothing for what they leave out. */
const readChoice = (input: Input): Partial<EndpointChoice> => {
  const { names, addresses, listen } = endpointChoice.shape;
  const given = {
    names: textsOf(input, 'name'),
    addresses: textsOf(input, 'address'),
    listen: textOf(input, 'listen'),
    port: portOf(input),
  };
  return {
    ...(given.names.length > 0 && { names: checked('--name', names, given.names) }),
    ...(given.addresses.length > 0 && { addresses: checked('--address', addresses, given.addresses) }),
    ...(given.listen !== undefined && { listen: checked('--listen', listen, given.listen) }),
    ...(given.port !== undefined && { port: given.port }),
  };
};

/** A command line that works for a moment is waited for; a host that stays is one to talk to. */
const stays = ({ host }: { host: string }): boolean => host !== 'cli';

/** Holds the folder for a host that stays. The one that works there is named, or stopped when the flag says so. */
const holdOrRefuse = async (context: Context, input: Input, hold: () => Promise<Host>): Promise<Host> => {
  const { dataDir, stopSignal: signal } = context;
  const found = await attachOrHold({ dataDir, waitMs, signal, hold, accepts: stays });
  if ('held' in found) return found.held;
  const { pid, host } = found.running;
  try {
    if (!isSet(input, 'take-over')) throw new AppError('FOLDER_BUSY', { dataDir, host, pid });
    await found.attachment.client.app.stop();
    await waitForEnd(dataDir, pid);
  } finally {
    found.attachment.close();
  }
  const freed = await attachOrHold({ dataDir, waitMs, signal, hold, accepts: () => false });
  if ('held' in freed) return freed.held;
  throw new AppError('FOLDER_BUSY', { dataDir, host, pid });
};

/** Stays until Ctrl-C, SIGTERM, `mooring stop` or the page says to end. */
export const untilStopped = (context: Context, host: Host): Promise<void> =>
  Promise.race([
    host.stopAsked,
    new Promise<void>((resolve) => {
      if (context.stopSignal.aborted) resolve();
      context.stopSignal.addEventListener('abort', () => resolve(), { once: true });
    }),
  ]);

const setUp = async ({ app, client }: Host, choice: Partial<EndpointChoice>): Promise<string[]> => {
  if (!app.setup.isSetUp()) {
    return (await client.setup.create(setupInput.parse(choice))).warnings;
  }
  if (Object.keys(choice).length > 0) await client.setup.change({ ...app.setup.endpoint(), ...choice });
  await app.start();
  return [];
};

const readyLines = (ready: ReadyInfo): string[] => [
  `Serving at ${ready.url}`,
  ...facts([
    ['Names', ready.names.join(', ')],
    ['Addresses', ready.addresses.join(', ')],
    ['User', ready.user],
    ['Password', `in ${ready.passwordFile}`],
    ['CA', ready.caFile],
    ['Fingerprint', ready.caFingerprint],
    ['Data', ready.dataDir],
  ]),
  'Ctrl-C stops it. `mooring open` shows the page.',
];

const up: Command = {
  name: 'up',
  words: '',
  summary: 'Creates what is missing, serves the registry and announces it; stays in the foreground.',
  flags: {
    name: { type: 'string', multiple: true, value: 'registry.local', help: 'name devices use, best first' },
    address: {
      type: 'string',
      multiple: true,
      value: 'IP',
      help: 'address devices use instead of those found',
    },
    port: { type: 'string', value: '5000', help: 'port of the registry' },
    listen: { type: 'string', value: 'ADDR', help: 'address to listen on (all interfaces)' },
    'take-over': takeOver,
  },
  async run(context, input) {
    const choice = readChoice(input);
    const host = await holdOrRefuse(context, input, () => hostHere(context, 'up'));
    try {
      context.stopSignal.throwIfAborted();
      for (const warning of await setUp(host, choice)) context.out.warn(warning);
      const ready = await host.client.setup.ready();
      // Whoever was told to end meanwhile does not say that it serves.
      context.stopSignal.throwIfAborted();
      context.out.result(ready, () => readyLines(ready));
      await untilStopped(context, host);
    } finally {
      context.out.note('Stopping …');
      await host.close();
    }
    return 0;
  },
};

const serve: Command = {
  name: 'serve',
  words: '',
  summary: 'Serves the page on this computer and prints its link; stays in the foreground.',
  flags: {
    port: { type: 'string', value: 'N', help: 'port of the page on 127.0.0.1 (any free one)' },
    open: { type: 'boolean', help: 'open the browser where there is a desktop' },
    'take-over': takeOver,
  },
  async run(context, input) {
    const port = portOf(input);
    const { dataDir, out } = context;
    const hold = (): Promise<Host> => hostHere(context, 'serve', port === undefined ? {} : { port });
    const found = isSet(input, 'take-over')
      ? { held: await holdOrRefuse(context, input, hold) }
      : await attachOrHold({ dataDir, waitMs, signal: context.stopSignal, hold, accepts: stays });
    if ('running' in found) {
      const { pid, host, port: runningPort } = found.running;
      const link = async (): Promise<string> => (await found.attachment.client.app.link()).url;
      out.note(`Mooring already works on this folder (${host}, process ${pid}); this leads to it:`);
      const { settled } = isSet(input, 'open') ? await showPage(context, link) : { settled: undefined };
      const url = await link();
      out.result({ url, port: runningPort, pid, dataDir }, () => [url]);
      await settled;
      found.attachment.close();
      return 0;
    }
    const { held } = found;
    try {
      await held.app.start().catch((error: unknown) => {
        out.warn(`The registry did not start: ${error instanceof Error ? error.message : String(error)}`);
      });
      if (isSet(input, 'open')) await showPage(context, held.loopback.link);
      const url = held.loopback.link();
      context.stopSignal.throwIfAborted();
      out.note(
        'Mooring is ready. This link works once, within 60 seconds; `mooring open` makes another one.',
      );
      out.result({ url, port: held.loopback.port, pid: process.pid, dataDir }, () => [url]);
      await untilStopped(context, held);
    } finally {
      await held.close();
    }
    return 0;
  },
};

export const hostCommands = [up, serve];
