import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Secret } from '#electron/store/secret.ts';
import { AppError } from '#shared/errors.ts';
import { frameScript } from '../script/frame.ts';
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

const newNonce = (): string => randomBytes(8).toString('hex');

/** Feeds what a device prints to a reader and ends the command when it is too much. */
const readRecords = ({ nonce, target, options }: Attempt) => {
  const { onRecord } = options;
  const reader = createRecordReader({ nonce, ...(onRecord && { onRecord }) });
  return {
    reading: () => reader.reading(),
    take(chunk: Buffer, io: ExecIo) {
      reader.push(chunk);
      if (reader.reading().isInvalid)
        io.abort(new AppError('DEVICE_OUTPUT_INVALID', { device: target.label }));
    },
  };
};

const runCommand = async (
  link: Link,
  attempt: Attempt,
  command: string,
  stdin: string,
): Promise<ScriptReading> => {
  const { take, reading } = readRecords(attempt);
  await exec(link, command, {
    device: attempt.target.label,
    signal: attempt.options.signal,
    timeoutMs: attempt.options.timeoutMs,
    onStart(io) {
      io.write(stdin);
      io.end();
    },
    onData: take,
  });
  return reading();
};

const runAsRoot = async (link: Link, attempt: Attempt): Promise<ScriptReading> => {
  const { script } = attempt;
  const reading = await runCommand(link, attempt, 'sh -s', script);
  if (reading.hasBegun || link.lost.aborted || script.length > longestArgument) return reading;
  // A start-up file that reads stdin has eaten the script.
  return runCommand(link, attempt, `sh -c ${shellQuote(script)}`, '');
};

const runWithSudo = async (link: Link, attempt: Attempt): Promise<ScriptReading> => {
  const { target, options, script } = attempt;
  const { take, reading } = readRecords(attempt);
  const nonce = newNonce();
  const dialogue = createSudoDialogue({
    nonce,
    device: target.label,
    user: target.user,
    hasPassword: target.sudoPassword !== null,
  });
  let isRoot = false;

  const converse = (chunk: Buffer, io: ExecIo) => {
    const step = dialogue.push(chunk);
    if (step.kind === 'answer') io.write(`${target.sudoPassword?.reveal() ?? ''}\n`);
    if (step.kind !== 'ready') return;
    isRoot = true;
    io.write(script);
    io.end();
    take(step.rest, io);
  };

  await exec(link, sudoCommand(nonce), {
    device: target.label,
    signal: options.signal,
    timeoutMs: options.timeoutMs,
    onStart: () => undefined,
    onData(chunk, io) {
      if (isRoot) return take(chunk, io);
      try {
        converse(chunk, io);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        io.abort(error);
      }
    },
  });
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
  const attempt: Attempt = { nonce, script: frameScript(body, { nonce, limitSeconds }), target, options };
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
