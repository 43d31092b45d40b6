import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestLog } from './request-log.ts';

const statusOf: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Whether an answer is under way on this connection; anything written now would become part of its body. */
const isAnswering = (socket: Duplex): boolean =>
  (socket as { _httpMessage?: { headersSent?: boolean } })._httpMessage?.headersSent === true;

/** Answers what is no HTTP request in the form of the specification, and ends the connection. */
export const answerMalformed = (
  error: Error & { code?: string },
  socket: Duplex,
  requests: RequestLog,
): void => {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const requestId = requests.nextId();
  const status = statusOf[error.code ?? ''] ?? '400 Bad Request';
  const body = JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message: 'not a request' }] });
  const lines = [
    `HTTP/1.1 ${status}`,
    `X-Request-Id: ${requestId}`,
    'Docker-Distribution-Api-Version: registry/2.0',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  requests.failed({
    ...{ requestId, request: null, remote: (socket as Socket).remoteAddress ?? '' },
    ...{ status: parseInt(status), code: error.code ?? '', startedAt: performance.now() },
  });
};
