import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCertificate } from './certificate.fixture.ts';
import { createClientFolder, must, removeFolder, run } from './clients.fixture.ts';
import { startContainerd } from './containerd.fixture.ts';
import { createSend } from './engine/ask.fixture.ts';
import { createTestRegistry, login, type TestRegistry } from './registry.fixture.ts';

/** buildah, containerd's ctr and skopeo with what is no plain image: zstd layers, foreign layers, subjects. */

let test: TestRegistry;
let host: string;
let clients: Awaited<ReturnType<typeof createClientFolder>>;
let containerd: Awaited<ReturnType<typeof startContainerd>>;
let client: ReturnType<typeof createSend>;
const credentials = `${login.user}:${login.password}`;
const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
const zstdLayer = 'application/vnd.oci.image.layer.v1.tar+zstd';

beforeAll(async () => {
  test = await createTestRegistry();
  const certificate = testCertificate();
  test.replaceCertificate(certificate);
  await test.registry.start();
  await test.registry.setPull('anyone');
  host = `127.0.0.1:${test.endpoint.port}`;
  clients = await createClientFolder(host, certificate.certPem);
  client = createSend(test.endpoint.port, certificate.certPem);
  containerd = await startContainerd(clients.folder);
});
afterAll(async () => {
  await containerd?.stop();
  client?.close();
  await test.close();
  await removeFolder(clients.folder);
});

const ask = (method: string, path: string, body?: string, type?: string) =>
  client.send(method, path, {
    headers: { authorization, ...(type ? { 'content-type': type } : {}) },
    ...(body === undefined ? {} : { body }),
  });
interface Document {
  layers: { mediaType: string; digest: string; size: number }[];
  manifests: { digest: string; size: number }[];
}
const manifestAt = async (name: string, reference: string): Promise<Document> =>
  (await ask('GET', `/v2/${name}/manifests/${reference}`)).json<Document>();
const trust = ['--cert-dir'];

describe('buildah', () => {
  const buildah = async (...args: string[]) => {
    const storage = ['root', 'runroot'].flatMap((name) => [
      `--${name}`,
      join(clients.folder, `buildah-${name}`),
    ]);
    return (await must('buildah', [...storage, '--storage-driver', 'vfs', ...args])).trim();
  };

  it('builds, pushes with zstd layers, and pulls again', async () => {
    const file = join(clients.folder, 'content');
    await writeFile(file, 'content of a layer\n'.repeat(1000));
    const container = await buildah('from', 'scratch');
    await buildah('copy', container, file, '/content');
    const image = await buildah('commit', '--format', 'oci', container);
    const options = [...trust, clients.certificates, '--creds', credentials, '--format', 'oci'];
    const to = `docker://${host}/built/zstd:1`;
    await buildah('push', ...options, '--compression-format', 'zstd', image, to);
    const { layers } = await manifestAt('built/zstd', '1');
    expect(layers.map(({ mediaType }) => mediaType)).toEqual([zstdLayer]);
    await buildah('rmi', '--all', '--force');
    const again = await buildah('from', ...trust, clients.certificates, `${host}/built/zstd:1`);
    const copied = join(clients.folder, 'copied');
    await buildah('push', again === '' ? image : `${host}/built/zstd:1`, `dir:${copied}`);
    expect(await must('skopeo', ['inspect', `dir:${copied}`])).toContain('"Layers"');
  });
});

