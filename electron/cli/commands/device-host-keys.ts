import { z } from 'zod';
import type { Client } from '#electron/serve/attach.ts';
import { AppError } from '#shared/errors.ts';
import { metDevice, type AcceptedHostKeys, type MetDevice } from '#shared/model/devices.ts';
import { hostPort } from '#shared/names.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import { canAsk, isAnsweredYes } from '../ask.ts';
import { isSet, textOf, UsageError, type Command } from '../command.ts';
import type { Context } from '../context.ts';
import { table } from '../output.ts';
import { readText } from '../read-text.ts';
import { hasSelection, readSelection, selectionFlags } from '../selection.ts';
import { withApp } from '../session.ts';

const tenth = (done: number, total: number): number => Math.floor((10 * done) / Math.max(1, total));

const meetAll = async (
  context: Context,
  client: Client,
  selection: DeviceSelection,
): Promise<MetDevice[]> => {
  const devices: MetDevice[] = [];
  const answers = await client.devices.meet({ selection }, { signal: context.stopSignal });
  for await (const { total, met } of answers) {
    const before = tenth(devices.length, total);
    devices.push(...met);
    if (tenth(devices.length, total) > before) context.out.note(`… ${devices.length} of ${total} met`);
  }
  if (context.stopSignal.aborted) throw new AppError('CANCELLED');
  return devices.sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
};

const signs: Record<MetDevice['verdict'], string> = { new: '?', same: '✓', changed: '!', failed: '✕' };

const deviceLines = (devices: readonly MetDevice[], verdict: MetDevice['verdict']): string[] =>
  table(
    devices
      .filter((device) => device.verdict === verdict)
      .map(({ name, address, port, hostKey, expected, error }) => [
        `${signs[verdict]} ${name}`,
        port === null ? address : hostPort(address, port),
        hostKey ? `${hostKey.type} ${hostKey.fingerprint}` : (error?.title ?? ''),
        expected === null ? '' : `instead of ${expected}`,
      ]),
  );

const lines = (devices: readonly MetDevice[]): string[] => {
  const count = (verdict: MetDevice['verdict']) =>
    devices.filter((device) => device.verdict === verdict).length;
  return [
    ...(['same', 'new', 'changed', 'failed'] as const).flatMap((verdict) => deviceLines(devices, verdict)),
    `${count('new')} to be confirmed, ${count('same')} as confirmed, ${count('changed')} changed, ${count('failed')} not met`,
    ...(count('changed') > 0 ? ['A changed key is confirmed on the page of its device alone.'] : []),
  ];
};

const accept = (client: Client, devices: readonly MetDevice[]): Promise<AcceptedHostKeys> | null => {
  const keys = devices.flatMap(({ id, port, hostKey, verdict }) =>
    verdict === 'new' && hostKey ? [{ device: id, port, ...hostKey }] : [],
  );
  return keys.length === 0 ? null : client.devices.acceptHostKeys({ keys });
};

const acceptedLines = ({ accepted, same, refused }: AcceptedHostKeys): string[] => [
  ...refused.map(
    ({ name, fingerprint, expected }) => `! ${name}: ${expected} is confirmed, not ${fingerprint}`,
  ),
  `${accepted} host keys confirmed, ${same} confirmed before`,
];

const nothing: AcceptedHostKeys = { accepted: 0, same: 0, refused: [] };
const shownBefore = z.object({ devices: z.array(metDevice) });

const readShown = async (context: Context, file: string): Promise<MetDevice[]> => {
  const { text } = await readText(context, file);
  try {
    return shownBefore.parse(JSON.parse(text)).devices;
  } catch {
    const next = 'Give the output of `mooring devices host-keys ... --json`.';
    throw new UsageError(`--confirm ${file}: these are no host keys`, next);
  }
};

const hostKeys: Command = {
  name: 'devices host-keys',
  words: '[DEVICE...]',
  summary: 'Shows which host key each device has, without logging in; confirms them when told to.',
  flags: {
    ...selectionFlags,
    ask: { type: 'boolean', help: 'ask once whether to confirm those shown that are new' },
    confirm: {
      type: 'string',
      value: 'FILE',
      help: 'confirm the new ones that a run with --json has shown before (- is stdin)',
    },
  },
  async run(context, input) {
    const file = textOf(input, 'confirm');
    if (file !== undefined) {
      if (hasSelection(input) || isSet(input, 'ask'))
        throw new UsageError('--confirm takes the devices from its file', 'Leave out everything else.');
      const shown = await readShown(context, file);
      return withApp(context, 'none', async ({ client }) => {
        const result = (await accept(client, shown)) ?? nothing;
        context.out.result(result, () => acceptedLines(result));
        return result.refused.length > 0 ? 1 : 0;
      });
    }
    const selection = readSelection(input);
    if (isSet(input, 'ask') && !canAsk(context))
      throw new UsageError('--ask needs a terminal to ask on', 'Give --json, then --confirm FILE.');
    return withApp(context, 'none', async ({ client }) => {
      const devices = await meetAll(context, client, selection);
      context.out.result({ devices }, () => lines(devices));
      const fresh = devices.filter(({ verdict }) => verdict === 'new').length;
      if (isSet(input, 'ask') && fresh > 0) {
        if (!(await isAnsweredYes(context, `Confirm these ${fresh} new keys?`)))
          throw new AppError('CANCELLED');
        for (const line of acceptedLines((await accept(client, devices)) ?? nothing)) context.out.note(line);
      }
      return devices.some(({ verdict }) => verdict === 'changed' || verdict === 'failed') ? 1 : 0;
    });
  },
};

export const deviceHostKeyCommands = [hostKeys];
