import https from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import { tlsAlgorithms } from '#electron/algorithms.ts';

/** Why a pull failed, in the words that Docker has for it. */
export class PullProblem extends Error {}

export interface Reference {
  /** `name:port` as in the image's name. */
  host: string;
  /** With the host. */
  repository: string;
  path: string;
  tag: string | null;
  digest: string | null;
}

/** Where the registry listens on this computer. */
export interface PullPlace {
  address: string;
  port: number;
}

export interface PullOrder {
  reference: Reference;
  /** PEM texts of the CAs that are trusted; no others are. */
  certificates: string[];
  place: PullPlace | null;
  /** The clock of the device. */
  now: Date;
  agent: string;
  architecture: string;
  /** Digests that the engine holds already. */
  held: readonly string[];
  signal: AbortSignal;
}

const form =
  /^((?:\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]+)?)\/([a-z0-9._/-]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

export const parseReference = (text: string): Reference | null => {
  const [, host, path, tag, digest] = form.exec(text) ?? [];
  if (host === undefined || path === undefined) return null;
  return { host, path, repository: `${host}/${path}`, tag: tag ?? null, digest: digest ?? null };
};

const types = [
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
].join(', ');

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

const hostOf = ({ host }: Reference): string => host.replace(/:[0-9]+$/, '').replace(/^\[|\]$/g, '');

/** Go's words for what Node says. */
const inWords = (error: NodeJS.ErrnoException, { reference, place }: PullOrder): string => {
  const start = `Get "https://${reference.host}/v2/": `;
  const code = error.code ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `${start}tls: failed to verify certificate: x509: certificate is not valid for ${hostOf(reference)}`;
  }
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(code)) return `${start}${clockWords}`;
  if (/SELF_SIGNED|UNABLE_TO|SIGNATURE|UNTRUSTED|INVALID_CA/.test(code)) {
    return `${start}tls: failed to verify certificate: x509: certificate signed by unknown authority`;
  }
  if (code === 'ECONNREFUSED') {
    return `${start}dial tcp ${place?.address ?? ''}:${place?.port ?? ''}: connect: connection refused`;
  }
  return `${start}${error.message}`;
};

const clockWords =
  'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time is outside';

/** The device believes its own clock. */
const checkClock = (socket: TLSSocket, { now, reference }: PullOrder): void => {
  const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
  if (now < new Date(from) || now > new Date(to)) {
    throw new PullProblem(`Get "https://${reference.host}/v2/": ${clockWords} its validity`);
  }
};

const bodyLimit = 4 * 1024 * 1024;

const ask = (
  order: PullOrder & { place: PullPlace },
  connections: https.Agent,
  request: { method: 'GET' | 'HEAD'; path: string; token: string | null },
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { reference, place, agent, signal, certificates } = order;
    const name = hostOf(reference);
    const call = https.request(
      {
        ...tlsAlgorithms,
        agent: connections,
        host: place.address,
        port: place.port,
        ...(isIP(name) ? { servername: '' } : { servername: name }),
        ca: certificates,
        // The name of the image counts, not the address that was dialled.
        checkServerIdentity: (_address, certificate) => checkServerIdentity(name, certificate),
        method: request.method,
        path: request.path,
        signal,
        timeout: 30_000,
        headers: {
          host: reference.host,
          'user-agent': agent,
          accept: types,
          ...(request.token === null ? {} : { authorization: `Bearer ${request.token}` }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > bodyLimit) call.destroy(new Error('the answer is too large'));
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      },
    );
    call.on('socket', (socket) => {
      const secure = socket as TLSSocket;
      if (!secure.getPeerCertificate || !secure.connecting) return;
      secure.once('secureConnect', () => {
        try {
          checkClock(secure, order);
        } catch (error) {
          call.destroy(error as Error);
        }
      });
    });
    call.on('timeout', () => call.destroy(new PullProblem('net/http: TLS handshake timeout')));
    call.on('error', (error: NodeJS.ErrnoException) =>
      reject(error instanceof PullProblem ? error : new PullProblem(inWords(error, order), { cause: error })),
    );
    call.end();
  });

const manifest = z.object({
  config: z.object({ digest: z.string() }).optional(),
  manifests: z
    .array(z.object({ digest: z.string(), platform: z.object({ architecture: z.string() }).optional() }))
    .optional(),
});

/** Contents named by their digest, which this process has fetched once: every engine keeps such a store. */
const contents = new Map<string, string>();

const tokenFrom = async (
  challenge: string,
  order: PullOrder & { place: PullPlace },
  connections: https.Agent,
): Promise<string> => {
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const path = new URL(field('realm'), `https://${order.reference.host}/`).pathname;
  const query = new URLSearchParams({
    service: field('service'),
    scope: `repository:${order.reference.path}:pull`,
  });
  const answer = await ask(order, connections, { method: 'GET', path: `${path}?${query}`, token: null });
  const { token } = z.object({ token: z.string() }).parse(JSON.parse(answer.text));
  return token;
};

/**
 * Pulls as Docker does: HEAD of the tag, then the manifest by its digest unless the engine holds it.
 * @returns digest of what the reference names, and the id of the image for this platform
 * @throws PullProblem
 */
export const pullImage = async (order: PullOrder): Promise<{ digest: string; id: string }> => {
  const { reference, held, architecture } = order;
  const { place } = order;
  if (!place) {
    throw new PullProblem(
      `Get "https://${reference.host}/v2/": dial tcp: lookup ${hostOf(reference)}: no such host`,
    );
  }
  const placed = { ...order, place };
  const connections = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const base = `/v2/${reference.path}/manifests/`;
  let token: string | null = null;

  const get = async (method: 'GET' | 'HEAD', name: string): Promise<Answer> => {
    const request = { method, path: base + name };
    let answer = await ask(placed, connections, { ...request, token });
    const challenge = String(answer.headers['www-authenticate'] ?? '');
    if (answer.status === 401 && token === null && challenge.startsWith('Bearer ')) {
      token = await tokenFrom(challenge, placed, connections);
      answer = await ask(placed, connections, { ...request, token });
    }
    if (answer.status === 200) return answer;
    const problems: Record<number, string> = {
      401: `Get "https://${reference.host}/v2/": unauthorized: authentication required`,
      403: `pull access denied for ${reference.repository}: denied: requested access is denied`,
      404: `manifest for ${reference.repository}:${name} not found: manifest unknown`,
    };
    throw new PullProblem(problems[answer.status] ?? `received unexpected HTTP status: ${answer.status}`);
  };
  const content = async (digest: string, isHeld: boolean): Promise<z.infer<typeof manifest>> => {
    let text = isHeld ? contents.get(digest) : undefined;
    if (text === undefined) {
      ({ text } = await get('GET', digest));
      if (contents.size >= 50) contents.clear();
      contents.set(digest, text);
    }
    return manifest.parse(JSON.parse(text));
  };

  try {
    const head = reference.digest === null ? await get('HEAD', reference.tag ?? 'latest') : null;
    const digest = reference.digest ?? String(head?.headers['docker-content-digest'] ?? '');
    const index = await content(digest, held.includes(digest));
    const child = index.manifests?.find(({ platform }) => platform?.architecture === architecture);
    const image = child ? await content(child.digest, true) : index;
    return { digest, id: image.config?.digest ?? digest };
  } finally {
    connections.destroy();
  }
};
