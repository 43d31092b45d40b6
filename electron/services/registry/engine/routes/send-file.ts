import type { ServerResponse } from 'node:http';
import { readAt } from '../storage/quick.ts';
import { turns } from '../turns.ts';

const bufferSize = 256 * 1024;
const maxIdle = 32;

/** Downloads that read ahead. When many go on, the disk works for one while the sockets of others are written to anyway. */
const maxAhead = 8;
let underWay = 0;

/** Buffers of finished downloads, for the next ones: a stream pipeline would allocate anew for every 64 KiB. */
const idle: Buffer[] = [];

const write = (response: ServerResponse, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const onClose = () => reject(new Error('the client went away'));
    response.once('close', onClose);
    response.write(bytes, (error) => {
      response.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });

/** Fills a buffer from the file and hands it to the socket. @returns bytes read; `taken`: the socket needs it no longer */
const sendPiece = async (
  response: ServerResponse,
  file: number,
  piece: Buffer,
  position: number,
): Promise<{ bytesRead: number; taken: Promise<void> }> => {
  await turns.take();
  try {
    const bytesRead = await readAt(file, piece, position);
    if (bytesRead === 0) throw new Error('the file became shorter');
    const taken = write(response, piece.subarray(0, bytesRead));
    // Whoever fills the buffer again hears of a failure; until then it is not an unheard one.
    taken.catch(() => undefined);
    return { bytesRead, taken };
  } finally {
    turns.give();
  }
};

const smallest = 64 * 1024;

/** A configuration, or a layer of a few files: headers and body go out in one piece. */
const sendAtOnce = async (response: ServerResponse, file: number, start: number, length: number) => {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const bytesRead = await readAt(file, bytes.subarray(at), start + at);
    if (bytesRead === 0) throw new Error('the file became shorter');
    at += bytesRead;
  }
  response.end(bytes);
};

/**
 * Sends bytes `start` to `end` (inclusive) of a file through one buffer, which is filled again only when the
 * socket has taken it, or through two, one on its way while the other is filled. Ends the response.
 */
export const sendFile = async (
  response: ServerResponse,
  file: number,
  start: number,
  end: number,
): Promise<void> => {
  if (end - start < smallest) return sendAtOnce(response, file, start, end - start + 1);
  underWay += 1;
  const isAhead = underWay <= maxAhead && end - start >= bufferSize;
  const buffers = Array.from({ length: isAhead ? 2 : 1 }, () => ({
    bytes: idle.pop() ?? Buffer.allocUnsafeSlow(bufferSize),
    taken: Promise.resolve(),
  }));
  let isClean = false;
  try {
    for (let position = start; position <= end;) {
      for (const buffer of buffers) {
        await buffer.taken;
        const wanted = Math.min(bufferSize, end - position + 1);
        if (wanted === 0) break;
        const sent = await sendPiece(response, file, buffer.bytes.subarray(0, wanted), position);
        buffer.taken = sent.taken;
        position += sent.bytesRead;
      }
    }
    await Promise.all(buffers.map(({ taken }) => taken));
    isClean = true;
    response.end();
  } finally {
    underWay -= 1;
    // After a broken connection the socket may still hold the buffers.
    if (isClean) idle.push(...buffers.slice(0, maxIdle - idle.length).map(({ bytes }) => bytes));
  }
};
