import type { Auth, Identity } from '../auth/index.ts';
import type { Scope } from '../auth/scopes.ts';
import type { Call } from '../http/call.ts';
import type { Pace } from '../http/pace.ts';
import type { RequestLog } from '../http/request-log.ts';
import type { Probes } from '../probes.ts';
import type { Pulls } from '../pulls.ts';
import type { EngineEvent } from '../../messages.ts';
import type { Storage } from '../storage/index.ts';

/** What every route can use. */
export interface Context {
  storage: Storage;
  auth: Auth;
  probes: Probes;
  pulls: Pulls;
  /** How fast bodies must come. */
  pace: Pace;
  requests: RequestLog;
  /** Tells the supervisor what happened. */
  report(event: EngineEvent): void;
}

/** One method of one end-point: what it needs, and what it does once that is granted. */
export interface Route {
  scopes: Scope[];
  run(context: Context, call: Call, identity: Identity): Promise<void>;
}

export type Routes = { [method: string]: Route };

/** The event of a call that did something to a repository. */
export const eventOf = (
  call: Call,
  identity: Identity,
  action: EngineEvent['action'],
  what: { repository: string; reference: string; digest: string | null },
): EngineEvent => ({
  at: new Date().toISOString(),
  action,
  ...what,
  remote: call.remote,
  host: call.host,
  user: identity.user,
  agent: call.agent,
  requestId: call.id,
});
