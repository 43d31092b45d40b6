import { z } from 'zod';
import { appErrorData } from '../errors.ts';
import { findingCodes } from '../errors/findings.ts';
import { id, instant, sha256Hex } from './common.ts';
import { deviceTrustState, markedProof, proof, runtimeKind } from './devices.ts';
import { deviceFilter } from './fleet.ts';

/** What happens to a file or a folder. */
export const pathAction = z.enum(['create', 'replace', 'remove', 'restore', 'keep']);
export const pathKind = z.enum(['file', 'folder']);

/** What happens, or would happen, to one path or service on a device. */
export const trustChange = z.object({
  action: z.enum([...pathAction.options, 'restart', 'restart-failed']),
  kind: z.enum([...pathKind.options, 'unit']),
  /** Of a unit its name. */
  path: z.string(),
  beforeSha256: sha256Hex.nullable(),
  afterSha256: sha256Hex.nullable(),
  /** Octal, for example `0644`. */
  mode: z.string(),
  /** Why, in a few words; for a foreign file what is wrong with it. */
  note: z.string(),
  /** Whose file it is, when it lies in the home of a rootless user and is written as that user. */
  user: z.string().nullable().default(null),
  /** What will be written, where that is a short text and no certificate. */
  text: z.string().nullable().default(null),
});
export type TrustChange = z.infer<typeof trustChange>;

/**
 * `certs.d`: a CA in a folder of each name. `hosts.toml`: containerd's file with the CA beside it. `anchor`: the trust
 * store of the operating system. `hosts-line`: our line in /etc/hosts.
 */
export const targetKind = z.enum(['certs.d', 'hosts.toml', 'anchor', 'hosts-line']);

/** One place on a device where trust goes. */
export const trustTarget = z.object({
  runtime: runtimeKind,
  kind: targetKind,
  /** Owner of a rootless engine; null: the system's. */
  user: z.string().nullable(),
  /** Folder or file. */
  folder: z.string(),
  state: z.enum(['right', 'create', 'replace', 'unavailable']),
  /** Why it is unavailable, or what to know about it. */
  note: z.string(),
  /** What must restart before it sees the change; null: nothing. */
  needsRestart: z.string().nullable(),
});
export type TrustTarget = z.infer<typeof trustTarget>;

/** Something on the device that breaks or weakens trust; the texts are those of its code. */
export const trustFinding = z.object({
  code: z.enum(findingCodes),
  path: z.string(),
  title: z.string(),
  cause: z.string(),
  next: z.string(),
  /** A push with this path among `repair` puts it right. */
  canRepair: z.boolean(),
});
export type TrustFinding = z.infer<typeof trustFinding>;

/** What a person chose for a push. Everything left out is the careful choice. */
export const pushOptions = z.object({
  /** Null: every engine that is found. */
  runtimes: z.array(runtimeKind).nullable().default(null),
  /** Also into the trust store of the operating system. */
  system: z.boolean().default(false),
  /** The person was told what a CA without name constraints could impersonate. */
  acceptUnconstrained: z.boolean().default(false),
  /** Restart what must restart to see the change. */
  restart: z.boolean().default(false),
  /** One line in /etc/hosts for the `.local` names. */
  pinName: z.boolean().default(false),
  /** Paths of findings to repair. */
  repair: z.array(z.string()).default([]),
  /** Paths of foreign files whose replacement the person confirmed in the plan. */
  replace: z.array(z.string()).default([]),
});
export type PushOptions = z.infer<typeof pushOptions>;

export const runOutcome = z.enum([
  'planned',
  'changed',
  'unchanged',
  'verified',
  'drifted',
  'failed',
  'cancelled',
]);

