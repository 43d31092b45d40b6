import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Secret } from '#electron/store/secret.ts';
import { AppError } from '#shared/errors.ts';
import { frameScript, holdWord } from '../script/frame.ts';
import { shellQuote } from '../script/quote.ts';
import { createRecordReader, type ScriptReading } from '../script/records.ts';
import type { ScriptEnd } from '../session.ts';
import { createSudoDialogue, sudoCommand } from '../sudo.ts';
import { exec, type ExecIo } from './exec.ts';
import type { Link } from './login.ts';

export interface ScriptTarget {
  /** What a person calls the device. */
  label: string;
  user: string;
  /** Null: none is known. */
  sudoPassword: Secret | null;
}

export interface ScriptOptions {
  signal: AbortSignal;
  timeoutMs: number;
  onRecord?: (record: unknown) => void;
}

/** The kernel's limit for one argument (MAX_ARG_STRLEN), less what quoting around it takes. */
const longestArgument = 120 * 1024;

/** The watchdog on the device comes after our own limit, so that ours is the one reported. */
const watchdogGraceSeconds = 5;

interface Attempt {
  nonce: string;
  script: string;
  target: ScriptTarget;
  options: ScriptOptions;
}

/** A script that is given up must not go on: said before it has begun, this ends it as soon as it does. */
const tie = (io: ExecIo): void => io.write(`${holdWord}\n`);

const bounds = ({ target, options }: Attempt) => ({
  device: target.label,
  signal: options.signal,
  timeoutMs: options.timeoutMs,
});

const newNonce = (): string => randomBytes(8).toString('hex');

/** How long a login shell may take before we ask, by closing stdin, whether it has eaten the script. */
const silentMs = 5000;

/** After this the login shell is taken to hang. A slow link and a slow sudo have time enough. */
const hungMs = 45_000;

/** Ends a command whose shell never began. Returns how to stop waiting. */
const endWhenSilent = ({ target }: Attempt, io: ExecIo, hasBegun: () => boolean): (() => void) => {
  const { label: device, user } = target;
  const timer = setTimeout(() => {
    if (!hasBegun()) io.abort(new AppError('SHELL_SILENT', { device, user, seconds: hungMs / 1000 }));
  }, hungMs);
  return () => clearTimeout(timer);
};

/** Feeds what a device prints to a reader; ties the script once it has begun, ends it when it says too much. */
const readRecords = ({ nonce, target, options }: Attempt) => {
  const { onRecord } = options;
  const reader = createRecordReader({ nonce, ...(onRecord && { onRecord }) });
  let isTied = false;
  return {
    reading: () => reader.reading(),
    take(chunk: Buffer, io: ExecIo) {
      reader.push(chunk);
      const { isInvalid, hasBegun } = reader.reading();
      if (isInvalid) return io.abort(new AppError('DEVICE_OUTPUT_INVALID', { device: target.label }));
      if (!hasBegun || isTied) return;
      isTied = true;
      tie(io);
    },
  };
};

const runByStdin = async (link: Link, attempt: Attempt): Promise<ScriptReading> => {
  const { take, reading } = readRecords(attempt);
  let timer: NodeJS.Timeout | undefined;
  let stopWaiting = () => {};
  await exec(link, 'sh -s', {
    ...bounds(attempt),
    onStart(io) {
      io.write(attempt.script);
      stopWaiting = endWhenSilent(attempt, io, () => reading().hasBegun);
      timer = setTimeout(() => {
        if (!reading().hasBegun) io.end();
      }, silentMs);
    },
    onData: take,
    onAbort: tie,
  }).finally(() => {
    clearTimeout(timer);
    stopWaiting();
  });
  return reading();
};

/** Without stdin: a start-up file that reads it would wait for ever. */
const runByArgument = async (link: Link, attempt: Attempt): Promise<ScriptReading> => {
  const { take, reading } = readRecords(attempt);
  let stopWaiting = () => {};
  await exec(link, `sh -c ${shellQuote(attempt.script)}`, {
    ...bounds(attempt),
    onStart(io) {
      io.end();
      stopWaiting = endWhenSilent(attempt, io, () => reading().hasBegun);
    },
    onData: take,
  }).finally(() => stopWaiting());
  return reading();
};

const runAsRoot = async (link: Link, attempt: Attempt): Promise<ScriptReading> => {
  const reading = await runByStdin(link, attempt);
  if (reading.hasBegun || link.lost.aborted || attempt.script.length > longestArgument) return reading;
  return runByArgument(link, attempt);
};

const runWithSudo = async (link: Link, attempt: Attempt): Promise<ScriptReading> => {
  const { target, script } = attempt;
  const { take, reading } = readRecords(attempt);
  const nonce = newNonce();
  const dialogue = createSudoDialogue({
    nonce,
    device: target.label,
    user: target.user,
    hasPassword: target.sudoPassword !== null,
  });
  let isRoot = false;
  let stopWaiting = () => {};

  const converse = (chunk: Buffer, io: ExecIo) => {
    const step = dialogue.push(chunk);
    if (step.kind === 'answer') io.write(`${target.sudoPassword?.reveal() ?? ''}\n`);
    if (step.kind !== 'ready') return;
    isRoot = true;
    io.write(script);
    take(step.rest, io);
  };

  await exec(link, sudoCommand(nonce), {
    ...bounds(attempt),
    onStart(io) {
      stopWaiting = endWhenSilent(attempt, io, () => isRoot);
    },
    onAbort(io) {
      if (isRoot) tie(io);
    },
    onData(chunk, io) {
      if (isRoot) return take(chunk, io);
      try {
        converse(chunk, io);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        io.abort(error);
      }
    },
  }).finally(() => stopWaiting());
  if (!isRoot && !link.lost.aborted) throw dialogue.ended();
  return reading();
};

/**
 * Runs a script body as root on a logged-in device: script on stdin of `sh -s`, through sudo for other users.
 * @throws AppError as `DeviceSession.run`
 */
export const runScript = async (
  link: Link,
  target: ScriptTarget,
  body: string,
  options: ScriptOptions,
): Promise<ScriptEnd> => {
  const nonce = newNonce();
  const limitSeconds = options.timeoutMs / 1000 + watchdogGraceSeconds;
  const script = frameScript(body, { nonce, limitSeconds, isTied: true });
  const attempt: Attempt = { nonce, script, target, options };
  const reading = await (target.user === 'root' ? runAsRoot : runWithSudo)(link, attempt);
  if (!reading.isComplete) {
    // The channel closes a moment before the connection is known to be gone.
    await nextTurn();
    if (link.lost.aborted) throw link.lost.reason;
  }
  if (reading.isInvalid) throw new AppError('DEVICE_OUTPUT_INVALID', { device: target.label });
  if (!reading.hasBegun) throw new AppError('SCRIPT_NOT_RUN', { device: target.label });
  return { records: reading.records, isComplete: reading.isComplete, output: reading.output };
};
