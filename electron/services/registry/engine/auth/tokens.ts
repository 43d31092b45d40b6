import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Scope } from './scopes.ts';

export const service = 'mooring-registry';
/** Seconds a token lives; clients ask again by themselves. */
export const tokenLife = 300;

const claims = z.object({
  aud: z.literal(service),
  /** Empty for someone without a login. */
  sub: z.string(),
  /** Changes with the user's password, so that a new password ends old tokens. */
  gen: z.string(),
  exp: z.number(),
  access: z.array(
    z.object({
      type: z.enum(['repository', 'registry']),
      name: z.string(),
      actions: z.array(z.enum(['pull', 'push', 'delete', '*'])),
    }),
  ),
});
export type Claims = z.infer<typeof claims>;

export interface Tokens {
  /** @returns a JWT (RFC 7519), signed with HS256: issuer and verifier are the same process */
  sign(subject: { user: string | null; generation: string }, access: Scope[]): string;
  /** Null when it was not made here, was changed, or has expired. */
  verify(token: string): Claims | null;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = encode({ alg: 'HS256', typ: 'JWT' });

/** @param now milliseconds since the epoch */
export const createTokens = (key: Buffer, now: () => number = Date.now): Tokens => {
  const mac = (text: string) => createHmac('sha256', key).update(text).digest();
  /** Tokens already verified; pulls repeat the same one for every layer. */
  const verified = new Map<string, Claims>();

  const read = (token: string): Claims | null => {
    const [head, body = '', signature = ''] = token.split('.');
    if (head !== header || token.length > 16_384) return null;
    const expected = mac(`${head}.${body}`);
    const found = Buffer.from(signature, 'base64url');
    if (found.length !== expected.length || !timingSafeEqual(found, expected)) return null;
    const parsed = claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : null;
  };

  return {
    sign(subject, access) {
      const seconds = Math.floor(now() / 1000);
      const body = encode({
        iss: service,
        aud: service,
        sub: subject.user ?? '',
        gen: subject.generation,
        iat: seconds,
        nbf: seconds,
        exp: seconds + tokenLife,
        access,
      } satisfies Claims & Record<string, unknown>);
      return `${header}.${body}.${mac(`${header}.${body}`).toString('base64url')}`;
    },
    verify(token) {
      const found = verified.get(token) ?? read(token);
      if (!found) return null;
      if (found.exp * 1000 <= now()) {
        verified.delete(token);
        return null;
      }
      if (!verified.has(token)) {
        if (verified.size >= 2000) verified.clear();
        verified.set(token, found);
      }
      return found;
    },
  };
};
