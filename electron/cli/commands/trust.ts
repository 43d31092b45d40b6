import type { DeviceSelection } from '#shared/model/trust.ts';
import type { Client } from '#electron/serve/attach.ts';
import { isSet, UsageError, type Command, type Flag, type Input } from '../command.ts';
import { followRun } from '../jobs.ts';
import { pushFlags, readPushOptions } from '../push-options.ts';
import { readRunOptions, runFlags } from '../run-options.ts';
import { exitCodeOf, runLines } from '../run-text.ts';
import { readSelection, selectionFlags } from '../selection.ts';
import { withApp, type RegistryNeed } from '../session.ts';
import { trustRecordCommands } from './trust-records.ts';

type Start = (client: Client, selection: DeviceSelection, input: Input) => Promise<{ jobId: string }>;

const runCommand = (
  name: string,
  summary: string,
  need: (input: Input) => RegistryNeed,
  start: Start,
  flags: Record<string, Flag> = {},
): Command => ({
  name: `trust ${name}`,
  words: '[DEVICE...]',
  summary,
  flags: {
    ...selectionFlags,
    'dry-run': { type: 'boolean', help: 'only look: nothing is written' },
    ...runFlags,
    ...flags,
  },
  async run(context, input) {
    const selection = readSelection(input);
    // Wrong usage is told before the app is asked for anything.
    readRunOptions(input);
    readPushOptions(input);
    return withApp(context, need(input), async ({ client }) => {
      const { jobId } = await start(client, selection, input);
      const run = await followRun(context, client, jobId);
      context.out.result(run, () => runLines(run));
      return exitCodeOf(run);
    });
  },
});

const isDry = (input: Input): boolean => isSet(input, 'dry-run');
/** A proof is a pull, so the registry has to serve; looking and taking away do without. */
const unlessDry = (input: Input): RegistryNeed => (isDry(input) ? 'none' : 'required');

const plan = runCommand(
  'plan',
  'Shows what a push would do on each device.',
  () => 'none',
  (client, selection, input) =>
    client.trust.plan({ selection, options: readPushOptions(input), run: readRunOptions(input) }),
  pushFlags,
);

const push = runCommand(
  'push',
  'Puts the CA on each device and proves that its engine can pull.',
  unlessDry,
  (client, selection, input) =>
    client.trust.push({
      selection,
      isDryRun: isDry(input),
      options: readPushOptions(input),
      run: readRunOptions(input),
    }),
  pushFlags,
);

const verify = runCommand(
  'verify',
  'Looks whether each device is as it was pushed, and proves it again.',
  unlessDry,
  (client, selection, input) => {
    const run = readRunOptions(input);
    return isDry(input) ? client.trust.plan({ selection, run }) : client.trust.verify({ selection, run });
  },
);

const undoFlags: Record<string, Flag> = {
  restart: { type: 'boolean', help: 'restart the engines that must restart to forget the CA' },
};

const undo = runCommand(
  'undo',
  'Restores what was on each device before the first push.',
  () => 'none',
  (client, selection, input) =>
    client.trust.undo({
      selection,
      isDryRun: isDry(input),
      options: { restart: isSet(input, 'restart') },
      run: readRunOptions(input),
    }),
  undoFlags,
);

const undoRun: Command = {
  name: 'trust undo-run',
  words: 'JOB',
  summary: 'Takes back what one run has done, and what was pushed to its devices since.',
  flags: { 'dry-run': { type: 'boolean', help: 'only look: nothing is written' }, ...undoFlags, ...runFlags },
  async run(context, input) {
    const [jobId, ...more] = input.words;
    if (jobId === undefined || more.length > 0) {
      throw new UsageError('Name one run', 'Take its id from `mooring jobs list`.');
    }
    const run = readRunOptions(input);
    return withApp(context, 'none', async ({ client }) => {
      const options = { restart: isSet(input, 'restart') };
      const started = await client.trust.undo({ jobId, isDryRun: isDry(input), options, run });
      const undone = await followRun(context, client, started.jobId);
      context.out.result(undone, () => runLines(undone));
      return exitCodeOf(undone);
    });
  },
};

const script: Command = {
  name: 'trust script',
  words: '',
  summary: 'Prints the script of a push, for a shell that SSH cannot reach.',
  flags: { undo: { type: 'boolean', help: 'the script of an undo' }, ...pushFlags },
  async run(context, input) {
    const options = readPushOptions(input);
    return withApp(context, 'none', async ({ client }) => {
      const result = await client.trust.script({ isUndo: isSet(input, 'undo'), options });
      context.out.raw(result, result.script);
      return 0;
    });
  },
};

export const trustCommands = [plan, push, verify, undo, undoRun, script, ...trustRecordCommands];
