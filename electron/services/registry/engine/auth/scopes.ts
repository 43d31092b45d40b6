import { isName } from '../grammar.ts';

export type Action = 'pull' | 'push' | 'delete' | '*';

/** One thing someone wants to do: a class, a name, actions (Distribution's token scope grammar). */
export interface Scope {
  type: 'repository' | 'registry';
  name: string;
  actions: Action[];
}

const actions = new Set<string>(['pull', 'push', 'delete', '*']);

export const repositoryScope = (name: string, ...wanted: Action[]): Scope => ({
  type: 'repository',
  name,
  actions: wanted,
});
export const catalogScope: Scope = { type: 'registry', name: 'catalog', actions: ['*'] };

const parseScope = (text: string): Scope | null => {
  // A class such as `repository(plugin)` may appear; a name never holds a colon, a host with port may precede it.
  const match = /^(repository|registry)(?:\([a-z0-9]+\))?:(.+):([a-z,*]+)$/.exec(text);
  if (!match) return null;
  const [, type, name = '', list = ''] = match;
  const wanted = list.split(',').filter((action): action is Action => actions.has(action));
  if (wanted.length === 0) return null;
  if (type === 'registry') return name === 'catalog' ? { type, name, actions: wanted } : null;
  return isName(name) ? { type: 'repository', name, actions: wanted } : null;
};

/** Scopes come as repeated parameters and as one space-separated value; what makes no sense is left out. */
export const parseScopes = (values: string[]): Scope[] =>
  values
    .flatMap((value) => value.split(' '))
    .filter((text) => text !== '')
    .slice(0, 100)
    .map(parseScope)
    .filter((scope) => scope !== null);

export const formatScopes = (scopes: Scope[]): string =>
  scopes.map((scope) => `${scope.type}:${scope.name}:${scope.actions.join(',')}`).join(' ');

/** True when `granted` holds every action of `wanted`. */
export const covers = (granted: Scope[], wanted: Scope): boolean =>
  wanted.actions.every((action) =>
    granted.some(
      (scope) =>
        scope.type === wanted.type &&
        scope.name === wanted.name &&
        (scope.actions.includes(action) || scope.actions.includes('*')),
    ),
  );
