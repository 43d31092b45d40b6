import { randomBytes } from 'node:crypto';
import { AppError, describeError, type AppErrorData } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceRun } from '#shared/model/trust.ts';
import type { Log } from '#electron/log.ts';

/** Any error as data; one nobody knows keeps its details in the log under a reference. */
export const dataOf = (error: unknown, log: Log, { name }: Pick<Device, 'name'>): AppErrorData => {
  if (error instanceof AppError) return error.data;
  const reference = randomBytes(4).toString('hex');
  log.area('trust').error('a device failed unexpectedly', { reference, device: name, error });
  return describeError('INTERNAL', { reference }, reference);
};

/** The result for a device whose run could not even be recorded, for example because it was removed meanwhile. */
export const failedRun = (
  { id, name, address }: Pick<Device, 'id' | 'name' | 'address'>,
  error: AppErrorData,
): DeviceRun => ({
  id,
  name,
  address,
  outcome: 'failed',
  code: error.code,
  message: error.title,
  next: error.next,
  written: false,
  proven: false,
  changes: [],
  proofs: [],
  warnings: [],
  targets: [],
  findings: [],
  attempts: 1,
  seconds: 0,
  wave: 0,
});
