import { covers, repositoryScope } from '../auth/scopes.ts';
import type { Digest } from '../grammar.ts';
import type { Call } from '../http/call.ts';
import { beginAnswer, type Headers, reply } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';
import type { Storage } from '../storage/index.ts';
import { closeNow } from '../storage/quick.ts';
import { etagOf, isHeldByClient, wantedRange } from './conditions.ts';
import { eventOf, type Routes } from './context.ts';
import { multipartOf, sendParts } from './multipart.ts';
import { parseRanges } from './ranges.ts';
import { requireDigest } from './routing.ts';
import { sendFile } from './send-file.ts';

const blobType = 'application/octet-stream';

const headersOf = (digest: Digest): Headers => ({
  'Content-Type': blobType,
  'Docker-Content-Digest': digest,
  'Cache-Control': 'max-age=31536000',
  'Accept-Ranges': 'bytes',
  ETag: etagOf(digest),
});

/** The parts of an open file that were asked for, or all of it. */
const sendWanted = async (call: Call, digest: Digest, file: number, size: number): Promise<void> => {
  const { request, response } = call;
  const wanted = parseRanges(wantedRange(request, digest), size);
  const headers = headersOf(digest);
  if (wanted?.isMultiple) {
    const multipart = multipartOf(wanted.ranges, blobType, size);
    const { contentType, length } = multipart;
    beginAnswer(response, 206, { ...headers, 'Content-Type': contentType, 'Content-Length': length });
    return sendParts(response, file, wanted.ranges, multipart);
  }
  const { start, end } = wanted?.ranges[0] ?? { start: 0, end: size - 1 };
  const partial: Headers = wanted ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {};
  beginAnswer(response, wanted ? 206 : 200, { ...headers, 'Content-Length': end - start + 1, ...partial });
  return sendFile(response, file, start, end);
};

const sendBlob = async (storage: Storage, call: Call, name: string, digest: Digest): Promise<void> => {
  const { descriptor, size } = await storage.blobs.open(name, digest);
  try {
    if (isHeldByClient(call.request, digest)) reply(call.response, 304, headersOf(digest));
    else await sendWanted(call, digest, descriptor, size);
  } finally {
    closeNow(descriptor);
  }
};

/** `/v2/<name>/blobs/<digest>` */
export const blobRoutes = (name: string, text: string): Routes => {
  const pull = [repositoryScope(name, 'pull')];
  return {
    HEAD: {
      scopes: pull,
      async run({ storage }, { request, response }, { access }) {
        const digest = requireDigest(text);
        const isPush = covers(access, repositoryScope(name, 'push'));
        const size = await storage.blobs[isPush ? 'sizeForPush' : 'size'](name, digest);
        if (size === null) throw new Refusal('blob-unknown', { digest });
        if (isHeldByClient(request, digest)) return reply(response, 304, headersOf(digest));
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
