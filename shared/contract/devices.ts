import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { id, portNumber, sshFingerprint } from '../model/common.ts';
import {
  foundInput,
  foundResult,
  importFormat,
  importInput,
  importPreview,
  importPreviewPage,
  importState,
  knownHostsInput,
  knownHostsResult,
  previewPageRows,
} from '../model/device-import.ts';
import {
  acceptedHostKeys,
  credentialInput,
  device,
  deviceAddress,
  deviceInput,
  deviceName,
  devicePageSize,
  discoveredDevice,
  groupName,
  hostKeyOffer,
  metDevice,
  seenHostKey,
} from '../model/devices.ts';
import {
  deviceFilter,
  deviceGroup,
  devicePage,
  deviceSort,
  matrixPage,
  savedFilter,
} from '../model/fleet.ts';
import { deviceSelection } from '../model/trust.ts';
import { procedure } from './base.ts';

const pageInput = z.object({
  filter: deviceFilter.default({}),
  sort: deviceSort.default({ by: 'name', descending: false }),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(100),
});
const one = z.object({ device: z.string().min(1) });
const many = z.object({ selection: deviceSelection });
const changed = z.object({ changed: z.int() });
const { user, tags } = deviceInput.shape;
const ownUser = user.removeDefault();
const ownTags = tags.removeDefault();
const existingGroup = groupName.min(1, 'give the name of a group');

export const devices = {
  /** Whole devices, the oldest first. An answer that is not full is the last one. */
  list: procedure
    .input(
      z
        .object({
          offset: z.int().min(0).default(0),
          limit: z.int().min(1).max(devicePageSize).default(devicePageSize),
        })
        .default({ offset: 0, limit: devicePageSize }),
    )
    .output(z.array(device)),
  /** One page of the table, with counts for all that matches. */
  page: procedure.input(pageInput).output(devicePage),
  /** The same with the proofs of each device, by name and engine: the trust matrix. */
  matrix: procedure.input(pageInput).output(matrixPage),
  /** By id, name or address. */
  get: procedure.input(one).output(device),
  /** Meets a device without logging in: which port answers and the host keys it shows. */
  contact: procedure
    .input(z.object({ address: deviceAddress, port: portNumber.nullable().default(null) }))
    .output(z.object({ port: portNumber, hostKeys: z.array(hostKeyOffer), banner: z.string() })),
  add: procedure.input(deviceInput).output(device),
  /** Stores several that discovery saw, without connecting; those already in the list are skipped. */
  addFound: procedure.input(foundInput).output(foundResult),
  /** Changes name, address, port, user, login, group or tags; what is left out stays. */
  update: procedure
    .input(
      one.extend({
        name: deviceName.min(1, 'give a name').optional(),
        address: deviceAddress.optional(),
        port: portNumber.nullable().optional(),
        user: ownUser.optional(),
        credential: credentialInput.optional(),
        sudoPassword: z.string().optional(),
        group: groupName.optional(),
        tags: ownTags.optional(),
      }),
    )
    .output(device),
  /** Pins a key that a person has seen; replaces one of the same type. */
  acceptHostKey: procedure.input(one.extend({ fingerprint: sshFingerprint })).output(device),
  /**
   * Meets devices without logging in and says of each which host key it shows and whether that is the pinned one. Each
   * answer has those met since the one before; ends when all are met.
   */
  meet: procedure.input(many).output(eventIterator(z.object({ total: z.int(), met: z.array(metDevice) }))),
  /** Pins keys that a person has seen, all in one. A pinned key is never replaced: such a device is in `refused`. */
  acceptHostKeys: procedure
    .input(z.object({ keys: z.array(seenHostKey).min(1).max(100_000) }))
    .output(acceptedHostKeys),
  remove: procedure.input(one).output(z.object({ id })),
  /** Forgets devices; nothing is changed on them. */
  removeMany: procedure.input(many).output(z.object({ removed: z.int() })),
  /** Moves devices into a group; '' takes them out of theirs. */
  setGroup: procedure.input(many.extend({ group: groupName })).output(changed),
  setTags: procedure
    .input(many.extend({ add: ownTags.default([]), remove: z.array(z.string()).default([]) }))
    .output(changed),
  /** One login for many devices; without `user` each keeps its own. */
  setLogin: procedure
    .input(
      many.extend({
        user: ownUser.optional(),
        credential: credentialInput,
        sudoPassword: z.string().default(''),
      }),
    )
    .output(changed),
  groups: procedure.output(z.array(deviceGroup)),
  /** The login for devices of credential kind `group`. What is left out stays; null leaves it to each device. */
  setGroupLogin: procedure
    .input(
      z.object({
        group: existingGroup,
        user: ownUser.nullable().optional(),
        port: portNumber.nullable().optional(),
        credential: credentialInput
          .refine(({ kind }) => kind !== 'group', { error: 'a group cannot log in as a group' })
          .optional(),
        sudoPassword: z.string().optional(),
      }),
    )
    .output(deviceGroup),
  /** Forgets a group and its login; its devices stay, without a group. */
  removeGroup: procedure.input(z.object({ group: existingGroup })).output(changed),
  /** Reads facts; a job of kind `devices.probe`, which can be paused and resumed. Its result is a list of `{id, error}`. */
  probe: procedure.input(deviceSelection).output(z.object({ jobId: id })),
  /** SSH hosts and balena devices that announce themselves; ends after `seconds`. */
  discover: procedure
    .input(z.object({ seconds: z.number().min(1).max(120).default(6) }))
    .output(eventIterator(z.array(discoveredDevice))),
  /** What `import` would do. Writes nothing. */
  importPreview: procedure.input(importInput).output(importPreview),
  /** Further rows and problems of a preview, or problems of an import; both lists are counted from `offset`. */
  importPreviewPage: procedure
    .input(
      z.object({
        preview: id,
        offset: z.int().min(0),
        limit: z.int().min(1).max(500).default(previewPageRows),
      }),
    )
    .output(importPreviewPage),
  /**
   * Adds and updates devices, all or none, without connecting. Problems stop it unless they are to be skipped. Says how
   * far it is and ends with the result; whoever leaves before that ends it.
   */
  import: procedure
    .input(importInput.extend({ skipProblems: z.boolean().default(false) }))
    .output(eventIterator(importState)),
  /** Pins the host keys of an OpenSSH `known_hosts` file; a key that is pinned already is never replaced. */
  importKnownHosts: procedure.input(knownHostsInput).output(knownHostsResult),
  /** Without secrets; reads back by `import`. */
  export: procedure
    .input(many.extend({ format: importFormat.extract(['csv']).default('csv') }))
    .output(z.object({ text: z.string() })),
  csvTemplate: procedure.output(z.object({ text: z.string() })),
  /** Lets the device's engine pull `mooring/hello` and runs nothing; a job of kind `devices.pull`. */
  pullHello: procedure.input(one).output(z.object({ jobId: id })),
  /** The command a person types on the device to log its engine in. */
  loginLine: procedure.input(one).output(z.object({ command: z.string(), note: z.string() })),
};

/** Filters of the device table that a person keeps. */
export const filters = {
  list: procedure.output(z.array(savedFilter)),
  /** Replaces one of the same name. */
  save: procedure.input(savedFilter).output(z.array(savedFilter)),
  remove: procedure.input(savedFilter.pick({ name: true })).output(z.array(savedFilter)),
};
