import net from 'node:net';
import { AppError } from '#shared/errors.ts';

/** Where one device may be met. `label` is what a person calls it. */
export interface DialTarget {
  label: string;
  address: string;
  addresses: string[];
  /** Best first. */
  ports: readonly number[];
}

export interface Dialled {
  socket: net.Socket;
  port: number;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What is written in one turn leaves together: to the system, a packet each costs more than all that is in it. */
const gatherTurns = (socket: net.Socket): net.Socket => {
  const leave = () => socket.uncork();
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  return Object.assign(socket, {
    write(...args: unknown[]) {
      if (socket.writableCorked === 0) {
        socket.cork();
        process.nextTick(leave);
      }
      return write(...args);
    },
  });
};

/** One TCP connection without Nagle: an SSH handshake is small packets, each waiting for the last. */
const connect = (host: string, port: number, signal: AbortSignal): Promise<net.Socket> =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, noDelay: true });
    const give = (settle: () => void) => {
      signal.removeEventListener('abort', stop);
      socket.removeAllListeners();
      settle();
    };
    const stop = () => {
      socket.destroy();
      give(() => reject(signal.reason));
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', (error) => give(() => reject(error)));
    socket.once('connect', () =>
      give(() => {
        // Whoever takes over listens for errors; until then one must not end the process.
        socket.on('error', () => undefined);
        resolve(gatherTurns(socket));
      }),
    );
  });

/** The first packet may get lost, and the system waits ever longer before it sends another. */
const againMs = 2000;

/** The same with a further try beside the first every two seconds. The first answer of any counts, also a refusal. */
const connectFirmly = async (host: string, port: number, signal: AbortSignal): Promise<net.Socket> => {
  const settled = new AbortController();
  const stop = AbortSignal.any([signal, settled.signal]);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<net.Socket>((resolve, reject) => {
      const begin = () => void connect(host, port, stop).then(resolve, reject);
      begin();
      timer = setInterval(begin, againMs);
    });
  } finally {
    clearInterval(timer);
    settled.abort();
  }
};

const flatten = (error: unknown): unknown[] =>
  error instanceof AggregateError ? error.errors.flatMap(flatten) : [error];

const explain = (target: DialTarget, failures: unknown[]): AppError => {
  const { label: device, address, ports } = target;
  const causes = failures.flatMap(flatten);
  const refused = causes.find((cause) => codeOf(cause) === 'ECONNREFUSED');
  return refused === undefined
    ? new AppError('DEVICE_UNREACHABLE', { device, address }, { cause: causes[0], retryable: true })
    : new AppError(
        'DEVICE_REFUSED',
        { device, port: ports.join(' or ') },
        { cause: refused, retryable: true },
      );
};

/** The first socket of the earliest port that connects; a later port waits a little for an earlier one. */
const choose = (attempts: Promise<net.Socket>[], preferMs: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const states: ('open' | 'up' | 'down')[] = attempts.map(() => 'open');
    const failures: unknown[] = [];
    let timer: NodeJS.Timeout | undefined;
    const decide = () => {
      const best = states.indexOf('up');
      if (best >= 0 && !states.slice(0, best).includes('open')) {
        clearTimeout(timer);
        resolve(best);
      } else if (best >= 0) timer ??= setTimeout(() => resolve(states.indexOf('up')), preferMs);
      else if (!states.includes('open')) reject(new AggregateError(failures));
    };
    for (const [index, attempt] of attempts.entries()) {
      attempt.then(
        () => {
          states[index] = 'up';
          decide();
        },
        (error: unknown) => {
          states[index] = 'down';
          failures.push(error);
          decide();
        },
      );
    }
  });

/**
 * Opens the TCP connection to a device: all ports and addresses at once, the best port wins.
 * @throws AppError DEVICE_UNREACHABLE, DEVICE_REFUSED, CANCELLED
 */
export const dial = async (
  target: DialTarget,
  options: { signal: AbortSignal; connectMs: number; preferMs: number },
): Promise<Dialled> => {
  const { signal, connectMs, preferMs } = options;
  const losers = new AbortController();
  const late = AbortSignal.timeout(connectMs);
  const stop = AbortSignal.any([signal, losers.signal, late]);
  const opened = new Set<net.Socket>();
  const attempts = target.ports.map((port) =>
    Promise.any(
      target.addresses.map(async (address) => {
        const socket = await connectFirmly(address, port, stop);
        opened.add(socket);
        return socket;
      }),
    ),
  );
  try {
    const won = await choose(attempts, preferMs);
    const socket = await attempts[won];
    const port = target.ports[won];
    if (socket === undefined || port === undefined) throw new RangeError('no port was given');
    opened.delete(socket);
    return { socket, port };
  } catch (error) {
    if (signal.aborted) throw new AppError('CANCELLED');
    throw explain(target, [error]);
  } finally {
    losers.abort();
    for (const socket of opened) socket.destroy();
  }
};
