import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import type { Secret } from '#electron/store/secret.ts';
import { AppError } from '#shared/errors.ts';
import { frameScript, holdWord, nextScript } from '../script/frame.ts';
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
  /** What the body calls; see `Frame`. */
  functions?: string;
  onRecord?: (record: unknown) => void;
}

/** The kernel's limit for one argument (MAX_ARG_STRLEN), less what quoting around it takes. */
const longestArgument = 120 * 1024;

/** The watchdog on the device comes after our own limit, so that ours is the one reported. */
const watchdogGraceSeconds = 5;

interface Attempt {
  nonce: string;
  body: string;
  limitSeconds: number;
  target: ScriptTarget;
  options: ScriptOptions;
}

/** A script that is given up must not go on: said before it has begun, this ends it as soon as it does, where its shell has not read it. */
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
      const { isInvalid, hasBegun, isComplete, isFree } = reader.reading();
      if (isInvalid) return io.abort(new AppError('DEVICE_OUTPUT_INVALID', { device: target.label }));
      // Of a body that was killed something may be left, which goes with its shell.
      if (isFree) return isComplete ? io.leave() : io.end();
      if (!hasBegun || isTied) return;
      isTied = true;
      tie(io);
    },
  };
};

const textOf = ({ nonce, body, limitSeconds, options: { functions = '' } }: Attempt): string =>
  frameScript(body, { nonce, limitSeconds, functions, isTied: true });

/** The shell that a script has left, for the next one on this connection. It has nothing to say meanwhile. */
const keepShell = ({ waiting }: Link, channel: ClientChannel | null, { options }: Attempt): void => {
  // It may have ended with the packet that said it was free.
  if (!channel?.writable) return;
  const quit = () => channel.close();
  const gone = () => {
    if (waiting.shell === shell) waiting.shell = null;
  };
  const shell = {
    channel,
    functions: options.functions ?? '',
    take() {
      waiting.shell = null;
      channel.off('data', quit).off('close', gone);
      channel.stderr.off('data', quit);
    },
  };
  channel.on('data', quit).on('close', gone);
  channel.stderr.on('data', quit);
  waiting.shell = shell;
};

/** Gives a shell its script, and keeps it where it can. @param shell a command that starts one, or one that waits */
const runIn = async (
  link: Link,
  attempt: Attempt,
  shell: string | ClientChannel,
  text: string,
): Promise<ScriptReading> => {
  const { take, reading } = readRecords(attempt);
  let timer: NodeJS.Timeout | undefined;
  let stopWaiting = () => {};
  const channel = await exec(link, shell, {
    ...bounds(attempt),
    onStart(io) {
      io.write(text);
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
  keepShell(link, channel, attempt);
  return reading();
};

/** In the shell that waits, which saves the device a login shell and much to read. Null: there was none, or it did not begin. */
const runInWaiting = async (link: Link, attempt: Attempt): Promise<ScriptReading | null> => {
  const { shell } = link.waiting;
  if (shell === null) return null;
  shell.take();
  const { nonce, body, limitSeconds, options } = attempt;
  const { functions = '' } = options;
  const text = nextScript(body, {
    ...{ nonce, limitSeconds },
    ...(functions !== shell.functions && { functions }),
  });
  const reading = await runIn(link, attempt, shell.channel, text);
  return reading.hasBegun || link.lost.aborted ? reading : null;
};

/** Without stdin: a start-up file that reads it would wait for ever. */
const runByArgument = async (link: Link, attempt: Attempt, script: string): Promise<ScriptReading> => {
  const { take, reading } = readRecords(attempt);
  let stopWaiting = () => {};
  await exec(link, `sh -c ${shellQuote(script)}`, {
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
  const script = textOf(attempt);
  const reading = await runIn(link, attempt, 'sh -s', script);
  if (reading.hasBegun || link.lost.aborted) return reading;
  return script.length > longestArgument ? reading : runByArgument(link, attempt, script);
};

const runWithSudo = async (link: Link, attempt: Attempt): Promise<ScriptReading> => {
  const { target } = attempt;
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
    io.write(textOf(attempt));
    take(step.rest, io);
  };

  const channel = await exec(link, sudoCommand(nonce), {
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
  keepShell(link, channel, attempt);
  return reading();
};

/**
 * Runs a script body as root on a logged-in device: in the shell that the last one has left, else on stdin of a new
 * `sh -s`, through sudo for other users.
 * @throws AppError as `DeviceSession.run`
 */
export const runScript = async (
  link: Link,
  target: ScriptTarget,
  body: string,
  options: ScriptOptions,
): Promise<ScriptEnd> => {
  const limitSeconds = options.timeoutMs / 1000 + watchdogGraceSeconds;
  const attempt: Attempt = { nonce: newNonce(), body, limitSeconds, target, options };
  const reading =
    (await runInWaiting(link, attempt)) ??
    (await (target.user === 'root' ? runAsRoot : runWithSudo)(link, attempt));
  if (!reading.isComplete) {
    // The channel closes a moment before the connection is known to be gone.
    await nextTurn();
    if (link.lost.aborted) throw link.lost.reason;
  }
  if (reading.isInvalid) throw new AppError('DEVICE_OUTPUT_INVALID', { device: target.label });
  if (!reading.hasBegun) throw new AppError('SCRIPT_NOT_RUN', { device: target.label });
  return { records: reading.records, isComplete: reading.isComplete, output: reading.output };
};
