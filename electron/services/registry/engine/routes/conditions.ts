import type { IncomingMessage } from 'node:http';
import type { Digest } from '../grammar.ts';

/** Content never changes under its digest, so the digest is a strong validator. */
export const etagOf = (digest: Digest): string => `"${digest}"`;

/** `If-None-Match`: the client holds this content already (RFC 9110 section 13.1.2, weak comparison). */
export const isHeldByClient = ({ headers }: IncomingMessage, digest: Digest): boolean =>
  (headers['if-none-match'] ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === etagOf(digest));

/** `If-Range` with another ETag, or a date, asks for the whole (RFC 9110 section 13.1.5). */
export const wantedRange = ({ headers }: IncomingMessage, digest: Digest): string | undefined => {
  const condition = headers['if-range'];
  return condition === undefined || condition === etagOf(digest) ? headers.range : undefined;
};
