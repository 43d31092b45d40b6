import { createHash } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import { gzipSync } from 'node:zlib';
import { tlsAlgorithms } from '#electron/algorithms.ts';

/**
 * The smallest registry that an image (`tiny:1`) can be pulled from, as a program:
 * `node tiny-registry.fixture.ts CERTIFICATE KEY PORT` prints `ready` once it listens on every address.
 */
const [, , certFile = '', keyFile = '', port = ''] = process.argv;

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const tar = Buffer.alloc(1024);
const layer = gzipSync(tar);
const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] };
const config = json({ architecture: 'amd64', os: 'linux', config: {}, rootfs });
const entry = (mediaType: string, bytes: Buffer) => ({
  mediaType,
  size: bytes.length,
  digest: digestOf(bytes),
});
const manifest = json({
  schemaVersion: 2,
  mediaType: manifestType,
  config: entry('application/vnd.docker.container.image.v1+json', config),
  layers: [entry('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)],
});
const bodies: Record<string, [type: string, body: Buffer]> = {
  '/v2/': ['application/json', json({})],
  '/v2/tiny/manifests/1': [manifestType, manifest],
  [`/v2/tiny/manifests/${digestOf(manifest)}`]: [manifestType, manifest],
  [`/v2/tiny/blobs/${digestOf(config)}`]: ['application/octet-stream', config],
  [`/v2/tiny/blobs/${digestOf(layer)}`]: ['application/octet-stream', layer],
};

https
  .createServer(
    { cert: fs.readFileSync(certFile), key: fs.readFileSync(keyFile), ...tlsAlgorithms },
    (request, response) => {
      const [type, body] = bodies[request.url ?? ''] ?? ['text/plain', Buffer.from('')];
      const headers = {
        'content-type': type,
        'content-length': body.length,
        'docker-content-digest': digestOf(body),
      };
      response.writeHead(bodies[request.url ?? ''] ? 200 : 404, headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    },
  )
  .listen(Number(port), '::', () => process.stdout.write('ready\n'));
