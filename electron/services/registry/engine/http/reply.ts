import type { ServerResponse } from 'node:http';

export type Headers = Record<string, string | number | string[]>;

interface Named extends ServerResponse {
  requestId?: string;
}

/** Gives an answer the id of its request. */
export const nameAnswer = (response: Named, requestId: string): void => {
  response.requestId = requestId;
};

/**
 * Begins an answer, with the headers that each has. All go out in one call: those set one by one before cost more than
 * half as much again.
 */
export const beginAnswer = (response: Named, status: number, headers: Headers): void => {
  response.writeHead(status, {
    'Docker-Distribution-Api-Version': 'registry/2.0',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': response.requestId,
    ...headers,
  });
};

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
  beginAnswer(response, status, hasNoLength ? headers : { 'Content-Length': bytes.length, ...headers });
  response.end(isHead || hasNoLength ? undefined : bytes);
};

export const replyJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Headers = {},
): void => reply(response, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(value));
