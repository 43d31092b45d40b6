import type { PullPolicy } from '#shared/model/registry.ts';
import type { Action, Scope } from './scopes.ts';

/** Who asks: a known user, or null for someone without a login. */
export interface Caller {
  user: string | null;
}

const probe = 'mooring/probe';
/** Repositories that the app alone writes: trust proofs and the greeting must be what the app made them. */
const isReserved = (name: string): boolean => name === 'mooring' || name.startsWith('mooring/');

const mayRepository = (caller: Caller, pull: PullPolicy, name: string, action: Action): boolean => {
  if (action === 'pull') return name === probe || pull === 'anyone' || caller.user !== null;
  return !isReserved(name) && caller.user !== null;
};

/** The actions of a scope that the caller may do; what a token is made of. */
export const grantable = (caller: Caller, pull: PullPolicy, scope: Scope): Action[] => {
  if (scope.type === 'registry') return pull === 'anyone' || caller.user !== null ? scope.actions : [];
  const all: Action[] = ['pull', 'push', 'delete'];
  const wanted = scope.actions.includes('*') ? all : scope.actions;
  return wanted.filter((action) => mayRepository(caller, pull, scope.name, action));
};

/** True when the caller may do all that the scope names. */
export const isGranted = (caller: Caller, pull: PullPolicy, scope: Scope): boolean =>
  scope.actions.every((action) => grantable(caller, pull, { ...scope, actions: [action] }).length > 0);
