import { AppError } from '#shared/errors.ts';
import type { ItemEnd } from './fleet.ts';

/** Nobody answered at all, which took its whole time-out. */
const absent: readonly string[] = ['DEVICE_UNREACHABLE', 'DEVICE_REFUSED', 'DEVICE_NAME_UNKNOWN'];

/** Whether work on a device that ended with this error may end otherwise at another try. */
export const retryOf = (error: unknown): ItemEnd['retry'] => {
  if (!(error instanceof AppError) || !error.retryable) return 'never';
  return absent.includes(error.code) ? 'absent' : 'later';
};
