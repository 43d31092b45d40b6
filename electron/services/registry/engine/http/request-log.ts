import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FromEngine } from '../../messages.ts';
import { agentOf, pathOf, remoteOf } from './call.ts';

/** A request that was not answered as asked. */
export interface Failure {
  requestId: string;
  /** Null: what came was no request. */
  request: IncomingMessage | null;
  /** Where it came from when there is no request. */
  remote?: string;
  /** Sent to the client; 0 when its connection was cut in the middle of an answer. */
  status: number;
  /** As in the error body, or of the parser. */
  code: string;
  /** When it came, milliseconds of `performance.now`. */
  startedAt: number;
  /** What went wrong here. */
  error?: unknown;
}

/** Names requests, and tells the supervisor of those that failed. Nothing a client authenticates with is in a line. */
export interface RequestLog {
  nextId(): string;
  failed(failure: Failure): void;
}

/** Lines at once, and a second from then on: whoever sends nonsense does not fill the log. */
export interface LineLimit {
  burst: number;
  perSecond: number;
}
export const usualLines: LineLimit = { burst: 30, perSecond: 1 };

/** @returns lines that were left out since the last one, null when there is no room for one now */
const createLimit = ({ burst, perSecond }: LineLimit, now: () => number) => {
  let room = burst;
  let at = now();
  let leftOut = 0;
  return (): number | null => {
    room = Math.min(burst, room + ((now() - at) / 1000) * perSecond);
    at = now();
    if (room < 1) {
      leftOut += 1;
      return null;
    }
    room -= 1;
    const missed = leftOut;
    leftOut = 0;
    return missed;
  };
};

const refusals = new Set([400, 403, 408, 413, 429, 507]);

/** What an operator may want to look at. Asking for what is not there, or how to log in, is everyday life. */
const isNotable = ({ request, status, code }: Failure): boolean => {
  if (request === null) return true;
  if (status === 401) return /^basic /i.test(request.headers.authorization ?? '');
  // Clients try forms of the token end-point that this registry does not have.
  return refusals.has(status) && code !== 'UNSUPPORTED';
};

/** @param now milliseconds, any origin */
export const createRequestLog = (
  tell: (message: FromEngine) => void,
  limit: LineLimit = usualLines,
  now: () => number = () => performance.now(),
): RequestLog => {
  const run = randomBytes(4).toString('hex');
  // Refusals, which anyone can cause, do not take the place of faults.
  const rooms = { warn: createLimit(limit, now), error: createLimit(limit, now) };
  let count = 0;

  return {
    nextId: () => `${run}-${(count += 1).toString(36)}`,
    failed(failure) {
      const { requestId, request, status, code, error } = failure;
      const isFault = status === 0 || (status >= 500 && status !== 507);
      if (!isFault && !isNotable(failure)) return;
      const level = isFault ? 'error' : 'warn';
      const leftOut = rooms[level]();
      if (leftOut === null) return;
      const what = request ? `${request.method ?? ''} ${pathOf(request)}` : 'something that is no request';
      tell({
        type: 'log',
        level,
        message: isFault ? `failed at ${what}` : `refused ${what}: ${status} ${code}`,
        details: {
          requestId,
          method: request?.method ?? '',
          path: request ? pathOf(request) : '',
          status,
          code,
          remote: remoteOf(request ? request.socket.remoteAddress : failure.remote),
          agent: request ? agentOf(request) : '',
          ms: Math.round(performance.now() - failure.startedAt),
          ...(error === undefined ? {} : { error: String(error) }),
          ...(leftOut > 0 ? { leftOut } : {}),
        },
      });
    },
  };
};
