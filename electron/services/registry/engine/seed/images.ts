import type { Digest } from '../grammar.ts';
import { digestOf } from '../storage/blobs.ts';
import type { StoredManifest } from '../storage/manifests.ts';
import { dockerList, dockerManifest } from '../storage/media-types.ts';
import { gzipStored, tarOf } from './archive.ts';
import { greetingProgram, type Machine } from './elf.ts';

/** What must be stored of an image for several platforms: children before the list that names them. */
export interface SeedContent {
  blobs: Map<Digest, Buffer>;
  manifests: StoredManifest[];
}

export interface SeedImage {
  name: string;
  tag: string;
  /** Digest of the list, the last manifest: known beforehand, because making the image takes longer than finding it stored. */
  digest: Digest;
  /** Made at the first call. */
  content(): SeedContent;
}

interface Platform {
  architecture: string;
  variant?: string;
  machine: Machine;
}

const platforms: Platform[] = [
  { architecture: 'amd64', machine: 'amd64' },
  { architecture: '386', machine: '386' },
  { architecture: 'arm', variant: 'v5', machine: 'arm' },
  { architecture: 'arm', variant: 'v6', machine: 'arm' },
  { architecture: 'arm', variant: 'v7', machine: 'arm' },
  { architecture: 'arm64', machine: 'arm64' },
  { architecture: 'riscv64', machine: 'riscv64' },
  { architecture: 'ppc64le', machine: 'ppc64le' },
  { architecture: 's390x', machine: 's390x' },
];

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const created = '2026-01-01T00:00:00Z';

/** Docker's own media types: engines from before OCI manifests, such as old balenaEngines, pull these too. */
const layerType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const configType = 'application/vnd.docker.container.image.v1+json';

const build = (comment: string, layerOf: (p: Platform) => Buffer, command: string[]): SeedContent => {
  const blobs = new Map<Digest, Buffer>();
  const manifests: StoredManifest[] = [];
  const add = (bytes: Buffer) => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { size: bytes.length, digest };
  };
  const entries = platforms.map((platform) => {
    const { architecture, variant } = platform;
    const about = { architecture, os: 'linux', ...(variant ? { variant } : {}) };
    const tar = layerOf(platform);
    const layer = { mediaType: layerType, ...add(gzipStored(tar)) };
    const config = {
      ...about,
      created,
      config: command.length > 0 ? { Cmd: command } : {},
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      history: [{ created, comment }],
    };
    const bytes = json({
      schemaVersion: 2,
      mediaType: dockerManifest,
      config: { mediaType: configType, ...add(json(config)) },
      layers: [layer],
    });
    const digest = digestOf(bytes);
    manifests.push({ digest, mediaType: dockerManifest, bytes });
    return { mediaType: dockerManifest, size: bytes.length, digest, platform: about };
  });
  const bytes = json({ schemaVersion: 2, mediaType: dockerList, manifests: entries });
  manifests.push({ digest: digestOf(bytes), mediaType: dockerList, bytes });
  return { blobs, manifests };
};

const image = (name: string, digest: Digest, make: () => SeedContent): SeedImage => {
  let made: SeedContent | undefined;
  return { name, tag: 'latest', digest, content: () => (made ??= make()) };
};

const probeText = 'A device that holds this file pulled it from its Mooring registry.\n';
const greeting = [
  'Hello from Mooring.',
  '',
  'This device found its registry, trusted its certificate, pulled this image and ran it.',
  'Push your own images to the same registry and run them here.',
  '',
].join('\n');

/** What a device pulls to prove its trust: one layer, shared by all platforms. */
export const probeImage = image(
  'mooring/probe',
  'sha256:fa636001a8298c05b284e7ff255e0dfb5904584250ea3fe806ff2b92d32e1b90',
  () => {
    const layer = tarOf('mooring-probe.txt', Buffer.from(probeText), 0o644);
    return build('Mooring trust probe', () => layer, []);
  },
);

/**
 * The index of the probe image under a digest of its own: an engine that holds the image already still has to fetch
 * this. Every engine ignores the annotation.
 */
export const probeIndex = (nonce: string): StoredManifest => {
  const index = probeImage.content().manifests.at(-1);
  const document = JSON.parse(index?.bytes.toString('utf8') ?? '{}') as Record<string, unknown>;
  const bytes = json({ ...document, annotations: { 'mooring.proof': nonce } });
  return { digest: digestOf(bytes), mediaType: dockerList, bytes };
};

/** What a person runs first: prints a greeting. */
export const helloImage = image(
  'mooring/hello',
  'sha256:11f2e177b91e186da6ca17650f4c7be3d83bdcae6ff6595d279dca25409e09b1',
  () =>
    build('Mooring greeting', ({ machine }) => tarOf('hello', greetingProgram(machine, greeting), 0o755), [
      '/hello',
    ]),
);
