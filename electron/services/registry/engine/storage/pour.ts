import type { FileHandle } from 'node:fs/promises';

const pieceSize = 512 * 1024;

const writeAll = async (handle: FileHandle, pieces: Buffer[], position: number): Promise<void> => {
  const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await handle.writev(pieces, position);
  if (bytesWritten === wanted) return;
  const rest = Buffer.concat(pieces).subarray(bytesWritten);
  for (let done = 0; done < rest.length;) {
    const at = position + bytesWritten + done;
    done += (await handle.write(rest, done, rest.length - done, at)).bytesWritten;
  }
};

/**
 * Writes a stream to a file, coalesced to 512 KiB and always at explicit positions: writes without one may be
 * carried out in any order. One write is under way while the next piece is collected.
 * @param onChunk sees every chunk in order
 * @returns the position after the last byte
 */
export const pour = async (
  source: AsyncIterable<Buffer>,
  handle: FileHandle,
  start: number,
  onChunk: (chunk: Buffer) => void,
): Promise<number> => {
  let position = start;
  let pieces: Buffer[] = [];
  let size = 0;
  let writing: Promise<void> = Promise.resolve();

  const flush = async () => {
    await writing;
    writing = size > 0 ? writeAll(handle, pieces, position) : Promise.resolve();
    // The rejection is seen at the next `await writing`; until then it must not count as unhandled.
    writing.catch(() => undefined);
    position += size;
    pieces = [];
    size = 0;
  };

  try {
    for await (const chunk of source) {
      onChunk(chunk);
      pieces.push(chunk);
      size += chunk.length;
      if (size >= pieceSize) await flush();
    }
  } finally {
    // What arrived before a broken connection is kept, so that the client can go on from there.
    await flush();
    await writing;
  }
  return position;
};
