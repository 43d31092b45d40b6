import type { DeviceRun, DeviceSelection, TrustRun } from '#shared/model/trust.ts';
import type { Client } from '#electron/serve/attach.ts';
import { isSet, textsOf, type Command, type Flag, type Input } from '../command.ts';
import { followRun } from '../jobs.ts';
import { table } from '../output.ts';
import { readSelection, selectionFlags } from '../selection.ts';
import { withApp, type RegistryNeed } from '../session.ts';

const signs: Record<DeviceRun['outcome'], string> = {
  planned: '+',
  changed: '✓',
  unchanged: '=',
  verified: '✓',
  drifted: '!',
  failed: '✕',
  cancelled: '-',
};

const changeSigns = { create: '+', replace: '~', remove: '-', restore: '<', keep: ' ' } as const;

const summaryLine = (summary: TrustRun['summary'], seconds: number): string => {
  const { total, changed, unchanged, failed, cancelled, notStarted } = summary;
  const rest = [cancelled > 0 && `${cancelled} cancelled`, notStarted > 0 && `${notStarted} not begun`];
  const parts = [`${changed} changed`, `${unchanged} unchanged`, `${failed} failed`, ...rest].filter(Boolean);
  return `${total} devices: ${parts.join(', ')}, in ${seconds.toFixed(1)} s`;
};

const runLines = ({ devices, summary, seconds }: TrustRun): string[] => [
  ...devices.flatMap((device) => [
    `${signs[device.outcome]} ${device.name} (${device.address})  ${device.outcome}${device.message ? `: ${device.message}` : ''}`,
    ...table(
      device.changes.map(({ action, path, note }) => [`    ${changeSigns[action]} ${action}`, path, note]),
    ),
    ...table(
      device.proofs.map(({ name, isProven, message }) => [
        `    ${isProven ? '●' : '○'} ${name}`,
        isProven ? 'pulls' : message,
      ]),
    ),
    ...device.warnings.map(({ title }) => `    ! ${title}`),
    ...(device.next ? [`    → ${device.next}`] : []),
  ]),
  summaryLine(summary, seconds),
];

const bad: DeviceRun['outcome'][] = ['failed', 'drifted', 'cancelled'];

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
    ...flags,
  },
  async run(context, input) {
    const selection = readSelection(input);
    return withApp(context, need(input), async ({ client }) => {
      const { jobId } = await start(client, selection, input);
      const run = await followRun(context, client, jobId, (done) => {
        for (const line of runLines(done)) context.out.note(line);
      });
      context.out.result(run, () => runLines(run));
      return run.devices.some(({ outcome }) => bad.includes(outcome)) ? 1 : 0;
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
  (client, selection) => client.trust.plan(selection),
);

const push = runCommand(
  'push',
  'Puts the CA on each device and proves that its engine can pull.',
  unlessDry,
  (client, selection, input) =>
    client.trust.push({ selection, isDryRun: isDry(input), replace: textsOf(input, 'replace') }),
  { replace: { type: 'string', multiple: true, value: 'PATH', help: 'foreign file of the plan to replace' } },
);

const verify = runCommand(
  'verify',
  'Looks whether each device is as it was pushed, and proves it again.',
  unlessDry,
  (client, selection, input) =>
    isDry(input) ? client.trust.plan(selection) : client.trust.verify(selection),
);

const undo = runCommand(
  'undo',
  'Restores what was on each device before the first push.',
  () => 'none',
  (client, selection, input) => client.trust.undo({ selection, isDryRun: isDry(input) }),
);

const script: Command = {
  name: 'trust script',
  words: '',
  summary: 'Prints the script of a push, for a shell that SSH cannot reach.',
  flags: { undo: { type: 'boolean', help: 'the script of an undo' } },
  run: (context, input) =>
    withApp(context, 'none', async ({ client }) => {
      const result = await client.trust.script({ isUndo: isSet(input, 'undo') });
      context.out.raw(result, result.script);
      return 0;
    }),
};

export const trustCommands = [plan, push, verify, undo, script];
