import { z } from 'zod';
import { runtimeKind } from '#shared/model/devices.ts';
import { pathAction, pathKind, targetKind, trustTarget } from '#shared/model/trust.ts';
import { findingCodes } from '#shared/errors/findings.ts';
import { proofSlots } from './proof-slots.ts';

const sum = z.union([z.literal(''), z.string().regex(/^[0-9a-f]{64}$/)]);
/** No file system has NUL in a path and no shell in a word: one from a user would stop every undo. */
const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'));
const count = z.int().min(0).max(0xffffffff);
const text = z.string();
/** What an engine says of itself is cut, not refused: one of a user could end every run of the device by it. */
const short = (most: number) => z.string().transform((value) => value.slice(0, most));
/** Seconds and KiB of real devices stay far within; what is made of them stays a number that JSON can carry. */
const amount = z
  .number()
  .min(-(2 ** 50))
  .max(2 ** 50);
/** What `Date` can hold: a time of a device is shown as one. */
const second = z.number().min(-8.64e12).max(8.64e12);
const perms = z.string().regex(/^[-dlbcps][-rwxsStT]{9}[.+@]?$/);
/** Whose engine or file it is; null: the system's. */
const userName = z.string().min(1).max(64);
const user = userName.nullable().default(null);

/** What is said about places of trust, be it of the system or of a user. */
const placeRecords = [
  z.object({
    kind: z.literal('store'),
    user,
    folder: path,
    target: targetKind,
    state: z.enum([...trustTarget.shape.state.options, 'foreign']),
    note: z.string().max(1000).default(''),
  }),
  z.object({
    kind: z.literal('change'),
    user,
    action: pathAction,
    what: pathKind,
    path,
    before: sum,
    after: sum,
    note: z.string().max(40),
  }),
  z.object({
    kind: z.literal('warning'),
    user,
    code: z.enum(['FOREIGN_FILE', 'CHANGED_SINCE']),
    path,
    note: text,
  }),
  z.object({
    kind: z.literal('finding'),
    user,
    code: z.enum(findingCodes),
    path: z.string().max(4096),
    detail: text,
  }),
  /** A certificate that the device could not judge. */
  z.object({ kind: z.literal('certificate'), user, path, data: z.base64() }),
  z.object({ kind: z.literal('decided'), user, changes: count }),
  z.object({
    kind: z.literal('before'),
    user,
    path,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    perms,
    uid: count,
    gid: count,
    data: z.base64(),
  }),
  z.object({ kind: z.literal('beforeFolder'), user, path, perms, uid: count, gid: count }),
  z.object({ kind: z.literal('made'), user, path }),
  z.object({ kind: z.literal('unmade'), user, path }),
  z.object({ kind: z.literal('verified'), user }),
  z.object({ kind: z.literal('undone'), user }),
  z.object({
    kind: z.literal('problem'),
    user,
    code: z.enum([
      'DISK_FULL',
      'READ_ONLY',
      'PERMISSION_DENIED',
      'WRITE_FAILED',
      'TOOL_MISSING',
      'USER_FAILED',
    ]),
    path: z.string().max(4096),
    text,
  }),
] as const;

const placeRecord = z.discriminatedUnion('kind', placeRecords);

const anyRecord = z.discriminatedUnion('kind', [
  ...placeRecords,
  /** What the shell of a user said: it speaks for files of that user only. */
  z.object({ kind: z.literal('as'), user: userName, record: placeRecord }),
  z.object({ kind: z.literal('busy'), who: z.string().max(300), since: second.nullable() }),
  /** What went wrong after the files were written; the run goes on. */
  z.object({
    kind: z.literal('flaw'),
    code: z.enum(['ANCHOR_FAILED', 'RESTART_FAILED']),
    path: z.string().max(4096),
    text,
  }),
  /** A unit that must restart, or has. */
  z.object({ kind: z.literal('restart'), unit: z.string().max(100), isDone: z.boolean() }),
  z.object({ kind: z.literal('noise'), user: userName, text }),
  z.object({ kind: z.literal('clock'), seconds: amount.int(), wrong: z.enum(['', 'behind', 'ahead']) }),
  z.object({
    kind: z.literal('system'),
    os: z.string().max(200),
    version: z.string().max(200),
    host: z.string().max(255),
    architecture: z.string().max(64),
    freeKib: amount.nullable(),
  }),
  z.object({ kind: z.literal('found'), engine: runtimeKind, folder: path, user }),
  z.object({ kind: z.literal('looked') }),
  /** Users have engines of their own, and this script cannot visit them. */
  z.object({ kind: z.literal('needsUsers') }),
  z.object({ kind: z.literal('engine'), engine: runtimeKind, user, isRunning: z.boolean(), text }),
  z.object({
    kind: z.literal('pull'),
    reference: z.string().max(300),
    engine: runtimeKind,
    user,
    slot: z
      .int()
      .min(0)
      .max(proofSlots - 1),
    status: z.int().nullable(),
    digest: short(200),
    text,
  }),
  z.object({
    kind: z.literal('handshake'),
    reference: z.string().max(300),
    status: z.int().nullable(),
    text,
  }),
  z.object({ kind: z.literal('proxy'), engine: runtimeKind, proxy: short(300), except: text }),
]);

