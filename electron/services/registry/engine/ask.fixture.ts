import { Agent as HttpAgent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  json<T = Record<string, unknown>>(): T;
  /** Code of the first error in an OCI error body. */
  code(): string;
  /** Every line of a header, as sent. */
  lines(header: string): string[];
}

export interface Question {
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export type Send = (method: string, path: string, question?: Question) => Promise<Answer>;

/**
 * A client of one server on loopback.
 * @param ca trusted over TLS; null speaks plain HTTP
 */
export const createSend = (port: number, ca: string | null): { send: Send; close(): void } => {
  const secure = ca === null ? null : new HttpsAgent({ ca, keepAlive: true, servername: 'localhost' });
  const agent = secure ?? new HttpAgent({ keepAlive: true });
  const open = secure ? httpsRequest : httpRequest;

  const send: Send = (method, path, { headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = open({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          const json = <T>() => JSON.parse(bytes.toString('utf8')) as T;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: bytes,
            json,
            code: () => json<{ errors: { code: string }[] }>().errors[0]?.code ?? '',
            lines: (header) => response.headersDistinct[header] ?? [],
          });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
};
