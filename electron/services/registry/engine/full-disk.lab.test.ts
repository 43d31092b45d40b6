import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from './engine.fixture.ts';
import { digestOf } from './storage/blobs.ts';

const MiB = 1024 * 1024;
let disk = '';
let lab: TestEngine;
beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'mooring-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'mooring-test', disk]);
});
afterEach(async () => {
  await lab.close({ keepStore: true });
  execFileSync('umount', [disk]);
  await rmdir(disk);
});

const filler = () => join(disk, 'filler');
const spaceTold = () => lab.messages.flatMap((message) => (message.type === 'space' ? [message.isFull] : []));

it.each([
  ['down to its reserve', null],
  ['without a single byte', 0],
])(
  'on a disk %s an upload ends with 507, reads go on, and the session is resumed once there is space',
  async (_how, reserveBytes) => {
    lab = await startTestEngine({ storageRoot: disk, limits: { quotaBytes: null, reserveBytes } });
    const image = await lab.pushImage('app', 'v1');
    await writeFile(filler(), Buffer.alloc(16 * MiB));
    const bytes = randomBytes(24 * MiB);
    const { headers } = await lab.ask('POST', '/v2/app/blobs/uploads/');
    const session = headers.location ?? '';

    const full = await lab.ask('PATCH', session, { body: bytes });
    expect([full.status, full.code()]).toEqual([507, 'DENIED']);
    const state = await lab.ask('GET', session);
    expect(state.status).toBe(204);
    const received = Number(state.headers.range?.split('-')[1]) + 1;
    expect(received).toBeGreaterThan(8 * MiB);
    expect((await lab.ask('GET', '/v2/app/manifests/v1')).body).toEqual(image.bytes);
    await expect.poll(spaceTold).toEqual([true]);

    if (reserveBytes === 0) {
      const late = await lab.ask('PUT', '/v2/app/manifests/v2', {
        body: image.bytes,
        headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
      });
      expect([201, 507]).toContain(late.status);
      expect((await lab.ask('HEAD', '/v2/app/manifests/v2')).status).toBe(late.status === 201 ? 200 : 404);
    } else {
      expect((await lab.ask('POST', '/v2/app/blobs/uploads/')).status).toBe(507);
    }

    await rm(filler());
    await expect.poll(spaceTold).toEqual([true, false]);
    const rest = bytes.subarray(received);
    const more = await lab.ask('PATCH', session, {
      body: rest,
      headers: { 'content-range': `${received}-${bytes.length - 1}` },
    });
    expect(more.status).toBe(202);
    const digest = digestOf(bytes);
    expect((await lab.ask('PUT', `${session}?digest=${digest}`)).status).toBe(201);
    const { body } = await lab.ask('GET', `/v2/app/blobs/${digest}`);
    expect(body.equals(bytes)).toBe(true);
  },
);

it('a write of a manifest or a tag that found no space changes nothing', async () => {
  lab = await startTestEngine({ storageRoot: disk, limits: { quotaBytes: null, reserveBytes: 0 } });
  const first = await lab.pushImage('app', 'v1');
  const second = await lab.pushImage('app', 'next', { annotations: { second: 'yes' } });
  execFileSync('sh', ['-c', 'cat /dev/zero > "$1" 2>/dev/null; true', 'fill', filler()]);
  const type = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  const big = Buffer.from(second.bytes.toString().replace('"second":"yes"', `"second":"${'x'.repeat(MiB)}"`));
  const refused = await lab.ask('PUT', '/v2/app/manifests/v1', { body: big, headers: type });
  expect([refused.status, refused.code()]).toEqual([507, 'DENIED']);
  expect((await lab.ask('GET', '/v2/app/manifests/v1')).body).toEqual(first.bytes);
  expect((await lab.ask('GET', '/v2/app/tags/list')).json()).toEqual({ name: 'app', tags: ['next', 'v1'] });
  // What takes space away works on a full disk.
  expect((await lab.ask('DELETE', `/v2/app/manifests/${second.digest}`)).status).toBe(202);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const watch = setInterval(() => {
    const done = lab.messages.find((message) => message.type === 'worked');
    if (done) resolve(done);
  }, 10);
  await lab.engine.work.begin('gc', { kind: 'gc', isDryRun: false, removeUntagged: true });
  expect(await promise).toMatchObject({ kind: 'gc', result: { blobs: 2 } });
  clearInterval(watch);
  await rm(filler());
  expect((await lab.ask('PUT', '/v2/app/manifests/v2', { body: first.bytes, headers: type })).status).toBe(
    201,
  );
});
