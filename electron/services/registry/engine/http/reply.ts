import type { ServerResponse } from 'node:http';

export type Headers = Record<string, string | number | string[]>;

/** Sends a whole answer; `Content-Length` is that of the body unless given (HEAD). */
export const reply = (
  response: ServerResponse,
  status: number,
  headers: Headers = {},
  body: Buffer | string = '',
): void => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const isHead = response.req.method === 'HEAD';
  const hasNoLength = status === 204 || status === 304;
  response.writeHead(status, hasNoLength ? headers : { 'Content-Length': bytes.length, ...headers });
  response.end(isHead || hasNoLength ? undefined : bytes);
};

export const replyJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Headers = {},
): void => reply(response, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(value));
