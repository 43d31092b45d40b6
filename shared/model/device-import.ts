import { z } from 'zod';
import { id, portNumber, sshFingerprint } from './common.ts';
import { credentialInput, deviceAddress, deviceInput, deviceName, groupName } from './devices.ts';
import { deviceSelection } from './trust.ts';

/** An inventory of ten thousand devices is a tenth of it. */
const longestText = 8_000_000;
const text = z.string().max(longestText, 'the text has more than 8 million characters: split it');

export const importFormat = z.enum(['csv', 'ssh-config', 'ansible']);
export type ImportFormat = z.infer<typeof importFormat>;

export const importInput = z.object({
  format: z.enum(['auto', ...importFormat.options]).default('auto'),
  text,
  /** Helps to recognise the format; with a full path, key files are found from its folder. */
  fileName: z.string().max(4096).optional(),
  /**
   * `first-contact`: the key of each device is confirmed by a person, or accepted by a push that says so.
   * `accept-new`: it is pinned at the first connection and recorded as `unseen`.
   */
  hostKey: z.enum(['first-contact', 'accept-new']).default('first-contact'),
  /** For devices whose line names none. Default: that of their group, the SSH agent, or the usual key file. */
  login: credentialInput.optional(),
});
export type ImportInput = z.input<typeof importInput>;

/** Something of the text that cannot become a device, or not wholly. */
export const importProblem = z.object({
  /** From 1. */
  line: z.int(),
  field: z.string(),
  problem: z.string(),
  next: z.string(),
});
export type ImportProblem = z.infer<typeof importProblem>;

export const importRow = z.object({
  line: z.int(),
  name: z.string(),
  address: z.string(),
  user: z.string(),
  port: portNumber.nullable(),
  group: z.string(),
  tags: z.array(z.string()),
  login: z.enum(['key', 'password', 'agent', 'group']),
  action: z.enum(['add', 'update', 'same', 'skip']),
  /** What a person should know of it; for `skip` why. */
  note: z.string(),
});
export type ImportRow = z.infer<typeof importRow>;

/** Rows and problems that an answer of a preview holds at most, unless more are asked for. */
export const previewPageRows = 100;

/** Part of a preview: rows of what is left out first, then in the order of the text; problems by line. */
export const importPreviewPage = z.object({ rows: z.array(importRow), problems: z.array(importProblem) });
export type ImportPreviewPage = z.infer<typeof importPreviewPage>;

/** What an import would do; nothing was written and nobody connected to. Holds no secret, and its first page alone. */
export const importPreview = importPreviewPage.extend({
  /** For further pages, as long as few others were looked at since. */
  id,
  format: importFormat,
  /** What the text says beyond devices, and is not followed. */
  notes: z.array(z.string()),
  counts: z.object({ add: z.int(), update: z.int(), same: z.int(), skip: z.int(), problems: z.int() }),
});
export type ImportPreview = z.infer<typeof importPreview>;

const writtenCounts = z.object({
  added: z.int(),
  updated: z.int(),
  /** Left out or already as described. */
  skipped: z.int(),
});

/** What came of an import, with the first of its problems. */
export const importResult = writtenCounts.extend({
  /** For further problems, as with a preview; null: there are no more. */
  id: id.nullable(),
  problems: z.array(importProblem),
  problemCount: z.int(),
});
export type ImportResult = z.infer<typeof importResult>;

/** How far an import is. Nothing of it is in the list before there is a result. */
export const importState = z.object({
  /** `read`: the text, and what is to be done. `prepare`: each device. `write`: all of them at once. */
  step: z.enum(['read', 'prepare', 'write']),
  /** Devices; both 0 where they are not counted yet. */
  done: z.int(),
  total: z.int(),
  /** The last state has it. */
  result: importResult.nullable(),
});
export type ImportState = z.infer<typeof importState>;

export const foundResult = writtenCounts.pick({ added: true, skipped: true });
export type FoundResult = z.infer<typeof foundResult>;

/** Devices chosen from what discovery saw; stored without connecting. */
export const foundInput = z.object({
  devices: z
    .array(
      z.object({
        address: deviceAddress,
        port: portNumber.nullable().default(null),
        name: deviceName.default(''),
      }),
    )
    .min(1)
    .max(1000),
  user: deviceInput.shape.user,
  credential: credentialInput,
  sudoPassword: z.string().default(''),
  group: groupName.default(''),
  tags: deviceInput.shape.tags,
  hostKey: importInput.shape.hostKey,
});
export type FoundInput = z.infer<typeof foundInput>;

export const knownHostsInput = z.object({ text, selection: deviceSelection.default({ all: true }) });

/** What came of a `known_hosts` file. */
export const knownHostsResult = z.object({
  pinned: z.array(z.object({ id, name: z.string(), type: z.string(), fingerprint: sshFingerprint })),
  /** Keys that were pinned already. */
  same: z.int(),
  /** Lines for hosts that are not in the list. */
  unmatched: z.int(),
  problems: z.array(importProblem),
});
export type KnownHostsResult = z.infer<typeof knownHostsResult>;
