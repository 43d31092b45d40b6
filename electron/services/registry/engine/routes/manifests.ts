import type { Identity } from '../auth/index.ts';
import { repositoryScope } from '../auth/scopes.ts';
import { type Digest, isDigest, isTag } from '../grammar.ts';
import { type Call, readBody } from '../http/call.ts';
import { type Headers, reply } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';
import type { StoredManifest } from '../storage/manifests.ts';
import { etagOf, isHeldByClient } from './conditions.ts';
import { type Context, eventOf, type Routes } from './context.ts';

/** Docker and the specification's suite push manifests of up to 4 MiB. */
const maxManifest = 4 * 1024 * 1024;

const find = async (
  { storage, probes }: Context,
  name: string,
  reference: string,
): Promise<StoredManifest> => {
  if (reference.includes(':') && !isDigest(reference)) throw new Refusal('digest-invalid');
  const probe = probes.find(name, reference);
  if (probe) return probe;
  const digest = await storage.manifests.resolve(name, reference);
  if (digest === null) throw new Refusal('manifest-unknown', { name, reference });
  return storage.manifests.get(name, digest);
};

const send = async (context: Context, call: Call, identity: Identity, name: string, reference: string) => {
  const manifest = await find(context, name, reference);
  const { digest, mediaType, bytes } = manifest;
  const headers: Headers = { 'Docker-Content-Digest': digest, ETag: etagOf(digest) };
  const event = eventOf(call, identity, 'pull', { repository: name, reference, digest });
  context.probes.saw({ ...event, name, method: call.method });
  context.pulls.saw(manifest, call.method, event);
  if (isHeldByClient(call.request, digest)) return reply(call.response, 304, headers);
  return reply(call.response, 200, { ...headers, 'Content-Type': mediaType }, bytes);
};

/** Media type as pushed, without parameters. */
const declaredType = (call: Call): string | null =>
  call.request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() || null;

const referenceOf = (reference: string, query: URLSearchParams): { digest?: Digest; tags: string[] } => {
  if (isDigest(reference)) {
    const tags = [...new Set(query.getAll('tag'))];
    if (!tags.every(isTag)) throw new Refusal('tag-invalid');
    return { digest: reference, tags };
  }
  if (reference.includes(':')) throw new Refusal('digest-invalid');
  if (!isTag(reference)) throw new Refusal('tag-invalid');
  return { tags: [reference] };
};

/** Clients show it (specification, "Warnings"); a sparse manifest is accepted, but seldom meant. */
const warningOf = (missing: Digest[]): string => {
  const [first] = missing;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return `299 - "this repository does not hold ${first}${others} of this manifest"`;
};

const store = async (context: Context, call: Call, identity: Identity, name: string, reference: string) => {
  const { digest: wanted, tags } = referenceOf(reference, call.query);
  const bytes = await readBody(call, maxManifest, new Refusal('manifest-too-large'));
  const { digest, manifest, missing } = await context.storage.manifests.put(name, {
    bytes,
    declared: declaredType(call),
    tags,
    ...(wanted ? { digest: wanted } : {}),
  });
  // What comes by digest alone is usually part of an index that follows; an artifact with a subject stands for itself.
  const isNews = tags.length > 0 || manifest.subject !== null;
  if (isNews) context.report(eventOf(call, identity, 'push', { repository: name, reference, digest }));
  reply(call.response, 201, {
    Location: `/v2/${name}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(manifest.subject ? { 'OCI-Subject': manifest.subject } : {}),
    // A line for each: clients compare whole lines.
    ...(wanted && tags.length > 0 ? { 'OCI-Tag': tags } : {}),
    ...(missing.length > 0 ? { Warning: warningOf(missing) } : {}),
  });
};

/** `/v2/<name>/manifests/<reference>` */
export const manifestRoutes = (name: string, reference: string): Routes => {
  const read = {
    scopes: [repositoryScope(name, 'pull')],
    run: (context: Context, call: Call, identity: Identity) => send(context, call, identity, name, reference),
  };
  return {
    GET: read,
    HEAD: read,
    PUT: {
      scopes: [repositoryScope(name, 'pull', 'push')],
      run: (context, call, identity) => store(context, call, identity, name, reference),
    },
    DELETE: {
      scopes: [repositoryScope(name, 'delete')],
      async run({ storage, report }, call, identity) {
        const digest = await storage.manifests.resolve(name, reference);
        if (digest === null) throw new Refusal('manifest-unknown', { name, reference });
        if (isDigest(reference)) await storage.manifests.remove(name, digest);
        else await storage.manifests.removeTag(name, reference);
        report(eventOf(call, identity, 'delete', { repository: name, reference, digest }));
        reply(call.response, 202);
      },
    },
  };
};
