import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from './engine.fixture.ts';
import { createProbes } from './probes.ts';
import { probeImage, probeIndex } from './seed/images.ts';

let registry: TestEngine;
beforeEach(async () => {
  registry = await startTestEngine({ probes: [{ nonce: 'one', tags: ['a', 'b', 'c'] }] });
});
afterEach(() => registry.close());

const ask = (method: string, reference: string, agent = 'engine/1') =>
  registry.ask(method, `/v2/mooring/probe/manifests/${reference}`, {
    login: false,
    headers: { 'user-agent': agent },
  });
const proven = () => registry.proofs().map(({ tag }) => tag);
const index = probeIndex('one').digest;
const child = probeImage.content().manifests[0]?.digest ?? '';

describe('one-time tags', () => {
  it('name one digest of their own, which no tag on disk has', async () => {
    for (const tag of ['a', 'b']) {
      expect((await ask('HEAD', tag)).headers['docker-content-digest']).toBe(index);
    }
    expect(index).not.toBe(probeImage.digest);
    const listed = await registry.ask('GET', '/v2/mooring/probe/tags/list');
    expect(listed.json()).toEqual({ name: 'mooring/probe', tags: ['latest'] });
    expect((await ask('GET', index)).json<{ manifests: unknown[] }>().manifests).toHaveLength(9);
  });

  it('are proven by the tag and then the index by digest, as docker asks', async () => {
    await ask('HEAD', 'a');
    expect(proven()).toEqual([]);
    await ask('GET', index);
    expect(proven()).toEqual(['a']);
    const [proof] = registry.proofs();
    const host = `127.0.0.1:${registry.engine.port}`;
    expect(proof?.record).toMatchObject({ remote: '127.0.0.1', host, agent: 'engine/1' });
  });

  it('are proven by the tag and then a manifest of the index, as podman asks', async () => {
    await ask('GET', 'b');
    await ask('GET', child);
    expect(proven()).toEqual(['b']);
  });

  it('are not proven by the tag alone, nor by the digest alone, nor by a HEAD of it', async () => {
    await ask('GET', 'a');
    await ask('GET', 'a');
    await ask('HEAD', 'b');
    await ask('HEAD', index);
    await ask('GET', index, 'engine/2');
    expect(proven()).toEqual([]);
  });

  it('are not proven by two clients of one address together', async () => {
    await ask('HEAD', 'a', 'curl/8');
    await ask('GET', index, 'engine/1');
    expect(proven()).toEqual([]);
  });

  it('need only the tag once this client holds the content of the batch', async () => {
    await ask('HEAD', 'a');
    await ask('GET', index);
    await ask('HEAD', 'b');
    await ask('HEAD', 'c', 'curl/8');
    expect(proven()).toEqual(['a', 'b']);
  });

  it('count for one engine that asks by several names and addresses and fetches once', () => {
    const proofs: string[] = [];
    const probes = createProbes((tag, { remote, host }) => proofs.push(`${tag} ${remote} ${host}`));
    probes.issue({ nonce: 'one', tags: ['a', 'b', 'c'] });
    const at = '2026-11-21T00:00:00.000Z';
    const saw = (method: string, reference: string, remote: string, host: string) =>
      probes.saw({ at, method, reference, remote, host, agent: 'engine/1', name: 'mooring/probe' });
    saw('HEAD', 'a', '10.0.0.2', 'registry.local:5000');
    saw('HEAD', 'b', 'fd00::2', '[fd00::1]:5000');
    saw('GET', index, '10.0.0.9', 'registry.local:5000');
    expect(proofs).toEqual([]);
    saw('GET', index, '10.0.0.2', 'registry.local:5000');
    saw('HEAD', 'c', '10.1.0.2', '10.1.0.1:5000');
    expect(proofs).toEqual([
      'a 10.0.0.2 registry.local:5000',
      'b fd00::2 [fd00::1]:5000',
      'c 10.1.0.2 10.1.0.1:5000',
    ]);
  });

  it('are unknown once withdrawn, and their digest with the last of them', async () => {
    await ask('HEAD', 'a');
    registry.engine.withdraw(['a']);
    expect((await ask('HEAD', 'a')).status).toBe(404);
    await ask('GET', index);
    expect(proven()).toEqual([]);
    registry.engine.withdraw(['b', 'c']);
    expect((await ask('GET', index)).status).toBe(404);
  });
});

describe('pull events', () => {
  it('are one a pull, named by the tag', async () => {
    const pull = async (references: [string, string][]) => {
      for (const [method, reference] of references) await ask(method, reference);
    };
    await pull([
      ['HEAD', 'latest'],
      ['GET', probeImage.digest],
      ['GET', child],
    ]);
    await pull([['HEAD', 'latest']]);
    const events = registry.events().map(({ action, reference, digest }) => [action, reference, digest]);
    expect(events).toEqual([['pull', 'latest', probeImage.digest]]);
  });
});
