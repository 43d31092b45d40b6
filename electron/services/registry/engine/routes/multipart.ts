import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { readAt } from '../storage/quick.ts';
import type { ByteRange } from './ranges.ts';

/** The text around the parts of a `multipart/byteranges` answer (RFC 9110 section 14.6). */
export interface Multipart {
  contentType: string;
  /** Of the whole body, in bytes. */
  length: number;
  /** What comes before the bytes of each range. */
  heads: Buffer[];
  tail: Buffer;
}

/** @param size of the whole blob, bytes */
export const multipartOf = (ranges: ByteRange[], partType: string, size: number): Multipart => {
  const boundary = randomBytes(16).toString('hex');
  const heads = ranges.map(({ start, end }, index) =>
    Buffer.from(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${partType}\r\n` +
        `Content-Range: bytes ${start}-${end}/${size}\r\n\r\n`,
    ),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const length =
    heads.reduce((sum, head) => sum + head.length, tail.length) +
    ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, heads, tail };
};

const pieceSize = 64 * 1024;

/** Resolves when the socket has taken enough to go on. */
const write = (response: ServerResponse, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    if (response.destroyed) return reject(new Error('the client went away'));
    if (response.write(bytes)) return resolve();
    const onDrain = () => {
      response.off('close', onClose);
      resolve();
    };
    const onClose = () => {
      response.off('drain', onDrain);
      reject(new Error('the client went away'));
    };
    response.once('drain', onDrain).once('close', onClose);
  });

/** Sends the parts of a file in the order they were asked for. Ends the response. */
export const sendParts = async (
  response: ServerResponse,
  file: number,
  ranges: ByteRange[],
  { heads, tail }: Multipart,
): Promise<void> => {
  for (const [index, { start, end }] of ranges.entries()) {
    await write(response, heads[index] ?? tail);
    for (let position = start; position <= end;) {
      const piece = Buffer.allocUnsafe(Math.min(pieceSize, end - position + 1));
      const bytesRead = await readAt(file, piece, position);
      if (bytesRead === 0) throw new Error('the file became shorter');
      await write(response, piece.subarray(0, bytesRead));
      position += bytesRead;
    }
  }
  response.end(tail);
};
