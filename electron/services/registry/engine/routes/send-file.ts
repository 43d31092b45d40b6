import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { turns } from '../turns.ts';

const bufferSize = 256 * 1024;
const maxIdle = 32;

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

/** Reads the next piece and hands it to the socket. @returns bytes read, once the socket has taken them */
const sendPiece = async (
  response: ServerResponse,
  handle: FileHandle,
  piece: Buffer,
  position: number,
): Promise<number> => {
  let taken: Promise<void>;
  let bytesRead = 0;
  await turns.take();
  try {
    ({ bytesRead } = await handle.read(piece, 0, piece.length, position));
    if (bytesRead === 0) throw new Error('the file became shorter');
    taken = write(response, piece.subarray(0, bytesRead));
  } finally {
    turns.give();
  }
  await taken;
  return bytesRead;
};

/**
 * Sends bytes `start` to `end` (inclusive) of a file through one buffer, which is filled again only when the
 * socket has taken it. Ends the response.
 */
export const sendFile = async (
  response: ServerResponse,
  handle: FileHandle,
  start: number,
  end: number,
): Promise<void> => {
  const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(bufferSize);
  let isClean = false;
  try {
    for (let position = start; position <= end;) {
      const wanted = Math.min(bufferSize, end - position + 1);
      position += await sendPiece(response, handle, buffer.subarray(0, wanted), position);
    }
    isClean = true;
    response.end();
  } finally {
    // After a broken connection the socket may still hold the buffer.
    if (isClean && idle.length < maxIdle) idle.push(buffer);
  }
};
