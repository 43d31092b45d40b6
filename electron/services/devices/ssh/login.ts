import type net from 'node:net';
import ssh2, { type AuthHandlerMiddleware, type Client, type ClientChannel } from 'ssh2';
import { sshAlgorithms } from '#electron/algorithms.ts';
import { AppError } from '#shared/errors.ts';
import { hostPort } from '#shared/names.ts';
import { useKeyObjects } from './cipher-keys.ts';
import type { Login } from './credential.ts';
import { checkHostKey, type HostKeyOffer, preferTypes, readHostKey } from './host-keys.ts';
import type { SshLimits } from './limits.ts';

export interface WaitingShell {
  channel: ClientChannel;
  /** What it has defined. */
  functions: string;
  /** Nobody listens to it for us any more. */
  take(): void;
}

/** A logged-in client and a signal that fires, with an AppError as its reason, when the connection is gone. */
export interface Link {
  client: Client;
  lost: AbortSignal;
  /** The key the device showed, which is one of the pinned. */
  hostKey: HostKeyOffer;
  /** Not to be ended before this: a command that was given up has yet to be told. */
  parting: { done: Promise<void> };
  /** A shell of root that waits for another script. */
  waiting: { shell: WaitingShell | null };
}

export interface LoginTarget {
  /** What a person calls the device. */
  label: string;
  address: string;
  port: number;
  login: Login;
  /** Keys the device may show; see `checkHostKey`. */
  pinned: readonly HostKeyOffer[];
  /** A further test of a key that is not pinned by type: null lets it in. Default: the pinned keys alone decide. */
  judge?: (shown: HostKeyOffer) => AppError | null;
  /** Algorithms to ask for; default: all of ours, pinned types first. */
  hostKeyAlgorithms?: (typeof sshAlgorithms.serverHostKey)[number][];
}

/** What was seen of the handshake, for telling failures apart: ssh2 has levels, but few codes. */
interface Progress {
  refusal: AppError | null;
  shown: HostKeyOffer | null;
  isSecure: boolean;
  refusedMethods: number;
  isAgentBroken: boolean;
}

interface SshError extends Error {
  level?: string;
  code?: unknown;
}

const explain = (
  error: SshError,
  target: LoginTarget,
  socket: net.Socket,
  limits: SshLimits,
  seen: Progress,
) => {
  const { label: device, address, port, login } = target;
  const options = { cause: error };
  const notSsh = () =>
    new AppError('DEVICE_NOT_SSH', { device, place: hostPort(address, port), port }, options);
  if (seen.refusal) return seen.refusal;
  if (error.level === 'client-timeout') {
    if (socket.bytesRead === 0) return notSsh();
    const details = { device, seconds: limits.loginMs / 1000, phase: 'log in' };
    return new AppError('DEVICE_TIMEOUT', details, { ...options, retryable: true });
  }
  if (seen.isAgentBroken) return new AppError('AUTH_AGENT_MISSING', {}, options);
  const question = login.unanswered?.() ?? null;
  if (question !== null) {
    return new AppError('AUTH_MORE_ASKED', { device, user: login.user, question }, options);
  }
  // A server that has had enough of wrong logins disconnects instead of refusing one more.
  if (error.level === 'client-authentication' || seen.refusedMethods > 0) {
    return new AppError('AUTH_REFUSED', { device, user: login.user, method: login.method }, options);
  }
  if (error.level === 'protocol' && !seen.isSecure) return notSsh();
  if (error.level === 'handshake') return new AppError('DEVICE_HANDSHAKE', { device }, options);
  return new AppError('DEVICE_LINK_LOST', { device, phase: 'logging in' }, { ...options, retryable: true });
};

/** Offers the methods one after the other; keyboard-interactive only where password is not on offer at all. */
const offer = (login: Login, seen: Progress): AuthHandlerMiddleware => {
  const rest = [...login.methods];
  return (left, _partial, next) => {
    // On the first call nothing has been refused yet and ssh2 passes null.
    const allowed = left as readonly string[] | null;
    if (allowed !== null) seen.refusedMethods += 1;
    let method = rest.shift();
    if (method?.type === 'keyboard-interactive' && allowed?.includes('password')) method = undefined;
    if (method === undefined) next(false as never);
    else next(method);
  };
};

/**
 * SSH handshake and login on an open TCP connection, which is destroyed on failure.
 * @throws AppError HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, AUTH_REFUSED, AUTH_MORE_ASKED, AUTH_AGENT_MISSING, DEVICE_NOT_SSH,
 *   DEVICE_HANDSHAKE, DEVICE_TIMEOUT, DEVICE_LINK_LOST, CANCELLED
 */
export const logIn = (
  socket: net.Socket,
  target: LoginTarget,
  options: { limits: SshLimits; signal: AbortSignal },
): Promise<Link> =>
  new Promise((resolve, reject) => {
    const { limits, signal } = options;
    const { label: device, login } = target;
    const client = new ssh2.Client();
    const lost = new AbortController();
    const seen: Progress = {
      refusal: null,
      shown: null,
      isSecure: false,
      refusedMethods: 0,
      isAgentBroken: false,
    };
    let isReady = false;

    const end = (error: AppError) => {
      signal.removeEventListener('abort', cancel);
      if (isReady) lost.abort(error);
      reject(error);
      client.destroy();
      socket.destroy();
    };
    const cancel = () => end(new AppError('CANCELLED'));
    const gone = (cause?: unknown) => {
      const details = { device, phase: 'the script ran' };
      end(new AppError('DEVICE_LINK_LOST', details, { cause, retryable: true }));
    };

    client.on('error', (error: SshError) => {
      if (error.level === 'agent') seen.isAgentBroken = true;
      else if (isReady) gone(error);
      else end(explain(error, target, socket, limits, seen));
    });
    client.on('close', () => {
      if (isReady) gone();
      else end(explain(new Error('the connection was closed'), target, socket, limits, seen));
    });
    // Channels are closed on `end`, before `close`: a script must not seem to have ended by itself.
    client.on('end', () => {
      if (isReady) gone();
    });
    client.on('handshake', () => {
      seen.isSecure = true;
      useKeyObjects(client);
    });
    client.on('ready', () => {
      isReady = true;
      signal.removeEventListener('abort', cancel);
      if (seen.shown) {
        const parting = { done: Promise.resolve() };
        resolve({ client, lost: lost.signal, hostKey: seen.shown, parting, waiting: { shell: null } });
      }
    });
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });

    client.connect({
      sock: socket,
      username: login.user,
      authHandler: offer(login, seen),
      algorithms: {
        ...sshAlgorithms,
        serverHostKey: target.hostKeyAlgorithms ?? preferTypes(target.pinned.map(({ type }) => type)),
      },
      hostVerifier: (blob: Buffer) => {
        seen.shown = readHostKey(blob);
        const judge = target.judge ?? ((shown) => checkHostKey(device, target.pinned, shown));
        seen.refusal = judge(seen.shown);
        return seen.refusal === null;
      },
      readyTimeout: limits.loginMs,
      keepaliveInterval: limits.keepaliveMs,
      keepaliveCountMax: limits.keepaliveTries,
    });
  });
