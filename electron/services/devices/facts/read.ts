import { z } from 'zod';
import { AppError, describeError } from '#shared/errors.ts';
import { sha256Hex } from '#shared/model/common.ts';
import { type DeviceFacts, runtimeKind } from '#shared/model/devices.ts';
import type { ScriptEnd } from '../session.ts';

/** Device texts are shown, not used: whatever their length, a line of them is enough. */
const text = z.string().transform((value) => value.slice(0, 200));

/** Seconds and KiB of real devices stay far within; what is made of them stays a number that JSON can carry. */
const amount = z
  .number()
  .min(-(2 ** 50))
  .max(2 ** 50);

const factRecord = z.discriminatedUnion('step', [
  z.object({ step: z.literal('clock'), now: amount.nullable() }),
  z.object({
    step: z.literal('system'),
    hostName: text,
    os: text,
    osVersion: text,
    architecture: text,
  }),
  z.object({
    step: z.literal('engine'),
    kind: runtimeKind,
    version: text,
    isRunning: z.boolean(),
    folder: text,
    user: text.nullable().default(null),
  }),
  z.object({
    step: z.literal('space'),
    folder: text,
    freeKib: amount.nullable(),
    isWritable: z.boolean(),
  }),
  z.object({ step: z.literal('network'), isEngineOpen: z.boolean() }),
  z.object({
    step: z.literal('file'),
    path: z.string().max(4096),
    sha256: z.union([sha256Hex, z.literal('')]),
    problem: z.enum(['', 'ignored', 'unpaired']),
  }),
]);
type FactRecord = z.infer<typeof factRecord>;

const problems = {
  '': null,
  ignored: 'holds no PEM certificate, so engines ignore it silently',
  unpaired: 'lacks its other half (.cert and .key belong together), which makes every pull fail',
} as const;

/** The name of the one file in a certs.d folder that Mooring writes. */
const ourFile = 'mooring-ca.crt';

const warningsOf = (
  device: string,
  facts: Omit<DeviceFacts, 'warnings'>,
  folder: string,
  isOpen: boolean,
) => {
  const stopped = facts.engines.filter(({ isRunning }) => !isRunning);
  return [
    ...(facts.engines.length === 0 ? [describeError('NO_ENGINE', { device })] : []),
    ...stopped.map(({ kind }) => describeError('ENGINE_NOT_RUNNING', { device, engine: kind })),
    ...(facts.isWritable ? [] : [describeError('READ_ONLY', { device, folder })]),
    ...(isOpen ? [describeError('DEVICE_ENGINE_OPEN', { device })] : []),
    ...facts.trust
      .filter(({ problem, isOurs }) => problem !== null && !isOurs)
      .map(({ path, problem }) => describeError('FOREIGN_FILE', { device, path, problem: `It ${problem}.` })),
  ];
};

/**
 * Makes facts of what the facts script printed.
 * @param clockSeenAt our clock when the clock record arrived
 * @throws AppError SCRIPT_UNFINISHED, DEVICE_OUTPUT_INVALID
 */
export const readFacts = (
  end: ScriptEnd,
  options: { device: string; clockSeenAt: Date; now: Date },
): DeviceFacts => {
  const { device, clockSeenAt, now } = options;
  if (!end.isComplete) throw new AppError('SCRIPT_UNFINISHED', { device });
  const parsed = z.array(factRecord).safeParse(end.records);
  if (!parsed.success) throw new AppError('DEVICE_OUTPUT_INVALID', { device }, { cause: parsed.error });
  const all = <K extends FactRecord['step']>(step: K) =>
    parsed.data.filter((record): record is Extract<FactRecord, { step: K }> => record.step === step);

  const [system] = all('system');
  const [space] = all('space');
  const clock = all('clock')[0]?.now ?? null;
  if (!system || !space) throw new AppError('DEVICE_OUTPUT_INVALID', { device });
  const facts = {
    readAt: now.toISOString(),
    hostName: system.hostName,
    os: system.os,
    osVersion: system.osVersion,
    architecture: system.architecture,
    engines: all('engine').map(({ step: _step, ...engine }) => engine),
    clockOffsetSeconds: clock === null ? 0 : Math.round(clock - clockSeenAt.getTime() / 1000),
    freeBytes: (space.freeKib ?? 0) * 1024,
    isWritable: space.isWritable,
    trust: all('file').flatMap(({ path, sha256, problem }) =>
      sha256 === ''
        ? []
        : [{ path, sha256, isOurs: path.endsWith(`/${ourFile}`), problem: problems[problem] }],
    ),
  };
  const isOpen = all('network')[0]?.isEngineOpen ?? false;
  return { ...facts, warnings: warningsOf(device, facts, space.folder, isOpen) };
};
