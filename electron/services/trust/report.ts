import { z } from 'zod';
import { runtimeKind } from '#shared/model/devices.ts';
import { trustChange } from '#shared/model/trust.ts';

const sum = z.union([z.literal(''), z.string().regex(/^[0-9a-f]{64}$/)]);
const path = z.string().min(1).max(4096);
const count = z.int().min(0).max(0xffffffff);
/** Seconds and KiB of real devices stay far within; what is made of them stays a number that JSON can carry. */
const amount = z
  .number()
  .min(-(2 ** 50))
  .max(2 ** 50);
const perms = z.string().regex(/^[-dlbcps][-rwxsStT]{9}[.+@]?$/);

/** One line of the script's report. What does not fit is not from our script. */
export const scriptRecord = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('clock'), seconds: amount.int(), wrong: z.enum(['', 'behind', 'ahead']) }),
  z.object({
    kind: z.literal('system'),
    os: z.string().max(200),
    version: z.string().max(200),
    host: z.string().max(255),
    architecture: z.string().max(64),
    freeKib: amount.nullable(),
  }),
  z.object({ kind: z.literal('found'), engine: runtimeKind, folder: path }),
  z.object({ kind: z.literal('looked') }),
  z.object({
    kind: z.literal('change'),
    action: trustChange.shape.action,
    what: trustChange.shape.kind,
    path,
    before: sum,
    after: sum,
    note: z.string().max(40),
  }),
  z.object({
    kind: z.literal('warning'),
    code: z.enum(['FOREIGN_FILE', 'CHANGED_SINCE']),
    path,
    note: z.string(),
  }),
  z.object({ kind: z.literal('decided'), changes: count }),
  z.object({
    kind: z.literal('before'),
    path,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    perms,
    uid: count,
    gid: count,
    data: z.base64(),
  }),
  z.object({ kind: z.literal('beforeFolder'), path, perms, uid: count, gid: count }),
  z.object({ kind: z.literal('made'), path }),
  z.object({ kind: z.literal('unmade'), path }),
  z.object({ kind: z.literal('verified') }),
  z.object({ kind: z.literal('undone') }),
  z.object({
    kind: z.literal('problem'),
    code: z.enum(['DISK_FULL', 'READ_ONLY', 'PERMISSION_DENIED', 'WRITE_FAILED', 'TOOL_MISSING']),
    path: z.string().max(4096),
    text: z.string(),
  }),
  z.object({ kind: z.literal('engine'), engine: runtimeKind, isRunning: z.boolean(), text: z.string() }),
  z.object({
    kind: z.literal('pull'),
    reference: z.string().max(300),
    engine: runtimeKind,
    status: z.int().nullable(),
    digest: z.string().max(200),
    text: z.string(),
  }),
]);
export type ScriptRecord = z.infer<typeof scriptRecord>;

type Of<K extends ScriptRecord['kind']> = Extract<ScriptRecord, { kind: K }>;

/** The records of one run, sorted by what they are about. */
export interface Report {
  clock: Of<'clock'> | null;
  system: Of<'system'> | null;
  found: Of<'found'>[];
  changes: Of<'change'>[];
  warnings: Of<'warning'>[];
  before: (Of<'before'> | Of<'beforeFolder'>)[];
  /** Paths whose change was made and still stands. */
  made: Set<string>;
  /** It was found out what has to change, and with which engines. */
  isDecided: boolean;
  isVerified: boolean;
  isUndone: boolean;
  problem: Of<'problem'> | null;
  engines: Of<'engine'>[];
  pulls: Of<'pull'>[];
}

/** Gathers the records of a run; they count in the order in which they came. */
export const readReport = (records: readonly ScriptRecord[]): Report => {
  const all = <K extends ScriptRecord['kind']>(kind: K): Of<K>[] =>
    records.filter((record): record is Of<K> => record.kind === kind);
  const made = new Set<string>();
  for (const record of records) {
    if (record.kind === 'made') made.add(record.path);
    if (record.kind === 'unmade') made.delete(record.path);
  }
  return {
    clock: all('clock')[0] ?? null,
    system: all('system')[0] ?? null,
    found: all('found'),
    changes: all('change'),
    warnings: all('warning'),
    before: records.filter((record) => record.kind === 'before' || record.kind === 'beforeFolder'),
    made,
    isDecided: all('decided').length > 0,
    isVerified: all('verified').length > 0,
    isUndone: all('undone').length > 0,
    problem: all('problem')[0] ?? null,
    engines: all('engine'),
    pulls: all('pull'),
  };
};
