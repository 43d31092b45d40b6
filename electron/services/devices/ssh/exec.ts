import type { ClientChannel } from 'ssh2';
import { AppError } from '#shared/errors.ts';
import type { Link } from './login.ts';

/** The two streams of one remote command, and how to write to it. */
export interface ExecIo {
  write(text: string): void;
  /** Closes the command's stdin. */
  end(): void;
  /** Ends the command from here; `exec` then rejects with the error. */
  abort(error: AppError): void;
  /** Nothing more is wanted of the command for now: `exec` yields its channel, which stays open. */
  leave(): void;
}

export interface ExecOptions {
  device: string;
  signal: AbortSignal;
  timeoutMs: number;
  onStart(io: ExecIo): void;
  onData(chunk: Buffer, io: ExecIo): void;
  /** The last words to a command that is ended from here. */
  onAbort?(io: ExecIo): void;
}

/** How long a device has to take note that its command was ended. */
const farewellMs = 1000;

/**
 * Ends a command and then the connection. Not at once: a server that reads a disconnect drops what it has not yet
 * handed to the command, which is our last words.
 */
const part = (link: Link, channel: ClientChannel | undefined): void => {
  const { client, parting } = link;
  parting.done = new Promise((resolve) => {
    const leave = () => {
      clearTimeout(timer);
      client.end();
      setTimeout(() => client.destroy(), farewellMs).unref();
      resolve();
    };
    const timer = setTimeout(leave, channel ? farewellMs : 0);
    channel?.once('close', leave);
    channel?.signal('TERM');
    channel?.close();
  });
};

/**
 * Runs one command, or goes on with one that was left. Exit codes are not returned because they prove nothing: the
 * script reports in-band. When it is cancelled or too late the command gets SIGTERM and the connection ends.
 * @returns the channel of a command that was left, null when it has ended
 * @throws AppError DEVICE_TIMEOUT, DEVICE_LINK_LOST, CANCELLED
 */
export const exec = (
  link: Link,
  command: string | ClientChannel,
  options: ExecOptions,
): Promise<ClientChannel | null> =>
  new Promise((resolve, reject) => {
    const { device, signal, timeoutMs, onStart, onData, onAbort } = options;
    let channel: ClientChannel | undefined;
    let ioOfChannel: ExecIo | undefined;
    let isOver = false;

    const settle = (action: () => void) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      link.lost.removeEventListener('abort', gone);
      action();
    };
    const abort = (error: AppError) =>
      settle(() => {
        reject(error);
        if (ioOfChannel) onAbort?.(ioOfChannel);
        part(link, channel);
      });
    const cancel = () => abort(signal.reason instanceof AppError ? signal.reason : new AppError('CANCELLED'));
    const gone = () => settle(() => reject(link.lost.reason));
    const isLate = () => {
      const details = { device, seconds: Math.round(timeoutMs / 1000), phase: 'run the script' };
      abort(new AppError('DEVICE_TIMEOUT', details, { retryable: true }));
    };
    const timer = setTimeout(isLate, timeoutMs);
    if (signal.aborted) return cancel();
    if (link.lost.aborted) return gone();
    signal.addEventListener('abort', cancel, { once: true });
    link.lost.addEventListener('abort', gone, { once: true });

    const refuse = (cause: unknown) =>
      settle(() => {
        const details = { device, phase: 'the script was started' };
        reject(new AppError('DEVICE_LINK_LOST', details, { cause, retryable: true }));
      });
    const start = (error: Error | undefined, opened: ClientChannel) => {
      if (error) return refuse(error);
      if (isOver) return opened.close();
      channel = opened;
      if (typeof command === 'string') opened.on('error', () => undefined);
      const io: ExecIo = {
        write: (text) => {
          if (opened.writable) opened.write(text);
        },
        end: () => void opened.end(),
        abort,
        leave: () =>
          settle(() => {
            opened.off('data', take).off('close', ended);
            opened.stderr.off('data', take);
            resolve(opened);
          }),
      };
      ioOfChannel = io;
      const take = (chunk: Buffer) => {
        if (!isOver) onData(chunk, io);
      };
      const ended = () => settle(() => resolve(null));
      opened.on('data', take);
      opened.stderr.on('data', take);
      opened.on('close', ended);
      onStart(io);
    };
    if (typeof command !== 'string') return start(undefined, command);
    try {
      link.client.exec(command, start);
    } catch (error) {
      refuse(error);
    }
  });
