import { AppError } from '#shared/errors.ts';
import type { DeviceGroup } from '#shared/model/fleet.ts';
import { isSet, portOf, textOf, textsOf, UsageError, type Command, type Input } from '../command.ts';
import { loginFlags, readCredential, readSudoPassword } from '../login.ts';
import { plural, table } from '../output.ts';
import { readSelection, selectionFlags } from '../selection.ts';
import { withApp } from '../session.ts';

const help = 'Run `mooring devices group --help`.';

/** The group is the first word here. */
const chosenFlags = Object.fromEntries(Object.entries(selectionFlags).filter(([name]) => name !== 'group'));

const loginWords = ['user', 'port', ...Object.keys(loginFlags)];

const hasChosen = (input: Input, words: readonly string[]): boolean =>
  words.length > 0 || Object.keys(chosenFlags).some((name) => input.values[name] !== undefined);

const groupLines = (groups: readonly DeviceGroup[]): string[] =>
  groups.length === 0
    ? ['No groups yet. Make one with `mooring devices group NAME DEVICE...`.']
    : table([
        ['GROUP', 'DEVICES', 'LOGIN', 'USER', 'PORT'],
        ...groups.map(({ name, count, credential, user, port }) => [
          ...[name, String(count), credential?.kind ?? 'of each device', user ?? '', String(port ?? '')],
        ]),
      ]);

const group: Command = {
  name: 'devices group',
  words: '[GROUP [DEVICE...]]',
  summary: 'Lists groups, moves devices into one, or sets the login its devices share.',
  flags: {
    ...chosenFlags,
    remove: { type: 'boolean', help: 'forget the group; its devices stay' },
    user: { type: 'string', value: 'U', help: 'user of the shared login' },
    port: { type: 'string', value: 'P', help: 'SSH port of devices that have none of their own' },
    ...loginFlags,
  },
  async run(context, input) {
    const [name, ...words] = input.words;
    const isMoving = hasChosen(input, words);
    const isRemoving = isSet(input, 'remove');
    const isLoginNamed = loginWords.some((flag) => input.values[flag] !== undefined);
    if (name === undefined && (isMoving || isRemoving || isLoginNamed))
      throw new UsageError('No group was given', help);
    if (isRemoving && (isMoving || isLoginNamed)) {
      const next =
        'Leave out everything else; `mooring devices group "" DEVICE...` takes devices out of theirs.';
      throw new UsageError('--remove forgets the whole group', next);
    }
    const selection = isMoving ? readSelection({ ...input, words }) : null;
    const credential = await readCredential(context, input, help);
    const sudoPassword = await readSudoPassword(context, input);
    const user = textOf(input, 'user');
    const port = portOf(input);
    const isLogin = [credential ?? undefined, sudoPassword, user, port].some((one) => one !== undefined);
    return withApp(context, 'none', async ({ client }) => {
      if (name !== undefined && isRemoving) {
        const { changed } = await client.devices.removeGroup({ group: name });
        context.out.result({ changed }, () => [
          `Removed ${name}; devices without a group since: ${changed}.`,
        ]);
        return 0;
      }
      if (name !== undefined && isLogin) {
        await client.devices.setGroupLogin({
          group: name,
          ...(credential && { credential }),
          ...(sudoPassword !== undefined && { sudoPassword }),
          ...(user !== undefined && { user }),
          ...(port !== undefined && { port }),
        });
      }
      const changed =
        selection && name !== undefined
          ? (await client.devices.setGroup({ selection, group: name })).changed
          : 0;
      const all = await client.devices.groups();
      const groups = name === undefined ? all : all.filter((one) => one.name === name);
      if (name !== undefined && groups.length === 0 && !isMoving && !isLogin)
        throw new AppError('NOT_FOUND', { kind: 'group', id: name });
      context.out.result({ changed, groups }, () => [
        ...(selection ? [`Moved ${plural(changed, 'device')}.`] : []),
        ...(groups.length > 0 || all.length === 0 ? groupLines(groups) : []),
      ]);
      return 0;
    });
  },
};

const tag: Command = {
  name: 'devices tag',
  words: '[DEVICE...]',
  summary: 'Gives tags to devices and takes them away.',
  flags: {
    add: { type: 'string', multiple: true, value: 'T', help: 'tag to give; may be repeated' },
    remove: { type: 'string', multiple: true, value: 'T', help: 'tag to take away; may be repeated' },
    ...selectionFlags,
  },
  async run(context, input) {
    const [add, remove] = [textsOf(input, 'add'), textsOf(input, 'remove')];
    if (add.length + remove.length === 0)
      throw new UsageError('No tag was given', 'Give --add T or --remove T.');
    const selection = readSelection(input);
    return withApp(context, 'none', async ({ client }) => {
      const { changed } = await client.devices.setTags({ selection, add, remove });
      context.out.result({ changed }, () => [`Changed ${plural(changed, 'device')}.`]);
      return 0;
    });
  },
};

const login: Command = {
  name: 'devices login',
  words: '[DEVICE...]',
  summary: 'Changes how Mooring logs in to devices.',
  flags: {
    user: { type: 'string', value: 'U', help: 'user to log in as (each keeps its own)' },
    'as-group': { type: 'boolean', help: 'log in as the group of each device does' },
    ...loginFlags,
    ...selectionFlags,
  },
  async run(context, input) {
    const next = 'Run `mooring devices login --help`.';
    const selection = readSelection(input);
    const credential = await readCredential(context, input, next);
    if (!credential) {
      throw new UsageError('No login was given', 'Give --key FILE, --password-stdin, --agent or --as-group.');
    }
    const sudoPassword = (await readSudoPassword(context, input)) ?? '';
    const user = textOf(input, 'user');
    return withApp(context, 'none', async ({ client }) => {
      const order = { selection, credential, sudoPassword, ...(user !== undefined && { user }) };
      const { changed } = await client.devices.setLogin(order);
      context.out.result({ changed }, () => [`Devices that log in with it from now on: ${changed}.`]);
      return 0;
    });
  },
};

export const deviceGroupCommands = [group, tag, login];
