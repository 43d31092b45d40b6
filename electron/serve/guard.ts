import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is turned away; `null` stands for "come in". */
export type Refusal = 'host' | 'origin' | 'session' | 'token';

/** What is needed to tell our own page and our own command line from everyone else on this computer. */
export interface Guard {
  /** Host, and Origin where there is one, must be exactly ours: a page that rebinds its DNS name has another one. */
  checkAddress(headers: IncomingHttpHeaders): Refusal | null;
  /** A page needs our cookie. */
  checkPage(headers: IncomingHttpHeaders): Refusal | null;
  /** A WebSocket needs our cookie together with our Origin, or the endpoint token as a bearer. */
  checkSocket(headers: IncomingHttpHeaders): Refusal | null;
  /** The Set-Cookie header of a new session. */
  openSession(): string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Compares in a time that tells neither length nor content. */
const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

const readCookie = (header: string | undefined, name: string): string | null => {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value ?? '';
  }
  return null;
};

/**
 * @param instance names the cookie: browsers share cookies between the ports of 127.0.0.1
 * @param port our own port, as it stands in Host and Origin
 * @param endpointToken what a command line shows that read the endpoint file
 */
export const createGuard = (options: { instance: string; port: number; endpointToken: string }): Guard => {
  const { instance, port, endpointToken } = options;
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  const cookieName = `mooring-${instance}`;
  const sessions = new Set<string>();

  const hasSession = (headers: IncomingHttpHeaders): boolean => {
    const value = readCookie(headers.cookie, cookieName);
    return value !== null && sessions.has(digest(value).toString('hex'));
  };

  const checkAddress: Guard['checkAddress'] = (headers) => {
    if (headers.host !== host) return 'host';
    return headers.origin === undefined || headers.origin === origin ? null : 'origin';
  };

  return {
    checkAddress,
    checkPage: (headers) => checkAddress(headers) ?? (hasSession(headers) ? null : 'session'),
    checkSocket(headers) {
      const refusal = checkAddress(headers);
      if (refusal) return refusal;
      const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
      if (bearer !== undefined) return isSame(bearer, endpointToken) ? null : 'token';
      if (headers.origin === undefined) return 'origin';
      return hasSession(headers) ? null : 'session';
    },
    openSession() {
      const value = randomBytes(32).toString('base64url');
      sessions.add(digest(value).toString('hex'));
      return `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict`;
    },
  };
};
