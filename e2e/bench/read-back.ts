import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '#electron/services/registry/engine/storage/durable.ts';

/**
 * Reads every blob of a store back and hashes it.
 * @param root folder that holds `docker/registry/v2`
 * @returns how many there are
 * @throws Error when one is not what its name says
 */
export const readBack = async (root: string): Promise<number> => {
  const folder = join(root, 'docker', 'registry', 'v2', 'blobs', 'sha256');
  const shorts = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  let count = 0;
  for (const short of shorts) {
    for (const hex of await readdir(join(folder, short))) {
      const hash = createHash('sha256');
      const file = createReadStream(join(folder, short, hex, 'data'), { highWaterMark: 1024 * 1024 });
      for await (const chunk of file) hash.update(chunk as Buffer);
      if (hash.digest('hex') !== hex) throw new Error(`sha256:${hex} holds other bytes`);
      count += 1;
    }
  }
  return count;
};
