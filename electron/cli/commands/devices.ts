import { AppError } from '#shared/errors.ts';
import { type Device, type DeviceInput, devicePageSize } from '#shared/model/devices.ts';
import { sshFingerprint } from '#shared/model/common.ts';
import { hostPort } from '#shared/names.ts';
import type { Client } from '#electron/serve/attach.ts';
import { canAsk, isAnsweredYes } from '../ask.ts';
import { isSet, portOf, textOf, textsOf, UsageError, type Command, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { followItems } from '../jobs.ts';
import { loginFlags, onlyOne, readCredential, readSudoPassword, usualCredential } from '../login.ts';
import { plural, table } from '../output.ts';
import { readSelection, selectionFlags } from '../selection.ts';
import { withApp } from '../session.ts';

const help = 'Run `mooring devices add --help`.';

type HostKeyChoice = DeviceInput['hostKey'];

const givenHostKey = (input: Input): HostKeyChoice | null => {
  onlyOne(input, ['host-key', 'accept-new-host-key', 'offline'], help);
  const text = textOf(input, 'host-key');
  if (text !== undefined) {
    const read = sshFingerprint.safeParse(text);
    if (!read.success) throw new UsageError(`--host-key ${text}: ${read.error.issues[0]?.message}`, help);
    return { kind: 'given', fingerprint: read.data };
  }
  if (isSet(input, 'accept-new-host-key')) return { kind: 'accept-new' };
  return isSet(input, 'offline') ? { kind: 'offline' } : null;
};

/** Shows what the device shows and asks once; where nobody can answer, the fingerprint stands in the error. */
const confirmHostKey = async (
  context: Context,
  client: Client,
  address: string,
  port: number | null,
): Promise<HostKeyChoice> => {
  const { hostKeys } = await client.devices.contact({ address, port }, { signal: context.stopSignal });
  const [first] = hostKeys;
  if (!first)
    throw new AppError('DEVICE_NOT_SSH', { place: port === null ? address : hostPort(address, port) });
  if (!canAsk(context))
    throw new AppError('HOST_KEY_UNKNOWN', { device: address, fingerprint: first.fingerprint });
  for (const { type, fingerprint } of hostKeys) context.out.note(`${address} shows ${type} ${fingerprint}`);
  if (!(await isAnsweredYes(context, 'Is this the device?'))) throw new AppError('CANCELLED');
  return { kind: 'confirmed', fingerprint: first.fingerprint };
};

const stateWords: Record<Device['trust']['state'], string> = {
  none: 'no trust yet',
  unproven: 'not proven',
  proven: 'can pull',
  outdated: 'outdated',
  drifted: 'drifted',
  failed: 'failing',
};

const deviceRow = (device: Device): string[] => [
  device.name,
  device.port === null ? device.address : hostPort(device.address, device.port),
  device.user,
  stateWords[device.trust.state],
  device.facts?.engines.map(({ kind, version }) => `${kind} ${version}`).join(', ') ?? '',
  device.trust.state === 'proven' ? '' : (device.trust.error?.title ?? ''),
];

const add: Command = {
  name: 'devices add',
  words: 'ADDRESS',
  summary: 'Adds a device by its address or name.',
  flags: {
    name: { type: 'string', value: 'N', help: 'what to call it (its address)' },
    user: { type: 'string', value: 'root', help: 'user to log in as' },
    port: { type: 'string', value: '22222', help: 'SSH port (22222, then 22)' },
    ...loginFlags,
    'host-key': { type: 'string', value: 'SHA256:...', help: 'fingerprint the device must show' },
    'accept-new-host-key': { type: 'boolean', help: 'accept its host key unseen; recorded as such' },
    offline: { type: 'boolean', help: 'do not connect now' },
    group: { type: 'string', value: 'G', help: 'group it belongs to' },
    tag: { type: 'string', multiple: true, value: 'T', help: 'tag it gets; may be repeated' },
    'as-group': { type: 'boolean', help: 'log in as its group does' },
  },
  async run(context, input) {
    const [address, ...more] = input.words;
    if (address === undefined || more.length > 0)
      throw new UsageError('`devices add` takes one address', help);
    const port = portOf(input) ?? null;
    const chosen = givenHostKey(input);
    const credential = (await readCredential(context, input, help)) ?? usualCredential(context);
    const sudoPassword = (await readSudoPassword(context, input)) ?? '';
    return withApp(context, 'none', async ({ client }) => {
      const hostKey = chosen ?? (await confirmHostKey(context, client, address, port));
      const device = await client.devices.add(
        {
          address,
          name: textOf(input, 'name') ?? '',
          user: textOf(input, 'user') ?? 'root',
          port,
          credential,
          sudoPassword,
          hostKey,
          group: textOf(input, 'group') ?? '',
          tags: textsOf(input, 'tag'),
        },
        { signal: context.stopSignal },
      );
      context.out.result(device, () => [`Added ${device.name}.`, ...table([deviceRow(device)])]);
      return 0;
    });
  },
};

/** All devices, page by page: one answer may not grow with the fleet. */
const readDevices = async (client: Client): Promise<Device[]> => {
  const devices: Device[] = [];
  for (;;) {
    const page = await client.devices.list({ offset: devices.length, limit: devicePageSize });
    devices.push(...page);
    if (page.length < devicePageSize) return devices;
  }
};

const list: Command = {
  name: 'devices list',
  words: '',
  summary: 'Lists the devices and what is known of them.',
  flags: {},
  run: (context) =>
    withApp(context, 'none', async ({ client }) => {
      const devices = await readDevices(client);
      context.out.result({ devices }, () =>
        devices.length === 0
          ? ['No devices yet. Add one with `mooring devices add ADDRESS`.']
          : table([['NAME', 'ADDRESS', 'USER', 'STATE', 'ENGINE', 'WHY'], ...devices.map(deviceRow)]),
      );
      return 0;
    }),
};

const remove: Command = {
  name: 'devices remove',
  words: '[DEVICE...]',
  summary: 'Forgets devices; nothing is changed on them (see `trust undo`).',
  flags: selectionFlags,
  async run(context, input) {
    const selection = readSelection(input);
    return withApp(context, 'none', async ({ client }) => {
      if (!('devices' in selection)) {
        const { removed } = await client.devices.removeMany({ selection });
        context.out.result({ count: removed }, () => [`Removed ${plural(removed, 'device')}.`]);
        return 0;
      }
      const ids = new Set<string>();
      for (const device of selection.devices) ids.add((await client.devices.get({ device })).id);
      const removed = [...ids];
      await client.devices.removeMany({ selection: { devices: removed } });
      context.out.result({ removed }, () => [`Removed ${selection.devices.join(', ')}.`]);
      return 0;
    });
  },
};

const probe: Command = {
  name: 'devices probe',
  words: '[DEVICE...]',
  summary: 'Connects and reads what each device is: engines, system, clock, space, trust.',
  flags: selectionFlags,
  async run(context, input) {
    const selection = readSelection(input);
    return withApp(context, 'none', async ({ client }) => {
      const { jobId } = await client.devices.probe(selection);
      const items = await followItems(context, client, jobId);
      const known = new Map((await readDevices(client)).map((device) => [device.id, device]));
      const devices = items.flatMap(({ id, error }) => {
        const device = known.get(id);
        return device
          ? [{ id, name: device.name, address: device.address, error, facts: error ? null : device.facts }]
          : [];
      });
      context.out.result({ devices }, () =>
        table(
          devices.map(({ name, error, facts }) =>
            error
              ? ['✕', name, error.title, error.next]
              : [
                  '✓',
                  name,
                  `${facts?.os} ${facts?.osVersion} ${facts?.architecture}`,
                  facts?.engines.map((one) => `${one.kind} ${one.version}`).join(', ') ?? '',
                ],
          ),
        ),
      );
      return devices.some(({ error }) => error) ? 1 : 0;
    });
  },
};

export const deviceCommands = [add, list, remove, probe];
