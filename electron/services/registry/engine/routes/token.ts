import { parseBasic } from '../auth/index.ts';
import type { Caller } from '../auth/policy.ts';
import { parseScopes } from '../auth/scopes.ts';
import { tokenLife } from '../auth/tokens.ts';
import { type Call, readBody } from '../http/call.ts';
import { replyJson } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';
import { type Context, eventOf, type Routes } from './context.ts';

const maxForm = 16 * 1024;

const login = async (
  context: Context,
  call: Call,
  given: { user: string; password: string },
): Promise<Caller> => {
  const event = { repository: '', reference: '', digest: null };
  const seen = { how: 'basic' as const, access: [], user: given.user.slice(0, 100) };
  try {
    const { user, isFresh } = await context.auth.login(given, call.remote);
    if (isFresh) context.report(eventOf(call, { ...seen, user }, 'login', event));
    return { user };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'unauthorized') throw error;
    context.report(eventOf(call, seen, 'denied', event));
    throw new Refusal('unauthorized', {}, { 'WWW-Authenticate': 'Basic realm="Mooring registry"' });
  }
};

const answer = (context: Context, call: Call, caller: Caller, scopes: string[]): void => {
  const token = context.auth.issue(caller, parseScopes(scopes));
  replyJson(
    call.response,
    200,
    { token, access_token: token, expires_in: tokenLife, issued_at: new Date().toISOString() },
    { 'Cache-Control': 'no-store' },
  );
};

/** The token end-point (Distribution, "Token Authentication Specification" and its OAuth2 form). */
export const tokenRoutes: Routes = {
  GET: {
    scopes: [],
    async run(context, call) {
      const header = call.request.headers.authorization;
      const given = header === undefined ? null : parseBasic(header);
      if (header !== undefined && !given) {
        throw new Refusal('unauthorized', {}, { 'WWW-Authenticate': 'Basic realm="Mooring registry"' });
      }
      const caller = given ? await login(context, call, given) : { user: null };
      answer(context, call, caller, call.query.getAll('scope'));
    },
  },
  POST: {
    scopes: [],
    async run(context, call) {
      const body = await readBody(call, maxForm, new Refusal('size-invalid'));
      const form = new URLSearchParams(body.toString('utf8'));
      // Refresh tokens are never handed out; clients fall back to GET with the password they hold.
      if (form.get('grant_type') !== 'password') throw new Refusal('unsupported', { supported: 'password' });
      const given = { user: form.get('username') ?? '', password: form.get('password') ?? '' };
      answer(context, call, await login(context, call, given), form.getAll('scope'));
    },
  },
};
