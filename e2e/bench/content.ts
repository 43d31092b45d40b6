import { createHash, randomBytes } from 'node:crypto';

/** Bytes that no other blob of a run has, as buffers to send one after the other, and their digest. */
export interface Content {
  digest: string;
  size: number;
  parts: Buffer[];
}

const piece = 1024 * 1024;
const filler = randomBytes(piece);

/** @param size bytes; whole MiB, or less than one */
export const createContent = (size: number): Content => {
  const first = randomBytes(Math.min(size, piece));
  const parts = [first, ...Array.from({ length: Math.floor(size / piece) - 1 }, () => filler)];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return { digest: `sha256:${hash.digest('hex')}`, size, parts };
};