export const deviceRun = z.object({
  id,
  name: z.string(),
  address: z.string(),
  outcome: runOutcome,
  /** Error code, or a warning code on success; null when there is nothing to say. */
  code: z.string().nullable(),
  message: z.string(),
  next: z.string(),
  /** Our files stand on the device as wanted. */
  written: z.boolean(),
  /** Its own engine pulled by at least one name in this run. */
  proven: z.boolean(),
  changes: z.array(trustChange),
  proofs: z.array(proof),
  warnings: z.array(appErrorData),
  targets: z.array(trustTarget).default([]),
  findings: z.array(trustFinding).default([]),
  /** How often it was tried. */
  attempts: z.int().min(0).default(1),
  seconds: z.number().default(0),
  /** Which wave of the run, from 0. */
  wave: z.int().min(0).default(0),
});
export type DeviceRun = z.infer<typeof deviceRun>;

export const trustSummary = z.object({
  total: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  /** Failed or drifted. */
  failed: z.int(),
  /** Cancelled in the middle. */
  cancelled: z.int(),
  notStarted: z.int(),
});

/** The result of `trust plan|push|verify|undo`; the CLI prints it as it is. */
export const trustRun = z.object({
  devices: z.array(deviceRun),
  summary: trustSummary,
  /** At work, without the time it was paused. */
  seconds: z.number(),
});
export type TrustRun = z.infer<typeof trustRun>;

/** Devices of a run that need, or got, the same. */
export const planGroup = z.object({
  title: z.string(),
  outcome: runOutcome,
  code: z.string().nullable(),
  next: z.string(),
  count: z.int(),
  /** What is done on each of them. */
  changes: z.array(trustChange.pick({ action: true, kind: true, path: true, note: true })),
  /** What was found on each of them. */
  findings: z.array(trustFinding),
  ids: z.array(id),
});
export type PlanGroup = z.infer<typeof planGroup>;

/** Which devices a run is for. */
export const deviceSelection = z.union([
  z.object({ all: z.literal(true) }),
  z.object({ devices: z.array(z.string()).min(1) }),
  /** Everything that matches, but not the ids in `except`. */
  z.object({ filter: deviceFilter, except: z.array(id).default([]) }),
]);
export type DeviceSelection = z.infer<typeof deviceSelection>;

/** What is known of trust on devices: one cell a device, name and runtime it was tried with. */
export const trustStatus = z.object({
  devices: z.array(
    z.object({
      id,
      name: z.string(),
      address: z.string(),
      state: deviceTrustState,
      code: z.string().nullable(),
      lastRunAt: instant.nullable(),
      lastProofAt: instant.nullable(),
    }),
  ),
  names: z.array(z.string()),
  runtimes: z.array(proof.shape.runtime),
  /** Green is the mark `pulled` alone; the others say less. */
  cells: z.array(
    markedProof
      .pick({
        name: true,
        runtime: true,
        user: true,
        level: true,
        isProven: true,
        at: true,
        fingerprint: true,
        code: true,
        mark: true,
      })
      .extend({ device: id, fingerprint: z.string().nullable() }),
  ),
});
export type TrustStatus = z.infer<typeof trustStatus>;

/** One change on one device, as it is kept for auditors: also when the device is gone from the list. */
export const journalEntry = z.object({
  id: z.int(),
  at: instant,
  /** User and computer the app ran as, `user@host`; empty: from before this was kept. */
  who: z.string(),
  jobId: id,
  deviceId: id,
  device: z.string(),
  address: z.string(),
  run: z.enum(['push', 'undo']),
  /** `unknown`: the run was not heard to its end, so more may have been changed; the next one looks. */
  action: z.enum([...trustChange.shape.action.exclude(['keep']).options, 'unknown']),
  kind: trustChange.shape.kind,
  path: z.string(),
  beforeSha256: sha256Hex.nullable(),
  afterSha256: sha256Hex.nullable(),
  mode: z.string(),
});
export type JournalEntry = z.infer<typeof journalEntry>;

/** One past run on one device, newest first in lists. */
export const trustHistoryEntry = z.object({
  id: z.int(),
  jobId: id,
  at: instant,
  action: z.enum(['push', 'verify', 'undo']),
  outcome: runOutcome,
  message: z.string(),
  changes: z.array(trustChange),
  /** Still the newest standing change, so that undo starts here. */
  isStanding: z.boolean(),
});
export type TrustHistoryEntry = z.infer<typeof trustHistoryEntry>;
