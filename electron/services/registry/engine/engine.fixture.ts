import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcryptjs';
import { testCertificate } from '../certificate.fixture.ts';
import type { EngineConfig, FromEngine } from '../messages.ts';
import { digestOf } from './storage/blobs.ts';
import { ociManifest } from './storage/media-types.ts';
import { startEngine } from './engine.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  json<T = Record<string, unknown>>(): T;
  /** Code of the first error in an OCI error body. */
  code(): string;
}

export interface Ask {
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** Logged in as the test user by Basic; false sends nothing. */
  login?: boolean;
}

export const user = 'mooring';
export const password = 'correct horse';
export const basic = (name = user, secret = password) =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

const certificate = testCertificate();

/** An engine in this process over real TLS on a free port, with a store of its own. */
export const startTestEngine = async (change: Partial<EngineConfig> = {}) => {
  const root = change.storageRoot ?? (await mkdtemp(join(tmpdir(), 'mooring-engine-')));
  const messages: FromEngine[] = [];
  const engine = await startEngine(
    {
      listen: '127.0.0.1',
      port: 0,
      ...certificate,
      storageRoot: root,
      users: [{ name: user, hash: bcrypt.hashSync(password, 4), isAdmin: true }],
      tokenKey: Buffer.alloc(32, 7).toString('base64'),
      rules: {
        pull: 'anyone',
        challenge: 'bearer',
        canonicalHost: 'registry.local:5000',
        certNames: ['localhost', '127.0.0.1', 'registry.local'],
      },
      probes: [],
      ...change,
    },
    (message) => messages.push(message),
  );
  const agent = new Agent({ ca: certificate.certPem, keepAlive: true, servername: 'localhost' });

  const ask = (method: string, path: string, { headers = {}, body, login = true }: Ask = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const all = { ...(login ? { authorization: basic() } : {}), ...headers };
      const options = { host: '127.0.0.1', port: engine.port, method, path, headers: all, agent };
      const outgoing = request(options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          const json = <T>() => JSON.parse(bytes.toString('utf8')) as T;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: bytes,
            json,
            code: () => json<{ errors: { code: string }[] }>().errors[0]?.code ?? '',
          });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const pushBlob = async (name: string, bytes: Buffer) => {
    const digest = digestOf(bytes);
    const { status } = await ask('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: bytes });
    if (status !== 201) throw new Error(`pushing a blob answered ${status}`);
    return digest;
  };
  /** An image with one config and one layer. */
  const pushImage = async (name: string, reference: string, extra: Record<string, unknown> = {}) => {
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', ...extra }));
    const layer = Buffer.from(`layer of ${name}`);
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: ociManifest,
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: await pushBlob(name, config),
          size: config.length,
        },
        layers: [
          {
            mediaType: 'application/vnd.oci.image.layer.v1.tar',
            digest: await pushBlob(name, layer),
            size: layer.length,
          },
        ],
        ...extra,
      }),
    );
    const headers = { 'content-type': ociManifest };
    const answer = await ask('PUT', `/v2/${name}/manifests/${reference}`, { headers, body: bytes });
    return { answer, bytes, digest: digestOf(bytes) };
  };

  return {
    engine,
    root,
    messages,
    certificate,
    ask,
    pushBlob,
    pushImage,
    events: () => messages.flatMap((message) => (message.type === 'event' ? [message.event] : [])),
    proofs: () => messages.flatMap((message) => (message.type === 'proof' ? [message] : [])),
    /** @param keepStore the folder stays, for an engine that comes after this one */
    async close({ keepStore = false } = {}) {
      agent.destroy();
      await engine.close(0);
      if (!keepStore) await rm(root, { recursive: true, force: true });
    },
  };
};

export type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;
