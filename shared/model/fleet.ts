import { z } from 'zod';
import { id, instant, portNumber } from './common.ts';
import {
  credentialInfo,
  deviceTrustState,
  groupName,
  markedProof,
  proof,
  proofMark,
  runtimeKind,
  tagName,
} from './devices.ts';

/** Whether a host key is pinned for a device; without one Mooring does not log in to it. */
export const hostKeyState = z.enum(['missing', 'pinned']);
export type HostKeyState = z.infer<typeof hostKeyState>;

/** Which devices are meant: every part that is given must hold, and one of its list is enough. */
export const deviceFilter = z.object({
  /** Each word stands in the name, address, user, group, tags, engine or cause. */
  search: z.string().max(200).optional(),
  states: z.array(deviceTrustState).optional(),
  /** '' are the devices without a group. */
  groups: z.array(groupName).optional(),
  tags: z.array(tagName).optional(),
  engines: z.array(runtimeKind).optional(),
  /** Codes of the errors that keep devices from being proven. */
  codes: z.array(z.string()).optional(),
  hostKeys: z.array(hostKeyState).optional(),
});
export type DeviceFilter = z.infer<typeof deviceFilter>;

/** One device as a line of a table. */
export const deviceRow = z.object({
  id,
  name: z.string(),
  address: z.string(),
  port: portNumber.nullable(),
  user: z.string(),
  group: z.string(),
  tags: z.array(z.string()),
  state: deviceTrustState,
  /** Code and title of what keeps it from being proven. */
  code: z.string().nullable(),
  title: z.string(),
  /** For example `docker 24.0`; '' when none is known. */
  engine: z.string(),
  /** The references it was asked to pull by, and whether a pull by them still counts. */
  names: z.array(proof.pick({ name: true, isProven: true })),
  lastProofAt: instant.nullable(),
  canUndo: z.boolean(),
  /** Mooring is connected to it right now. */
  isBusy: z.boolean(),
  /** Played by this computer, without hardware. */
  isSimulated: z.boolean(),
});
export type DeviceRow = z.infer<typeof deviceRow>;

export const deviceSort = z.object({
  by: z.enum(['name', 'address', 'group', 'state', 'lastProofAt']),
  descending: z.boolean().default(false),
});
export type DeviceSort = z.infer<typeof deviceSort>;

const counted = z.object({ name: z.string(), count: z.int() });

export const devicePage = z.object({
  rows: z.array(deviceRow),
  /** Devices that match the filter. */
  total: z.int(),
  /** Devices that match everything of the filter but its states. */
  counts: z.record(deviceTrustState, z.int()),
  /** All there are, whatever the filter; '' counts the devices without a group. */
  groups: z.array(counted),
  tags: z.array(counted),
  engines: z.array(counted.extend({ name: runtimeKind })),
  hostKeys: z.array(counted.extend({ name: hostKeyState })),
  /** Why devices are not proven, of those that match everything of the filter but its codes; '' counts those with no error. */
  codes: z.array(counted),
});
export type DevicePage = z.infer<typeof devicePage>;

/** One device by one name with one kind of engine; several users of the device may have one each. */
export const matrixCell = proof.pick({ name: true, runtime: true }).extend({
  /** Of the proof that says least. */
  mark: proofMark,
  proofs: z.array(markedProof).min(1),
});
export type MatrixCell = z.infer<typeof matrixCell>;

export const matrixRow = deviceRow.extend({ cells: z.array(matrixCell) });
export type MatrixRow = z.infer<typeof matrixRow>;

export const matrixColumn = proof.pick({ name: true, runtime: true }).extend({
  /** Devices that match the filter, by the mark of their cell. */
  counts: z.record(proofMark, z.int()),
});
export type MatrixColumn = z.infer<typeof matrixColumn>;

export const matrixPage = devicePage.extend({
  rows: z.array(matrixRow),
  /** Every name and kind of engine that a device which matches the filter was tried with; names of today first. */
  columns: z.array(matrixColumn),
});
export type MatrixPage = z.infer<typeof matrixPage>;

/** A filter that a person gave a name. */
export const savedFilter = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'give the filter a name')
    .max(60, 'the name of a filter has at most 60 characters'),
  filter: deviceFilter,
});
export type SavedFilter = z.infer<typeof savedFilter>;

/** A group, with the login that its devices of credential kind `group` use. */
export const deviceGroup = z.object({
  name: z.string(),
  count: z.int(),
  credential: credentialInfo.nullable(),
  /** Null: each device keeps its own user or port. */
  user: z.string().nullable(),
  port: portNumber.nullable(),
});
export type DeviceGroup = z.infer<typeof deviceGroup>;
