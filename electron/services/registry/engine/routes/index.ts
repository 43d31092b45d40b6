import { type Identity, parseBasic } from '../auth/index.ts';
import { type Call, callFrom } from '../http/call.ts';
import { replyError } from '../http/errors.ts';
import { nameAnswer } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';
import { baseRoutes, catalogRoutes } from './base.ts';
import { blobRoutes } from './blobs.ts';
import { type Context, eventOf, type Route, type Routes } from './context.ts';
import { manifestRoutes } from './manifests.ts';
import { referrerRoutes } from './referrers.ts';
import { type Target, targetOf } from './routing.ts';
import { tagRoutes } from './tags.ts';
import { tokenRoutes } from './token.ts';
import { sessionRoutes, startRoutes } from './uploads.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

const routesOf = (target: Target, query: URLSearchParams): Routes => {
  switch (target.kind) {
    case 'base':
      return baseRoutes;
    case 'catalog':
      return catalogRoutes;
    case 'token':
      return tokenRoutes;
    case 'tags':
      return tagRoutes(target.name);
    case 'manifest':
      return manifestRoutes(target.name, target.reference);
    case 'blob':
      return blobRoutes(target.name, target.digest);
    case 'uploads':
      return startRoutes(target.name, query);
    case 'upload':
      return sessionRoutes(target.name, target.id, query);
    case 'referrers':
      return referrerRoutes(target.name, target.digest);
  }
};

const anonymous: Identity = { how: 'none', user: null, access: [] };

/** Who calls, once that one may do what the route needs; refusals of someone who named a user are told. */
const authorize = async (
  context: Context,
  call: Call,
  route: Route,
  repository: string,
): Promise<Identity> => {
  const login = parseBasic(call.request.headers.authorization ?? '');
  let identity: Identity = { ...anonymous, user: login?.user.slice(0, 100) ?? null };
  try {
    identity = await context.auth.identify(call, route.scopes);
    context.auth.require(call, identity, route.scopes);
    return identity;
  } catch (error) {
    const kind = error instanceof Refusal ? error.kind : null;
    // A token that lacks a scope is asked for again by the client: nobody was refused yet.
    if (kind === 'denied' || (kind === 'unauthorized' && login)) {
      context.report(eventOf(call, identity, 'denied', { repository, reference: '', digest: null }));
    }
    throw error;
  }
};

const run = async (context: Context, call: Call): Promise<void> => {
  const target = targetOf(call.path);
  const routes = routesOf(target, call.query);
  const route = routes[call.method] ?? (call.method === 'HEAD' ? routes.GET : undefined);
  if (!route) throw new Refusal('method-unknown', {}, { Allow: Object.keys(routes).join(', ') });
  if (target.kind === 'token') return route.run(context, call, anonymous);
  const identity = await authorize(context, call, route, 'name' in target ? target.name : '');
  return route.run(context, call, identity);
};

/** Answers one request. Never rejects: what cannot be answered any more ends the connection. */
export const answer = async (
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { requests, pace } = context;
  const startedAt = performance.now();
  const requestId = requests.nextId();
  nameAnswer(response, requestId);
  try {
    await run(context, callFrom(request, response, { id: requestId, pace }));
  } catch (error) {
    const failed = { requestId, request, startedAt };
    const isGone = (request.destroyed && !request.complete) || response.destroyed || request.socket.destroyed;
    if (isGone || response.headersSent) {
      response.destroy();
      if (!isGone) requests.failed({ ...failed, status: 0, code: 'CUT', error });
      return;
    }
    const sent = replyError(response, error, requestId);
    // Someone who stopped reading half-way leaves the rest to be thrown away, or the connection hangs.
    if (!request.complete) request.resume();
    requests.failed({ ...failed, ...sent, ...(sent.status === 500 && { error }) });
  }
};
