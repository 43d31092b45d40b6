import { isDigest, isName } from '../grammar.ts';
import { Refusal } from '../refusal.ts';

/** What a path of the distribution API names. */
export type Target =
  | { kind: 'base' }
  | { kind: 'catalog' }
  | { kind: 'token' }
  | { kind: 'tags'; name: string }
  | { kind: 'manifest'; name: string; reference: string }
  | { kind: 'blob'; name: string; digest: string }
  | { kind: 'uploads'; name: string }
  | { kind: 'upload'; name: string; id: string }
  | { kind: 'referrers'; name: string; digest: string };

/** Read from the end, because a repository may be called `a/blobs/uploads`. */
const patterns: [RegExp, (name: string, last: string) => Target][] = [
  [/^(.+)\/tags\/list$/, (name) => ({ kind: 'tags', name })],
  [/^(.+)\/manifests\/([^/]+)$/, (name, reference) => ({ kind: 'manifest', name, reference })],
  [/^(.+)\/blobs\/uploads\/?$/, (name) => ({ kind: 'uploads', name })],
  [/^(.+)\/blobs\/uploads\/([^/]+)$/, (name, id) => ({ kind: 'upload', name, id })],
  [/^(.+)\/blobs\/([^/]+)$/, (name, digest) => ({ kind: 'blob', name, digest })],
  [/^(.+)\/referrers\/([^/]+)$/, (name, digest) => ({ kind: 'referrers', name, digest })],
];

/**
 * @param path percent-decoded
 * @throws Refusal `path-unknown`, `name-invalid`
 */
export const targetOf = (path: string): Target => {
  if (path === '/v2/' || path === '/v2') return { kind: 'base' };
  if (path === '/token') return { kind: 'token' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  if (!path.startsWith('/v2/') || path.length > 2000) throw new Refusal('path-unknown');
  const rest = path.slice('/v2/'.length);
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(rest);
    if (!match) continue;
    const [, name = '', last = ''] = match;
    if (!isName(name)) throw new Refusal('name-invalid');
    return make(name, last);
  }
  throw new Refusal('path-unknown');
};

/** @throws Refusal `digest-invalid` */
export const requireDigest = (text: string) => {
  if (!isDigest(text)) throw new Refusal('digest-invalid');
  return text;
};
