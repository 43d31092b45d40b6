import type { DeviceSelection } from '#shared/model/trust.ts';
import { deviceFilter, type DeviceFilter } from '#shared/model/fleet.ts';
import { isSet, textsOf, UsageError, type Flag, type Input } from './command.ts';

/** How a command that takes `readSelection` names devices. */
export const selectionFlags: Record<string, Flag> = {
  all: { type: 'boolean', help: 'every device in the list' },
  group: { type: 'string', multiple: true, value: 'G', help: 'the devices of this group; may be repeated' },
  tag: { type: 'string', multiple: true, value: 'T', help: 'the devices with this tag; may be repeated' },
  state: {
    type: 'string',
    multiple: true,
    value: 'S',
    help: 'none, unproven, proven, outdated, drifted or failed; may be repeated',
  },
  unconfirmed: { type: 'boolean', help: 'the devices whose host key is to be confirmed' },
  filter: {
    type: 'string',
    multiple: true,
    value: 'WORDS',
    help: 'the devices in which each of these words occurs; may be repeated',
  },
};

/** Undefined when the flag is not given. A variable that is empty must not mean "every device". */
const readSearch = (input: Input): string | undefined => {
  const texts = textsOf(input, 'filter');
  if (texts.some((text) => text.trim() === '')) {
    throw new UsageError('--filter holds no word', 'Give a word, or --all for every device.');
  }
  return texts.length > 0 ? texts.join(' ') : undefined;
};

/** Undefined when no flag asks for a filter. */
const readFilter = (input: Input): DeviceFilter | undefined => {
  const [groups, tags, states] = ['group', 'tag', 'state'].map((name) => textsOf(input, name));
  const search = readSearch(input);
  const given = {
    ...(search !== undefined && { search }),
    ...(groups?.length && { groups }),
    ...(tags?.length && { tags }),
    ...(states?.length && { states }),
    ...(isSet(input, 'unconfirmed') && { hostKeys: ['missing'] }),
  };
  if (Object.keys(given).length === 0) return undefined;
  const read = deviceFilter.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const flag = { search: 'filter', groups: 'group', tags: 'tag', states: 'state' }[String(issue?.path[0])];
  throw new UsageError(`--${flag}: ${issue?.message}`, `Correct --${flag}.`);
};

/** Whether any device is named, in whatever way. */
export const hasSelection = (input: Input): boolean =>
  isSet(input, 'all') || input.words.length > 0 || readFilter(input) !== undefined;

/**
 * `DEVICE...`, `--all`, or a filter by `--group`, `--tag`, `--state`, `--unconfirmed`, `--filter`, which must
 * all hold.
 * @throws UsageError for none and for more than one way: a forgotten name must not mean "every device"
 */
export const readSelection = (input: Input): DeviceSelection => {
  const isAll = isSet(input, 'all');
  const filter = readFilter(input);
  const ways = [isAll, input.words.length > 0, filter !== undefined].filter(Boolean).length;
  if (ways > 1) {
    throw new UsageError('--all, names of devices and a filter exclude each other', 'Give one of them.');
  }
  if (isAll) return { all: true };
  if (filter) return { filter, except: [] };
  if (input.words.length > 0) return { devices: input.words };
  throw new UsageError(
    'No device was given',
    'Name one or more devices, or give --all, --group or --tag; see `mooring devices list`.',
  );
};
