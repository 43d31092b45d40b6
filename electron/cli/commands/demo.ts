import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoState, demoAction, mostSimulated } from '#shared/model/demo.ts';
import { setupInput } from '#shared/model/setup.ts';
import { isSet, numberOf, portOf, UsageError, type Command, type Flag, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { table } from '../output.ts';
import { hostHere, withRunning } from '../session.ts';
import { showPage } from './app.ts';
import { untilStopped } from './up.ts';

const howMany: Flag = { type: 'string', value: 'N', help: `how many devices (3, at most ${mostSimulated})` };

const countOf = (input: Input): number => numberOf(input, 'devices', 3, mostSimulated) ?? 3;

const stateLines = ({ isRunning, count, devices }: DemoState): string[] => {
  if (!isRunning) return ['No simulated fleet. Start one with `mooring demo start`.'];
  const shown = devices.map(({ name, isPluggedIn, story, actions }) => [
    isPluggedIn ? '●' : '○',
    name,
    story,
    actions.join(', '),
  ]);
  return [`${count} simulated devices.`, ...table(shown)];
};

const show = (context: Context, state: DemoState): number => {
  context.out.result(state, () => stateLines(state));
  return 0;
};

const start: Command = {
  name: 'demo start',
  words: '',
  summary: 'Adds a simulated fleet to the running Mooring.',
  flags: { devices: howMany },
  run: (context, input) =>
    withRunning(context, async ({ client }) =>
      show(context, await client.demo.start({ devices: countOf(input) })),
    ),
};

const stop: Command = {
  name: 'demo stop',
  words: '',
  summary: 'Ends the simulated fleet; its devices leave the list.',
  flags: {},
  run: (context) => withRunning(context, async ({ client }) => show(context, await client.demo.stop())),
};

const state: Command = {
  name: 'demo state',
  words: '',
  summary: 'Shows the simulated devices and what can be done to them.',
  flags: {},
  run: (context) => withRunning(context, async ({ client }) => show(context, await client.demo.state())),
};

const act: Command = {
  name: 'demo act',
  words: 'DEVICE ACTION',
  summary: `Does something to a simulated device: ${demoAction.options.join(', ')}.`,
  flags: {},
  async run(context, input) {
    const [device, word, ...more] = input.words;
    const action = demoAction.safeParse(word);
    if (device === undefined || more.length > 0 || !action.success) {
      const choices = demoAction.options.join(', ');
      throw new UsageError('`demo act` takes a device and an action', `Choose one of: ${choices}.`);
    }
    return withRunning(context, async ({ client }) =>
      show(context, await client.demo.act({ device, action: action.data })),
    );
  },
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Nothing of it is seen outside this computer, and no other registry has this name (RFC 6761). */
const demoName = 'registry.test';

const play = async (context: Context, input: Input): Promise<void> => {
  const port = portOf(input);
  const host = await hostHere(context, 'serve', port === undefined ? {} : { port });
  try {
    const choice = { names: [demoName], addresses: [], listen: '127.0.0.1', port: await freePort() };
    await host.client.setup.create(setupInput.parse(choice));
    const { count } = await host.client.demo.start({ devices: countOf(input) });
    if (isSet(input, 'open')) await showPage(context, host.loopback.link);
    const url = host.loopback.link();
    context.stopSignal.throwIfAborted();
    context.out.note(
      `A registry and ${count} simulated devices are ready. This link works once, within 60 seconds.`,
    );
    context.out.note(
      `\`mooring open --data ${context.dataDir}\` makes another one. Ctrl-C ends the demo; nothing stays.`,
    );
    context.out.result({ url, port: host.loopback.port, pid: process.pid, dataDir: context.dataDir }, () => [
      url,
    ]);
    await untilStopped(context, host);
  } finally {
    await host.close();
  }
};

const run: Command = {
  name: 'demo run',
  words: '',
  summary: 'Serves a registry and a simulated fleet from a temporary folder; stays in the foreground.',
  flags: {
    devices: howMany,
    port: { type: 'string', value: 'N', help: 'port of the page on 127.0.0.1 (any free one)' },
    open: { type: 'boolean', help: 'open the browser where there is a desktop' },
  },
  async run(context, input) {
    if (input.values.data !== undefined) {
      throw new UsageError(
        '`demo run` has a folder of its own',
        'Leave out --data, or see `mooring demo start`.',
      );
    }
    const folder = await mkdtemp(join(tmpdir(), 'mooring-demo-'));
    try {
      await play({ ...context, dataDir: folder }, input);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
    return 0;
  },
};

export const demoCommands = [run, start, stop, state, act];
