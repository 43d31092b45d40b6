import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../storage/index.ts';
import { greetingProgram } from './elf.ts';
import { helloImage, probeImage, type SeedImage } from './images.ts';
import { seed } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-seed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Entry {
  digest: string;
  size: number;
  platform: { os: string; architecture: string; variant?: string };
}
const parse = <T>(bytes: Buffer | undefined) => JSON.parse(bytes?.toString('utf8') ?? 'null') as T;
const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('seed images', () => {
  it('have the digests that are known beforehand, on every machine', () => {
    for (const image of [probeImage, helloImage]) {
      const list = image.content().manifests.at(-1);
      expect(list?.digest).toBe(image.digest);
      expect(sha256(list?.bytes ?? Buffer.alloc(0))).toBe(image.digest);
    }
  });

  it('have a manifest, a config and a readable layer for every platform', () => {
    const check = (image: SeedImage) => {
      const { blobs, manifests } = image.content();
      const list = parse<{ manifests: Entry[] }>(manifests.at(-1)?.bytes);
      const layers = list.manifests.map(({ digest, size, platform }) => {
        const manifest = manifests.find((one) => one.digest === digest);
        expect(manifest?.bytes).toHaveLength(size);
        const { config, layers: own } = parse<{ config: Entry; layers: Entry[] }>(manifest?.bytes);
        const settings = parse<Record<string, unknown>>(blobs.get(config.digest as `sha256:${string}`));
        expect(settings).toMatchObject(platform);
        const layer = blobs.get(own[0]?.digest as `sha256:${string}`) ?? Buffer.alloc(0);
        expect(settings.rootfs).toEqual({ type: 'layers', diff_ids: [sha256(gunzipSync(layer))] });
        return own[0]?.digest;
      });
      const platforms = list.manifests.map(({ platform: { architecture, variant } }) =>
        variant ? `${architecture}/${variant}` : architecture,
      );
      return { layers: new Set(layers), platforms };
    };
    const all = 'amd64 386 arm/v5 arm/v6 arm/v7 arm64 riscv64 ppc64le s390x'.split(' ');
    const probe = check(probeImage);
    expect(probe.platforms).toEqual(all);
    expect(probe.layers.size).toBe(1);
    const hello = check(helloImage);
    expect(hello.platforms).toEqual(all);
    expect(hello.layers.size).toBe(7);
  });

  it('are written once and found again', async () => {
    const storage = await openStorage(join(folder, 'store'));
    await seed(storage);
    const tag = join(folder, 'store/docker/registry/v2/repositories/mooring/hello/_manifests/tags/latest');
    const before = await stat(join(tag, 'current/link'), { bigint: true });
    await seed(storage);
    expect((await stat(join(tag, 'current/link'), { bigint: true })).ctimeNs).toBe(before.ctimeNs);
    expect(await storage.tags.get('mooring/probe', 'latest')).toBe(probeImage.digest);
    expect(await readdir(join(folder, 'store/_mooring/staging'))).toEqual([]);
  });
});

describe('greeting program', () => {
  it('is a static ELF file of its machine that holds the message once, with one segment around everything', () => {
    const machines = {
      amd64: 62,
      '386': 3,
      arm: 40,
      arm64: 183,
      riscv64: 243,
      ppc64le: 21,
      s390x: 22,
    } as const;
    for (const [machine, number] of Object.entries(machines)) {
      const program = greetingProgram(machine as keyof typeof machines, 'Hello.\n');
      const isBig = program[5] === 2;
      expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
      expect(isBig ? program.readUInt16BE(18) : program.readUInt16LE(18), machine).toBe(number);
      expect(program.subarray(-7).toString()).toBe('Hello.\n');
      expect(program.indexOf('Hello')).toBe(program.length - 7);
    }
  });
});