describe("containerd's ctr", () => {
  const hosts = () => join(clients.folder, 'hosts');
  const options = (given = credentials) => ['--hosts-dir', hosts(), '--user', given];

  beforeAll(async () => {
    // For loopback ctr speaks plain HTTP unless a file says otherwise.
    const server = `https://${host}`;
    await mkdir(join(hosts(), host), { recursive: true });
    const ca = join(clients.certificates, 'ca.crt');
    const lines = [`server = "${server}"`, `[host."${server}"]`, `ca = ${JSON.stringify(ca)}`];
    await writeFile(join(hosts(), host, 'hosts.toml'), lines.join('\n'));
  });

  it('pulls an image of nine platforms, pushes it elsewhere and pulls that', async () => {
    const from = `${host}/mooring/hello:latest`;
    const to = `${host}/ctr/hello:1`;
    const pull = ['images', 'pull', ...options(), '--snapshotter', 'native', '--all-platforms'];
    await containerd.must(...pull, from);
    await containerd.must('images', 'tag', from, to);
    await containerd.must('images', 'push', ...options(), to);
    expect((await manifestAt('ctr/hello', '1')).manifests).toHaveLength(9);
    const other = `${host}/ctr/refused:1`;
    await containerd.must('images', 'tag', from, other);
    const wrong = await containerd.ctr('images', 'push', ...options(`${login.user}:wrong`), other);
    expect([wrong.status, (await ask('GET', '/v2/ctr/refused/manifests/1')).status]).toEqual([1, 404]);
    await containerd.must('images', 'rm', from, to, other);
    await containerd.must(...pull, to);
    expect(await containerd.must('images', 'ls', '-q')).toContain(to);
  });

  it('pulls zstd layers that skopeo made', async () => {
    const tls = ['--src-cert-dir', clients.certificates, '--dest-cert-dir', clients.certificates];
    const zstd = ['--dest-compress-format', 'zstd', '--format', 'oci', '--dest-creds', credentials];
    const layout = `oci:${join(clients.folder, 'zstd')}:v1`;
    const hello = `docker://${host}/mooring/hello:latest`;
    await must('skopeo', [
      'copy',
      '-q',
      ...tls.slice(0, 2),
      '--dest-compress',
      ...zstd.slice(0, 4),
      hello,
      layout,
    ]);
    await must('skopeo', [
      'copy',
      '-q',
      ...tls.slice(2),
      ...zstd.slice(4),
      layout,
      `docker://${host}/ctr/zstd:1`,
    ]);
    const { layers } = await manifestAt('ctr/zstd', '1');
    expect(layers[0]?.mediaType).toBe(zstdLayer);
    await containerd.must('images', 'pull', ...options(), '--snapshotter', 'native', `${host}/ctr/zstd:1`);
  });
});

describe('skopeo', () => {
  it('copies an image with a foreign layer that nobody holds', async () => {
    const folder = join(clients.folder, 'foreign');
    await mkdir(folder, { recursive: true });
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'windows',
      rootfs: { type: 'layers', diff_ids: [] },
    });
    const digest = createHash('sha256').update(config).digest('hex');
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      size: 12_345,
      digest: `sha256:${'5'.repeat(64)}`,
      urls: ['https://layers.invalid/base'],
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: `sha256:${digest}`,
      },
      layers: [foreign],
    };
    await writeFile(join(folder, digest), config);
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'version'), 'Directory Transport Version: 1.1\n');
    const to = `docker://${host}/odd/foreign:1`;
    const dest = ['--dest-cert-dir', clients.certificates, '--dest-creds', credentials];
    await must('skopeo', ['copy', '-q', ...dest, `dir:${folder}`, to]);
    expect((await manifestAt('odd/foreign', '1')).layers).toEqual([foreign]);
    const raw = await must('skopeo', ['inspect', '--raw', ...trust, clients.certificates, to]);
    expect(JSON.parse(raw)).toEqual(manifest);
  });

  it('copies an artifact that names an image as its subject, and the registry lists it', async () => {
    const from = `docker://${host}/mooring/hello:latest`;
    const tls = ['--src-cert-dir', clients.certificates, '--dest-cert-dir', clients.certificates];
    const copy = ['copy', '-q', '--all', ...tls, '--dest-creds', credentials];
    await must('skopeo', [...copy, from, `docker://${host}/art/image:1`]);
    const head = await ask('HEAD', '/v2/art/image/manifests/1');
    const subject = {
      mediaType: String(head.headers['content-type']),
      digest: String(head.headers['docker-content-digest']),
      size: Number(head.headers['content-length']),
    };
    const blob = '{}';
    const digest = `sha256:${createHash('sha256').update(blob).digest('hex')}`;
    const empty = { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: 2 };
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const artifact = JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      artifactType: 'application/spdx+json',
      config: empty,
      layers: [{ ...empty, mediaType: 'application/spdx+json' }],
      subject,
    });
    await ask('POST', `/v2/made/sbom/blobs/uploads/?digest=${digest}`, blob);
    expect((await ask('PUT', '/v2/made/sbom/manifests/1', artifact, type)).status).toBe(201);
    const one = copy.filter((argument) => argument !== '--all');
    const copied = await run('skopeo', [
      ...one,
      `docker://${host}/made/sbom:1`,
      `docker://${host}/art/image:sbom`,
    ]);
    expect(copied.status, copied.stderr).toBe(0);
    const listed = await ask(
      'GET',
      `/v2/art/image/referrers/${subject.digest}?artifactType=application/spdx%2Bjson`,
    );
    expect(listed.json<Document & { manifests: unknown[] }>().manifests).toEqual([
      {
        mediaType: type,
        digest: `sha256:${createHash('sha256').update(artifact).digest('hex')}`,
        size: artifact.length,
        artifactType: 'application/spdx+json',
      },
    ]);
  });
});
