import type { ServerResponse } from 'node:http';
import type { Identity } from '../auth/index.ts';
import { repositoryScope } from '../auth/scopes.ts';
import { type Digest, isAlgorithm, isDigest, isName } from '../grammar.ts';
import { bodyOf, type Call } from '../http/call.ts';
import { reply } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';
import type { Storage } from '../storage/index.ts';
import type { UploadBody } from '../storage/uploads.ts';
import type { Context, Routes } from './context.ts';
import { parseContentRange } from './ranges.ts';
import { requireDigest } from './routing.ts';

/** State of a session; clients read `Range` as "last byte received", `0-0` also when nothing came yet. */
const replySession = (response: ServerResponse, status: number, name: string, id: string, size: number) =>
  reply(response, status, {
    Location: `/v2/${name}/blobs/uploads/${id}`,
    Range: `0-${Math.max(0, size - 1)}`,
    'Docker-Upload-UUID': id,
  });

const replyBlob = (response: ServerResponse, name: string, digest: Digest) =>
  reply(response, 201, { Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest });

/** The body, and where the client says it begins. @throws Refusal `size-invalid` */
const bodyFrom = (call: Call): UploadBody => {
  const { request } = call;
  const range = parseContentRange(request.headers['content-range']);
  const length = request.headers['content-length'];
  if (range && length !== undefined && Number(length) !== range.end - range.start + 1) {
    throw new Refusal('size-invalid');
  }
  return { bytes: bodyOf(call), start: range?.start };
};

/** A body that begins elsewhere is told where the session stands. */
const withPlace = async <T>(name: string, id: string, work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.kind !== 'range-invalid') throw error;
    const received = Number(error.detail.received ?? 0);
    throw new Refusal('range-invalid', error.detail, {
      Location: `/v2/${name}/blobs/uploads/${id}`,
      Range: `0-${Math.max(0, received - 1)}`,
    });
  });

const uploadWhole = async (storage: Storage, call: Call, name: string, digest: Digest): Promise<void> => {
  const id = await storage.uploads.start(name, digest.startsWith('sha512') ? 'sha512' : 'sha256');
  try {
    await storage.uploads.finish(name, id, digest, { bytes: bodyOf(call) });
  } catch (error) {
    await storage.uploads.cancel(name, id).catch(() => undefined);
    throw error;
  }
};

/** A mount that can be tried, `from` null to search; anything else becomes an ordinary session. */
const mountOf = (query: URLSearchParams): { digest: Digest; from: string | null } | null => {
  const digest = query.get('mount') ?? '';
  const from = query.get('from');
  return isDigest(digest) && (from === null || isName(from)) ? { digest, from } : null;
};

const isHeldBy = async ({ storage }: Context, name: string, digest: Digest): Promise<boolean> =>
  (await storage.blobs.size(name, digest)) !== null;

/** Whether a repository holds the blob that the caller may read: that named, or any when none is. */
const canMount = async (
  context: Context,
  identity: Identity,
  { digest, from }: { digest: Digest; from: string | null },
): Promise<boolean> => {
  if (from !== null) return isHeldBy(context, from, digest);
  for (const name of await context.storage.repositories()) {
    if (context.auth.mayPull(identity, name) && (await isHeldBy(context, name, digest))) return true;
  }
  return false;
};

/** `POST /v2/<name>/blobs/uploads/` */
export const startRoutes = (name: string, query: URLSearchParams): Routes => {
  const mount = mountOf(query);
  const own = repositoryScope(name, 'pull', 'push');
  const from = mount?.from ?? null;
  return {
    POST: {
      // The challenge names both repositories, because clients ask for no more than it says.
      scopes: from === null ? [own] : [own, repositoryScope(from, 'pull')],
      async run(context, call, identity) {
        const { storage } = context;
        const { response } = call;
        const isMounted =
          mount &&
          (await canMount(context, identity, mount)) &&
          (await storage.blobs.link(name, mount.digest));
        if (isMounted) {
          return replyBlob(response, name, mount.digest);
        }
        const digest = query.get('digest');
        if (digest !== null) {
          await uploadWhole(storage, call, name, requireDigest(digest));
          return replyBlob(response, name, requireDigest(digest));
        }
        const algorithm = query.get('digest-algorithm') ?? 'sha256';
        if (!isAlgorithm(algorithm)) throw new Refusal('digest-invalid');
        return replySession(response, 202, name, await storage.uploads.start(name, algorithm), 0);
      },
    },
  };
};

/** `/v2/<name>/blobs/uploads/<id>` */
export const sessionRoutes = (name: string, id: string, query: URLSearchParams): Routes => {
  const scopes = [repositoryScope(name, 'pull', 'push')];
  return {
    GET: {
      scopes,
      run: async ({ storage }, { response }) =>
        replySession(response, 204, name, id, await storage.uploads.size(name, id)),
    },
    PATCH: {
      scopes,
      run: async ({ storage }, call) =>
        replySession(
          call.response,
          202,
          name,
          id,
          await withPlace(name, id, storage.uploads.append(name, id, bodyFrom(call))),
        ),
    },
    PUT: {
      scopes,
      async run({ storage }, call) {
        const digest = requireDigest(query.get('digest') ?? '');
        await withPlace(name, id, storage.uploads.finish(name, id, digest, bodyFrom(call)));
        replyBlob(call.response, name, digest);
      },
    },
    DELETE: {
      scopes,
      async run({ storage }, { response }) {
        await storage.uploads.cancel(name, id);
        reply(response, 204);
      },
    },
  };
};