/**
 * One line of the script's report. What does not fit is not from our script. What a user's shell said is put between
 * `record` and `user` as it is, so it can name another `kind` for the whole, but not take away that it was relayed.
 */
export const scriptRecord = z.preprocess(
  (raw) => (typeof raw === 'object' && raw !== null && 'record' in raw ? { ...raw, kind: 'as' } : raw),
  anyRecord,
);
export type ScriptRecord = z.infer<typeof scriptRecord>;

type Of<K extends ScriptRecord['kind']> = Extract<ScriptRecord, { kind: K }>;

/** The records of one run, sorted by what they are about. */
export interface Report {
  clock: Of<'clock'> | null;
  system: Of<'system'> | null;
  found: Of<'found'>[];
  stores: Of<'store'>[];
  changes: Of<'change'>[];
  warnings: Of<'warning'>[];
  findings: Of<'finding'>[];
  certificates: Of<'certificate'>[];
  before: (Of<'before'> | Of<'beforeFolder'>)[];
  /** Whose path was changed, as `placeKey` says it, and the change still stands. */
  made: Set<string>;
  /** It was found out what has to change, and with which engines. */
  isDecided: boolean;
  isVerified: boolean;
  isUndone: boolean;
  problem: Of<'problem'> | null;
  /** Someone else is writing there. */
  busy: Of<'busy'> | null;
  flaws: Of<'flaw'>[];
  restarts: Of<'restart'>[];
  engines: Of<'engine'>[];
  pulls: Of<'pull'>[];
  handshakes: Of<'handshake'>[];
  proxies: Of<'proxy'>[];
}

/** A path and who spoke of it: what a user's shell says never counts for a file of the system. */
export const placeKey = (place: { path: string; user?: string | null | undefined }): string =>
  place.user ? `${place.user}:${place.path}` : place.path;

const withUsers = (record: ScriptRecord): ScriptRecord =>
  record.kind === 'as' ? { ...record.record, user: record.user } : record;

/** Gathers the records of a run; they count in the order in which they came. */
export const readReport = (raw: readonly ScriptRecord[]): Report => {
  const records = raw.map(withUsers);
  const all = <K extends ScriptRecord['kind']>(kind: K): Of<K>[] =>
    records.filter((record): record is Of<K> => record.kind === kind);
  const hasOwn = (kind: 'decided' | 'verified' | 'undone') =>
    all(kind).some((record) => record.user === null);
  const made = new Set<string>();
  for (const record of records) {
    if (record.kind === 'made') made.add(placeKey(record));
    if (record.kind === 'unmade') made.delete(placeKey(record));
  }
  return {
    clock: all('clock')[0] ?? null,
    system: all('system')[0] ?? null,
    found: all('found'),
    stores: all('store'),
    changes: all('change'),
    warnings: all('warning'),
    findings: all('finding'),
    certificates: all('certificate'),
    before: records.filter((record) => record.kind === 'before' || record.kind === 'beforeFolder'),
    made,
    isDecided: hasOwn('decided'),
    isVerified: hasOwn('verified'),
    isUndone: hasOwn('undone'),
    problem: all('problem')[0] ?? null,
    busy: all('busy')[0] ?? null,
    flaws: all('flaw'),
    restarts: all('restart'),
    engines: all('engine'),
    pulls: all('pull'),
    handshakes: all('handshake'),
    proxies: all('proxy'),
  };
};
