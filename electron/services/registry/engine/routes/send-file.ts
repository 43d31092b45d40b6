import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

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
      const { bytesRead } = await handle.read(buffer, 0, wanted, position);
      if (bytesRead === 0) throw new Error('the file became shorter');
      await write(response, buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
    isClean = true;
    response.end();
  } finally {
    // After a broken connection the socket may still hold the buffer.
    if (isClean && idle.length < maxIdle) idle.push(buffer);
  }
};
