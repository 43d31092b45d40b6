import { join, sep } from 'node:path';
import { algorithmOf, type Digest, hexOf } from '../grammar.ts';

/** `join` without its search for `..`, which costs more than reading a remembered file; the grammar allows none. */
const path = (...parts: string[]): string => parts.join(sep);

/**
 * Where things lie: the on-disk layout of CNCF Distribution (its storage/paths.go), so that both can serve the same
 * folder. What Distribution cannot express lies in `_mooring` beside `_manifests`, and in `_mooring` at the root.
 */
export const createLayout = (root: string) => {
  const base = join(root, 'docker', 'registry', 'v2');
  const repositories = join(base, 'repositories');
  const repository = (name: string) => path(repositories, sep === '/' ? name : name.replaceAll('/', sep));
  const digestPath = (digest: Digest) => path(algorithmOf(digest), hexOf(digest));
  const tags = (name: string) => path(repository(name), '_manifests', 'tags');
  const revision = (name: string, digest: Digest) =>
    path(repository(name), '_manifests', 'revisions', digestPath(digest));
  const uploads = (name: string) => path(repository(name), '_mooring', 'uploads');
  return {
    root,
    staging: path(root, '_mooring', 'staging'),
    quarantine: path(root, '_mooring', 'quarantine'),
    blobs: path(base, 'blobs'),
    repositories,
    repository,
    blob: (digest: Digest) =>
      path(base, 'blobs', algorithmOf(digest), hexOf(digest).slice(0, 2), hexOf(digest), 'data'),
    layers: (name: string) => path(repository(name), '_layers'),
    layerLink: (name: string, digest: Digest) =>
      path(repository(name), '_layers', digestPath(digest), 'link'),
    manifests: (name: string) => path(repository(name), '_manifests'),
    revisions: (name: string) => path(repository(name), '_manifests', 'revisions'),
    revision,
    revisionLink: (name: string, digest: Digest) => path(revision(name, digest), 'link'),
    tags,
    tag: (name: string, tag: string) => path(tags(name), tag),
    /** Sessions, a file each, named by its id. */
    uploads,
    upload: (name: string, id: string) => path(uploads(name), id),
    /** Sessions of Distribution, a folder each. */
    foreignUploads: (name: string) => path(repository(name), '_uploads'),
    mediaType: (name: string, digest: Digest) =>
      path(repository(name), '_mooring', 'types', digestPath(digest)),
    referrers: (name: string, subject: Digest) =>
      path(repository(name), '_mooring', 'referrers', digestPath(subject)),
    referrer: (name: string, subject: Digest, digest: Digest) =>
      path(
        repository(name),
        '_mooring',
        'referrers',
        digestPath(subject),
        `${algorithmOf(digest)}-${hexOf(digest)}`,
      ),
  };
};

export type Layout = ReturnType<typeof createLayout>;

/** Paths inside a folder of a tag; the folder moves as a whole when a tag appears or goes. */
export const tagCurrent = (tagFolder: string): string => path(tagFolder, 'current', 'link');
export const tagIndex = (tagFolder: string, digest: Digest): string =>
  path(tagFolder, 'index', algorithmOf(digest), hexOf(digest), 'link');
