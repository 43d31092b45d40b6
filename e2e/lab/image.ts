import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * A small image as an OCI layout, for `skopeo copy oci:FOLDER:latest …`. Its one layer holds /hello with `text`.
 * @returns the digest of its manifest
 */
export const writeImage = (folder: string, text: string): string => {
  const content = path.join(folder, 'content');
  fs.mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true });
  fs.mkdirSync(content);
  fs.writeFileSync(path.join(content, 'hello'), text);
  const tar = execFileSync('tar', ['-C', content, '-cf', '-', 'hello']);
  fs.rmSync(content, { recursive: true });

  const layer = addBlob(folder, gzipSync(tar), 'application/vnd.oci.image.layer.v1.tar+gzip');
  const config = addBlob(
    folder,
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/hello'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
    'application/vnd.oci.image.config.v1+json',
  );
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = addBlob(
    folder,
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [layer] }),
    manifestType,
  );
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'latest' } };
  fs.writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  fs.writeFileSync(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  return manifest.digest;
};

const digestOf = (bytes: Buffer | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const addBlob = (folder: string, bytes: Buffer | string, mediaType: string) => {
  const digest = digestOf(bytes);
  fs.writeFileSync(path.join(folder, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: Buffer.byteLength(bytes) };
};
