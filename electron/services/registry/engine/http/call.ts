import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../refusal.ts';
import { keepPace, type Pace } from './pace.ts';

/** One request as the routes see it. */
export interface Call {
  /** As in `X-Request-Id` of the answer. */
  id: string;
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  /** Percent-decoded, without query. */
  path: string;
  query: URLSearchParams;
  /** Address of the client, IPv4 never in its IPv6-mapped form. */
  remote: string;
  /** `Host` header as sent. */
  host: string;
  agent: string;
  /** How fast its body must come. */
  pace: Pace;
}

const printable = (text: string | undefined): string =>
  (text ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 300);

/** Address of a client, IPv4 never in its IPv6-mapped form. */
export const remoteOf = (address: string | undefined): string =>
  (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');

export const agentOf = (request: IncomingMessage): string => printable(request.headers['user-agent']);

/** Path as sent, for people to read: without the query, and none of a URL, which can hold a password. */
export const pathOf = ({ url = '' }: IncomingMessage): string =>
  url.startsWith('/') ? printable(url.split('?', 1)[0]) : '';

/** @throws Refusal `path-unknown` when the target cannot be decoded */
export const callFrom = (
  request: IncomingMessage,
  response: ServerResponse,
  own: Pick<Call, 'id' | 'pace'>,
): Call => {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const raw = mark < 0 ? target : target.slice(0, mark);
  return {
    ...own,
    request,
    response,
    method: request.method ?? 'GET',
    path: decodePath(raw),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    remote: remoteOf(request.socket.remoteAddress),
    host: printable(request.headers.host),
    agent: agentOf(request),
  };
};

const decodePath = (raw: string): string => {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    throw new Refusal('path-unknown');
  }
};

/** The body in pieces. Whoever stops reading it can still answer: the rest is read and thrown away after the answer. */
export const bodyOf = ({ request, pace }: Call): AsyncIterable<Buffer> =>
  keepPace(request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>, pace);

/**
 * The whole body, refused before it is read when it says that it is larger.
 * @param limit bytes
 */
export const readBody = async (call: Call, limit: number, tooLarge: Refusal): Promise<Buffer> => {
  if (Number(call.request.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bodyOf(call)) {
    size += piece.length;
    if (size > limit) throw tooLarge;
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
};
