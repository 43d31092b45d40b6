import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcryptjs';
import { afterAll, expect, it } from 'vitest';
import { testCertificate } from './certificate.fixture.ts';
import { forkEngine } from './fork.ts';
import { type FromEngine, fromEngine } from './messages.ts';
import { engineEntry } from './registry.fixture.ts';

/*
 * SIGKILL at random instants under mixed load. The client notes every 2xx before it goes on; after each kill a new
 * engine must still have all of it. MOORING_LONG=1 kills 200 times, else 20; MOORING_SEED repeats a run.
 */
const kills = process.env.MOORING_LONG ? 200 : 20;
const seed = Number(process.env.MOORING_SEED ?? Date.now() % 1_000_000);
const certificate = testCertificate();
const login = { name: 'mooring', hash: bcrypt.hashSync('correct horse', 4), isAdmin: true };
const authorization = `Basic ${Buffer.from('mooring:correct horse').toString('base64')}`;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** A small generator of our own, so that a seed repeats a run (mulberry32). */
let state = seed;
const random = (): number => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const below = (limit: number) => Math.floor(random() * limit);
const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

let root = '';
const startEngine = async () => {
  const engine = forkEngine(engineEntry)();
  const listeners = new Set<(message: FromEngine) => void>();
  const gone = Promise.withResolvers<void>();
  engine.onMessage((raw) => {
    const message = fromEngine.parse(raw);
    listeners.forEach((listener) => listener(message));
  });
  engine.onExit(() => gone.resolve());
  const next = <Type extends FromEngine['type']>(type: Type) =>
    new Promise<Extract<FromEngine, { type: Type }>>((resolve) => {
      const listener = (message: FromEngine) => {
        if (message.type !== type) return;
        listeners.delete(listener);
        resolve(message as Extract<FromEngine, { type: Type }>);
      };
      listeners.add(listener);
    });
  const ready = next('ready');
  await next('hello');
  engine.send({
    type: 'configure',
    config: {
      ...{ listen: '127.0.0.1', port: 0, ...certificate, storageRoot: root, users: [login], probes: [] },
      tokenKey: Buffer.alloc(32, 7).toString('base64'),
      rules: { pull: 'anyone', challenge: 'basic', canonicalHost: 'localhost', certNames: ['localhost'] },
    },
  });
  const { port } = await ready;
  const agent = new Agent({ ca: certificate.certPem, servername: 'localhost', keepAlive: true });

  /** Rejects when the connection breaks before the answer. */
  const ask = (method: string, path: string, body?: Buffer, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; location: string; body: Buffer }>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent,
        headers: { authorization, ...headers },
      };
      const outgoing = request(options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            body: Buffer.concat(parts),
          }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { engine, gone: gone.promise, ask, next, agent };
};
type Engine = Awaited<ReturnType<typeof startEngine>>;

/** What the engine has confirmed, and what it may have done without saying so. */
const promised = {
  manifests: new Map<string, { name: string; digest: string; bytes: Buffer; layer: string; size: number }>(),
  /** Digests each tag may name: the last one confirmed, and those that were under way at a kill. */
  tags: new Map<string, Set<string>>(),
};
const open = { uploads: 0, gc: 0 };

const pushImage = async ({ ask }: Engine, name: string, tag: string): Promise<void> => {
  const layer = randomBytes(1000 + below(300_000));
  const layerDigest = digestOf(layer);
  const ok = (status: number) => {
    if (status < 200 || status > 299) throw new Error(`answered ${status}`);
  };
  open.uploads += 1;
  try {
    const session = await ask('POST', `/v2/${name}/blobs/uploads/`);
    ok(session.status);
    const half = below(layer.length);
    ok((await ask('PATCH', session.location, layer.subarray(0, half))).status);
    ok((await ask('PATCH', session.location, layer.subarray(half))).status);
    ok((await ask('PUT', `${session.location}?digest=${layerDigest}`)).status);
  } finally {
    open.uploads -= 1;
  }
  const describe = { mediaType: 'application/octet-stream', digest: layerDigest, size: layer.length };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: describe, layers: [describe] }),
  );
  const digest = digestOf(bytes);
  const key = `${name}:${tag}`;
  const before = promised.tags.get(key) ?? new Set(['']);
  promised.tags.set(key, new Set([...before, digest]));
  ok((await ask('PUT', `/v2/${name}/manifests/${tag}`, bytes, { 'content-type': manifestType })).status);
  promised.tags.set(key, new Set([digest]));
  promised.manifests.set(`${name}@${digest}`, {
    name,
    digest,
    bytes,
    layer: layerDigest,
    size: layer.length,
  });
};

