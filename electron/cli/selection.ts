import type { DeviceSelection } from '#shared/model/trust.ts';
import { isSet, UsageError, type Input } from './command.ts';

/**
 * `DEVICE...` or `--all`.
 * @throws UsageError for none and for both: a forgotten name must not mean "every device"
 */
export const readSelection = (input: Input): DeviceSelection => {
  const isAll = isSet(input, 'all');
  if (isAll && input.words.length > 0) {
    throw new UsageError('--all and names of devices exclude each other', 'Give one or the other.');
  }
  if (isAll) return { all: true };
  if (input.words.length > 0) return { devices: input.words };
  throw new UsageError(
    'No device was given',
    'Name one or more devices, or give --all; see `mooring devices list`.',
  );
};
