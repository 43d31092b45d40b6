import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { EngineRules } from '../../messages.ts';
import type { Answer, Question } from '../ask.fixture.ts';
import { basic, startTestEngine, type TestEngine } from '../engine.fixture.ts';
import type { Algorithm, Digest } from '../grammar.ts';
import { ociManifest } from '../storage/media-types.ts';

/** Every code of the specification, section "Error Codes". */
const codes = [
  'BLOB_UNKNOWN BLOB_UPLOAD_INVALID BLOB_UPLOAD_UNKNOWN DIGEST_INVALID MANIFEST_BLOB_UNKNOWN MANIFEST_INVALID',
  'MANIFEST_UNKNOWN NAME_INVALID NAME_UNKNOWN SIZE_INVALID UNAUTHORIZED DENIED UNSUPPORTED TOOMANYREQUESTS',
].flatMap((line) => line.split(' '));

export const algorithms: Algorithm[] = ['sha256', 'sha512'];
export const digestBy = (algorithm: Algorithm, bytes: Buffer | string): Digest =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
export const emptyConfig = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestBy('sha256', '{}'),
  size: 2,
};

/** What holds for every answer under /v2/, whatever was asked. */
const expectForm = (method: string, answer: Answer): void => {
  expect(answer.headers['docker-distribution-api-version']).toBe('registry/2.0');
  const length = answer.headers['content-length'];
  if (method !== 'HEAD' && length !== undefined) expect(answer.body).toHaveLength(Number(length));
  if (answer.status < 400 || method === 'HEAD') return;
  expect(answer.headers['content-type']).toBe('application/json');
  expect(codes).toContain(answer.code());
};

/** A client that knows no credentials until it is challenged, and asks for no more than the challenge says. */
const createClient = (engine: TestEngine) => {
  const kept = new Map<string, string>();
  const classOf = (method: string, path: string) => {
    const repository = /^\/v2\/(.+?)\/(?:blobs|manifests|tags|referrers)\//.exec(path)?.[1] ?? '';
    const kind = method === 'GET' || method === 'HEAD' ? 'pull' : method === 'DELETE' ? 'delete' : 'push';
    return `${repository} ${path.includes('uploads') ? 'push' : kind} ${/from=[^&]*/.exec(path)?.[0] ?? ''}`;
  };
  const answerTo = async (challenge: string): Promise<string> => {
    if (challenge.startsWith('Basic ')) return basic();
    const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
    const query = new URLSearchParams({ service: field('service'), scope: field('scope') });
    const path = `${new URL(field('realm')).pathname}?${query.toString()}`;
    const given = await engine.send('GET', path, { headers: { authorization: basic() } });
    return `Bearer ${given.json<{ token: string }>().token}`;
  };

  const ask = async (method: string, path: string, question: Question = {}): Promise<Answer> => {
    const key = classOf(method, path);
    const once = async () => {
      const authorization = kept.get(key);
      const headers = { ...(authorization ? { authorization } : {}), ...question.headers };
      const answer = await engine.send(method, path, { ...question, headers });
      expectForm(method, answer);
      return answer;
    };
    const first = await once();
    if (first.status !== 401) return first;
    kept.set(key, await answerTo(String(first.headers['www-authenticate'])));
    const second = await once();
    expect(second.status, `${method} ${path} with what the challenge asked for`).not.toBe(401);
    return second;
  };

  const start = async (name: string, query = ''): Promise<string> => {
    const begun = await ask('POST', `/v2/${name}/blobs/uploads/${query}`);
    expect([begun.status, begun.headers.range, begun.headers['content-length']]).toEqual([202, '0-0', '0']);
    return String(begun.headers.location);
  };
  const pushBlob = async (name: string, bytes: Buffer | string, algorithm: Algorithm = 'sha256') => {
    const digest = digestBy(algorithm, bytes);
    const put = await ask('PUT', `${await start(name)}?digest=${digest}`, { body: bytes });
    expect(put.status).toBe(201);
    return digest;
  };
  const put = (name: string, reference: string, document: unknown, type = ociManifest) =>
    ask('PUT', `/v2/${name}/manifests/${reference}`, {
      headers: { 'content-type': type },
      body: typeof document === 'string' ? document : JSON.stringify(document),
    });
  /** A manifest that differs by its note. */
  const manifestOf = (note: string, more: Record<string, unknown> = {}) => ({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: emptyConfig,
    layers: [],
    annotations: { note },
    ...more,
  });
  return { ask, send: engine.send, start, pushBlob, put, manifestOf, engine };
};

export type Client = ReturnType<typeof createClient>;

interface Transport {
  name: string;
  isPlain: boolean;
  rules: Pick<EngineRules, 'pull' | 'challenge'>;
}

const transports: Transport[] = [
  { name: 'HTTPS, Bearer', isPlain: false, rules: { pull: 'login', challenge: 'bearer' } },
  { name: 'HTTPS, Basic', isPlain: false, rules: { pull: 'login', challenge: 'basic' } },
  { name: 'HTTPS, Bearer, anyone may pull', isPlain: false, rules: { pull: 'anyone', challenge: 'bearer' } },
  { name: 'HTTP, Basic', isPlain: true, rules: { pull: 'login', challenge: 'basic' } },
];

/** Runs the same checks over every transport and way to log in, each against a registry of its own. */
export const overEveryTransport = (
  area: string,
  define: (client: () => Client, transport: Transport) => void,
): void => {
  describe.each(transports)(`${area}: $name`, (transport) => {
    let engine: TestEngine;
    let client: Client;
    beforeAll(async () => {
      const names = { canonicalHost: 'registry.local:5000', certNames: ['127.0.0.1'] };
      const { isPlain } = transport;
      engine = await startTestEngine({ rules: { ...transport.rules, ...names } }, { isPlain });
      client = createClient(engine);
    });
    afterAll(() => engine.close());
    define(() => client, transport);
  });
};
