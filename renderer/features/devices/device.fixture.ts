import type { ErrorCode, ErrorDetails } from '#shared/errors.ts';
import { describeError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import type { DeviceRow } from '#shared/model/fleet.ts';

type Trust = Device['trust'];

/** A device for tests of pure view logic. */
export const aDevice = (patch: Partial<Omit<Device, 'trust'>> & { trust?: Partial<Trust> } = {}): Device => ({
  id: 'd1',
  name: 'gate-1',
  address: '10.0.0.1',
  port: 22,
  user: 'root',
  credential: { kind: 'key', file: '/keys/id', hasSudoPassword: false },
  hostKeys: [],
  facts: null,
  group: '',
  tags: [],
  addedAt: '2026-11-21T10:00:00Z',
  isSimulated: false,
  ...patch,
  trust: {
    state: 'none',
    error: null,
    proofs: [],
    warnings: [],
    lastRunAt: null,
    lastProofAt: null,
    canUndo: false,
    ...patch.trust,
  },
});

/** A line of the table. */
export const aRow = (patch: Partial<DeviceRow> = {}): DeviceRow => ({
  id: 'd1',
  name: 'gate-1',
  address: '10.0.0.1',
  port: null,
  user: 'root',
  group: '',
  tags: [],
  state: 'none',
  code: null,
  title: '',
  engine: '',
  names: [],
  lastProofAt: null,
  canUndo: false,
  isBusy: false,
  isSimulated: false,
  ...patch,
});

/** Trust that failed for a cause. */
export const failedWith = (code: ErrorCode, details: ErrorDetails = {}): Partial<Trust> => ({
  state: 'failed',
  error: describeError(code, { device: 'gate-1', ...details }),
});

export const someFacts = (
  patch: Partial<NonNullable<Device['facts']>> = {},
): NonNullable<Device['facts']> => ({
  readAt: '2026-11-21T10:00:00Z',
  hostName: 'gate',
  os: 'balenaOS',
  osVersion: '5.3',
  architecture: 'aarch64',
  engines: [],
  clockOffsetSeconds: 0,
  freeBytes: 1e9,
  isWritable: true,
  trust: [],
  warnings: [],
  ...patch,
});
