import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcryptjs';
import { testCertificate } from '../certificate.fixture.ts';
import type { EngineConfig, FromEngine } from '../messages.ts';
import { type Answer, createSend, type Question } from './ask.fixture.ts';
import { digestOf } from './storage/blobs.ts';
import { ociManifest } from './storage/media-types.ts';
import { type EngineOptions, startEngine } from './engine.ts';

export type { Answer };

export interface Ask extends Question {
  /** Logged in as the test user by Basic; false sends nothing. */
  login?: boolean;
}

export const user = 'mooring';
export const password = 'correct horse';
export const basic = (name = user, secret = password) =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

const certificate = testCertificate();

/**
 * An engine in this process over real TLS on a free port, with a store of its own.
 * @param isPlain over HTTP without TLS
 */
export const startTestEngine = async (
  change: Partial<EngineConfig> = {},
  { isPlain = false, ...options }: Partial<EngineOptions> & { isPlain?: boolean } = {},
) => {
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
    { gatherMs: 0, ...(isPlain && { open: () => createServer() }), ...options },
  );
  const client = createSend(engine.port, isPlain ? null : certificate.certPem);

  const ask = (method: string, path: string, { headers = {}, body, login = true }: Ask = {}) => {
    const all = { ...(login ? { authorization: basic() } : {}), ...headers };
    return client.send(method, path, { headers: all, ...(body === undefined ? {} : { body }) });
  };

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
    send: client.send,
    pushBlob,
    pushImage,
    events: () => messages.flatMap((message) => (message.type === 'events' ? message.events : [])),
    proofs: () => messages.flatMap((message) => (message.type === 'proof' ? [message] : [])),
    /** @param keepStore the folder stays, for an engine that comes after this one */
    async close({ keepStore = false } = {}) {
      client.close();
      await engine.close(0);
      if (!keepStore) await rm(root, { recursive: true, force: true });
    },
  };
};

export type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;
