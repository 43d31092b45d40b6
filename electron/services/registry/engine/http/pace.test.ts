import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepPace } from './pace.ts';

const pace = { bytes: 100, windowMs: 1000 };

/** A client that sends `size` bytes every `everyMs`, a hundred times. */
async function* client(size: number, everyMs: number) {
  for (let sent = 0; sent < 100; sent += 1) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    yield Buffer.alloc(size);
  }
}

/** Bytes a reader got that needs `busyMs` for each piece, and what ended it. */
const read = async (body: AsyncIterable<Buffer>, busyMs = 0) => {
  let bytes = 0;
  let error: unknown = null;
  const reading = (async () => {
    for await (const piece of keepPace(body, pace)) {
      bytes += piece.length;
      if (busyMs > 0) await new Promise((resolve) => setTimeout(resolve, busyMs));
    }
  })().catch((caught: unknown) => (error = caught));
  await vi.runAllTimersAsync();
  await reading;
  return { bytes, error, ms: performance.now() };
};

describe('the pace of a body', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is kept by a slow but steady client, however long it takes', async () => {
    expect(await read(client(12, 100))).toMatchObject({ bytes: 1200, error: null });
  });

  it('is not kept by one that trickles', async () => {
    const { bytes, error, ms } = await read(client(9, 100));
    expect(error).toMatchObject({ kind: 'too-slow' });
    expect(bytes).toBe(81);
    expect(ms).toBeGreaterThanOrEqual(1000);
  });

  it('counts no time in which the reader is busy', async () => {
    expect(await read(client(12, 100), 5000)).toMatchObject({ bytes: 1200, error: null });
    const trickle = await read(client(9, 100), 5000);
    expect(trickle).toMatchObject({ bytes: 90, error: { kind: 'too-slow' } });
  });

  it('leaves no timer behind, and hands on what the client ends with', async () => {
    const broken = (async function* () {
      yield Buffer.alloc(1);
      await Promise.reject(new Error('aborted'));
    })();
    expect(await read(broken)).toMatchObject({ bytes: 1, error: { message: 'aborted' } });
    const endless = (async function* () {
      for (;;) yield Promise.resolve(Buffer.alloc(1));
    })();
    for await (const piece of keepPace(endless, pace)) {
      expect(piece).toHaveLength(1);
      break;
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});
