import { X509Certificate } from 'node:crypto';

/** IPv6 addresses in their shortest form (RFC 5952), names in lower case. */
const canonical = (name: string): string =>
  name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase();

/**
 * The names and addresses a certificate vouches for.
 * @param pem the leaf first
 * @throws Error when it is not a certificate
 */
export const certNames = (pem: string): string[] =>
  (new X509Certificate(pem).subjectAltName ?? '')
    .split(', ')
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined)
    .map(canonical);
