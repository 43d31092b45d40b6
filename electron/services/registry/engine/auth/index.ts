import type { EngineRules, EngineUser } from '../../messages.ts';
import type { Call } from '../http/call.ts';
import { Refusal } from '../refusal.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { type Caller, grantable, isGranted } from './policy.ts';
import { realmFor } from './realm.ts';
import { covers, formatScopes, repositoryScope, type Scope } from './scopes.ts';
import { createTokens, service, type Tokens } from './tokens.ts';

/** What came with a request: who, and for tokens what they were made for. */
export interface Identity extends Caller {
  how: 'none' | 'basic' | 'bearer';
  access: Scope[];
}

export interface Auth {
  tokens: Tokens;
  /** @throws Refusal `unauthorized`, `too-many-requests` */
  identify(call: Call, scopes: Scope[]): Promise<Identity>;
  /** @throws Refusal `unauthorized` with a challenge, `denied` */
  require(call: Call, identity: Identity, scopes: Scope[]): void;
  /** Whether the policy lets someone read a repository, whatever a token was made for. */
  mayPull(caller: Caller, name: string): boolean;
  /** Login by name and password. @throws as `Passwords.check` */
  login: Passwords['check'];
  /** A token with what the caller may have of the wanted scopes. */
  issue(caller: Caller, wanted: Scope[]): string;
  setRules(rules: EngineRules): void;
  setUsers(users: EngineUser[]): void;
}

type ChallengeError = 'invalid_token' | 'insufficient_scope';

/** Name and password of an `Authorization: Basic`, null when it is malformed. */
export const parseBasic = (header: string): { user: string; password: string } | null => {
  const match = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(header);
  const text = match?.[1] ? Buffer.from(match[1], 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
};

export const createAuth = (options: { key: Buffer; rules: EngineRules; users: EngineUser[] }): Auth => {
  let rules = options.rules;
  let certNames = new Set(rules.certNames);
  const tokens = createTokens(options.key);
  const passwords = createPasswords();
  passwords.setUsers(options.users);

  const challenge = (call: Call, scopes: Scope[], error?: ChallengeError): Record<string, string> => {
    if (rules.challenge === 'basic') return { 'WWW-Authenticate': 'Basic realm="Mooring registry"' };
    const parts = [`realm="${realmFor(call.host, certNames, rules.canonicalHost)}"`, `service="${service}"`];
    if (scopes.length > 0) parts.push(`scope="${formatScopes(scopes)}"`);
    if (error) parts.push(`error="${error}"`);
    return { 'WWW-Authenticate': `Bearer ${parts.join(',')}` };
  };

  const fromToken = (call: Call, scopes: Scope[], token: string): Identity => {
    const claims = tokens.verify(token);
    const isCurrent = claims && (claims.sub === '' || passwords.generation(claims.sub) === claims.gen);
    if (!isCurrent) throw new Refusal('unauthorized', {}, challenge(call, scopes, 'invalid_token'));
    return { how: 'bearer', user: claims.sub === '' ? null : claims.sub, access: claims.access };
  };

  const identify = async (call: Call, scopes: Scope[]): Promise<Identity> => {
    const header = call.request.headers.authorization;
    if (header === undefined) return { how: 'none', user: null, access: [] };
    const bearer = /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header);
    if (bearer?.[1]) return fromToken(call, scopes, bearer[1]);
    const login = parseBasic(header);
    if (!login) throw new Refusal('unauthorized', {}, challenge(call, scopes));
    try {
      const { user } = await passwords.check(login, call.remote);
      return { how: 'basic', user, access: [] };
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'unauthorized') throw error;
      throw new Refusal('unauthorized', {}, challenge(call, scopes));
    }
  };

  return {
    tokens,
    identify,
    require(call, identity, scopes) {
      const isAllowed = scopes.every((scope) => isGranted(identity, rules.pull, scope));
      if (!isAllowed && identity.user !== null) throw new Refusal('denied');
      const isCovered = identity.how !== 'bearer' || scopes.every((scope) => covers(identity.access, scope));
      // The base end-point tells clients how to log in, so it never answers someone who brought nothing.
      const isPing = scopes.length === 0 && identity.how === 'none';
      if (isAllowed && isCovered && !isPing) return;
      const error = identity.how === 'bearer' ? 'insufficient_scope' : undefined;
      throw new Refusal('unauthorized', {}, challenge(call, scopes, error));
    },
    mayPull: (caller, name) => isGranted(caller, rules.pull, repositoryScope(name, 'pull')),
    login: passwords.check,
    issue(caller, wanted) {
      const access = wanted
        .map((scope) => ({ ...scope, actions: grantable(caller, rules.pull, scope) }))
        .filter((scope) => scope.actions.length > 0);
      const generation = caller.user === null ? '' : (passwords.generation(caller.user) ?? '');
      return tokens.sign({ user: caller.user, generation }, access);
    },
    setRules(next) {
      rules = next;
      certNames = new Set(next.certNames);
    },
    setUsers: passwords.setUsers,
  };
};
