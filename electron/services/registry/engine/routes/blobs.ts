import { repositoryScope } from '../auth/scopes.ts';
import type { Digest } from '../grammar.ts';
import type { Call } from '../http/call.ts';
import { type Headers, reply } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';
import type { Storage } from '../storage/index.ts';
import { eventOf, type Routes } from './context.ts';
import { parseRange } from './ranges.ts';
import { requireDigest } from './routing.ts';
import { sendFile } from './send-file.ts';

const headersOf = (digest: Digest): Headers => ({
  'Content-Type': 'application/octet-stream',
  'Docker-Content-Digest': digest,
  'Cache-Control': 'max-age=31536000',
  'Accept-Ranges': 'bytes',
  ETag: `"${digest}"`,
});

/** `If-Range` with another ETag asks for the whole (RFC 9110 section 13.1.5). */
const wantedRange = (call: Call, digest: Digest): string | undefined => {
  const condition = call.request.headers['if-range'];
  return condition === undefined || condition === `"${digest}"` ? call.request.headers.range : undefined;
};

const sendBlob = async (storage: Storage, call: Call, name: string, digest: Digest): Promise<void> => {
  const { handle, size } = await storage.blobs.open(name, digest);
  try {
    const { response } = call;
    const range = parseRange(wantedRange(call, digest), size);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const partial: Headers = range ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {};
    const headers = { ...headersOf(digest), 'Content-Length': end - start + 1, ...partial };
    response.writeHead(range ? 206 : 200, headers);
    await sendFile(response, handle, start, end);
  } finally {
    await handle.close();
  }
};

/** `/v2/<name>/blobs/<digest>` */
export const blobRoutes = (name: string, text: string): Routes => {
  const pull = [repositoryScope(name, 'pull')];
  return {
    HEAD: {
      scopes: pull,
      async run({ storage }, { response }) {
        const digest = requireDigest(text);
        const size = await storage.blobs.size(name, digest);
        if (size === null) throw new Refusal('blob-unknown', { digest });
        reply(response, 200, { ...headersOf(digest), 'Content-Length': size });
      },
    },
    GET: {
      scopes: pull,
      run: async ({ storage }, call) => sendBlob(storage, call, name, requireDigest(text)),
    },
    DELETE: {
      scopes: [repositoryScope(name, 'delete')],
      async run({ storage, report }, call, identity) {
        const digest = requireDigest(text);
        await storage.blobs.unlink(name, digest);
        report(eventOf(call, identity, 'delete', { repository: name, reference: digest, digest }));
        reply(call.response, 202);
      },
    },
  };
};
