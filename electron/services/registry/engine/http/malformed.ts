import type { Duplex } from 'node:stream';

const statusOf: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Whether an answer is under way on this connection; anything written now would become part of its body. */
const isAnswering = (socket: Duplex): boolean =>
  (socket as { _httpMessage?: { headersSent?: boolean } })._httpMessage?.headersSent === true;

/** Answers what is no HTTP request in the form of the specification, and ends the connection. */
export const answerMalformed = (error: Error & { code?: string }, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message: 'not a request' }] });
  const lines = [
    `HTTP/1.1 ${statusOf[error.code ?? ''] ?? '400 Bad Request'}`,
    'Docker-Distribution-Api-Version: registry/2.0',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