const removeImage = async ({ ask }: Engine): Promise<void> => {
  const keys = [...promised.manifests.keys()];
  const key = keys[below(keys.length)];
  const image = key === undefined ? undefined : promised.manifests.get(key);
  if (!key || !image) return;
  promised.manifests.delete(key);
  for (const [tag, digests] of promised.tags) {
    if (tag.startsWith(`${image.name}:`) && digests.has(image.digest)) digests.add('');
  }
  const { status } = await ask('DELETE', `/v2/${image.name}/manifests/${image.digest}`);
  if (status !== 202) throw new Error(`delete answered ${status}`);
};

/** Works until the engine is gone; an answer that is neither success nor the end of the engine fails the test. */
const load = async (engine: Engine, worker: number, isOver: () => boolean): Promise<void> => {
  for (let turn = 0; !isOver(); turn += 1) {
    try {
      if (worker === 0 && turn % 3 === 2) await removeImage(engine);
      else await pushImage(engine, `repo${worker}`, `t${below(3)}`);
    } catch (error) {
      if (!isOver()) throw error;
    }
  }
};

const collect = async ({ engine, next, gone }: Engine, isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    open.gc += 1;
    const done = Promise.race([next('worked'), next('workFailed'), gone]);
    engine.send({ type: 'work', id: 'gc', work: { kind: 'gc', isDryRun: false, removeUntagged: false } });
    const ended = await done;
    open.gc -= 1;
    if (ended?.type === 'workFailed' && !isOver())
      throw new Error(`gc failed: ${ended.code} ${ended.problem}`);
  }
};

const readBack = async ({ ask }: Engine): Promise<void> => {
  for (const { name, digest, bytes, layer, size } of promised.manifests.values()) {
    const manifest = await ask('GET', `/v2/${name}/manifests/${digest}`);
    expect(manifest.status, `${name}@${digest}`).toBe(200);
    expect(manifest.body.equals(bytes)).toBe(true);
    const blob = await ask('GET', `/v2/${name}/blobs/${layer}`);
    expect([blob.status, blob.body.length, digestOf(blob.body)], `layer of ${name}@${digest}`).toEqual([
      200,
      size,
      layer,
    ]);
  }
  for (const [key, digests] of promised.tags) {
    const [name = '', tag = ''] = key.split(':');
    const { status, body } = await ask('GET', `/v2/${name}/manifests/${tag}`);
    const found = status === 200 ? digestOf(body) : '';
    expect([...digests], `${key} answered ${status}`).toContain(found);
    promised.tags.set(key, new Set([found]));
  }
};

/** Old images go, so that reading everything back stays quick. */
const thin = () => {
  const keys = [...promised.manifests.keys()];
  for (const key of keys.slice(0, Math.max(0, keys.length - 60))) promised.manifests.delete(key);
};

afterAll(() => rm(root, { recursive: true, force: true }));

it(
  `keeps everything it confirmed over ${kills} kills`,
  async () => {
    root = await mkdtemp(join(tmpdir(), 'mooring-kill-'));
    const hits = { upload: 0, gc: 0, either: 0 };
    let confirmed = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const engine = await startEngine();
      await readBack(engine);
      thin();
      let isOver = false;
      const over = () => isOver;
      const works = [0, 1, 2].map((worker) => load(engine, worker, over));
      works.push(collect(engine, over));
      const failed = Promise.all(works);
      await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 100 + below(400)))]);
      isOver = true;
      if (open.uploads > 0) hits.upload += 1;
      if (open.gc > 0) hits.gc += 1;
      if (open.uploads > 0 || open.gc > 0) hits.either += 1;
      engine.engine.kill();
      await engine.gone;
      engine.agent.destroy();
      await failed;
      Object.assign(open, { uploads: 0, gc: 0 });
      confirmed += promised.manifests.size;
    }
    const last = await startEngine();
    await readBack(last);
    last.engine.kill();
    await last.gone;
    process.stdout.write(
      `kill test, seed ${seed}: ${kills} kills, ${hits.either} hit an open upload or a running gc (${hits.upload} uploads, ${hits.gc} gc), ${confirmed} images read back\n`,
    );
    expect(hits.either).toBeGreaterThanOrEqual(kills / 2);
    expect(hits.upload).toBeGreaterThan(0);
    expect(hits.gc).toBeGreaterThan(0);
    expect(promised.manifests.size).toBeGreaterThan(0);
  },
  kills * 15_000,
);
