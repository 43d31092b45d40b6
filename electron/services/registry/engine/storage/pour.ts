import { turns } from '../turns.ts';
import { writeAt } from './quick.ts';

const pieceSize = 512 * 1024;

/** Writes all of the buffers from `position` on, also when the system takes only a part at once. */
export const writeAll = async (descriptor: number, pieces: Buffer[], position: number): Promise<void> => {
  const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const written = await writeAt(descriptor, pieces, position);
  if (written === wanted) return;
  const rest = Buffer.concat(pieces);
  for (let done = written; done < rest.length;) {
    done += await writeAt(descriptor, [rest.subarray(done)], position + done);
  }
};

/**
 * Writes a stream to a file, coalesced to 512 KiB and always at explicit positions: writes without one may be
 * carried out in any order. One write is under way while the next piece is collected. Downloads that wait for their turn
 * come before the next piece.
 * @param onChunk sees every chunk in order
 * @returns the position after the last byte
 */
export const pour = async (
  source: AsyncIterable<Buffer>,
  descriptor: number,
  start: number,
  onChunk: (chunk: Buffer) => void,
): Promise<number> => {
  let position = start;
  let pieces: Buffer[] = [];
  let size = 0;
  let writing: Promise<void> = Promise.resolve();

  const flush = async () => {
    await writing;
    await turns.pass();
    writing = size > 0 ? writeAll(descriptor, pieces, position) : Promise.resolve();
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
