import type { PermittedNames } from '#shared/model/pki.ts';

/** True when a DNS name lies in one of the subtrees (RFC 5280: a subtree holds the name itself and everything under it). */
export const isNamePermitted = (name: string, permitted: Pick<PermittedNames, 'dns'> | null): boolean =>
  permitted === null || permitted.dns.some((tree) => isUnder(name, tree));

/** `*` is any name; a leading dot, as some CAs write it, means names below only. */
const isUnder = (name: string, tree: string): boolean =>
  tree === '*' || (tree.startsWith('.') ? name.endsWith(tree) : name === tree || name.endsWith(`.${tree}`));

/** The names the CA may not vouch for; none when the CA is not limited. */
export const namesOutside = (names: string[], permitted: Pick<PermittedNames, 'dns'> | null): string[] =>
  names.filter((name) => !isNamePermitted(name, permitted));
