import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, follow, retryDelay, socketUrl, type Transport } from './client.ts';

const fakeTransport = () => {
  const ends: (() => void)[] = [];
  let canOpen = true;
  const transport: Transport = (onEnd) => {
    ends.push(onEnd);
    return canOpen
      ? Promise.resolve({ call: (path: readonly string[]) => Promise.resolve(path.join('.')) })
      : Promise.reject(new Error('refused'));
  };
  return { transport, ends, allow: (value: boolean) => (canOpen = value) };
};

describe('connection', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('opens, tells its watchers, and opens again after a loss', async () => {
    const { transport, ends } = fakeTransport();
    const connection = connect(transport);
    const signals: AbortSignal[] = [];
    connection.whileOpen((signal) => signals.push(signal));
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.state.getState().phase).toBe('open');
    expect(signals).toHaveLength(1);

    ends[0]?.();
    expect(connection.state.getState().phase).toBe('lost');
    expect(signals[0]?.aborted).toBe(true);

    await vi.advanceTimersByTimeAsync(retryDelay(1));
    expect(connection.state.getState().phase).toBe('open');
    expect(signals).toHaveLength(2);
    expect(signals[1]?.aborted).toBe(false);
  });

  it('refuses calls while lost and lets them through when open', async () => {
    const fake = fakeTransport();
    fake.allow(false);
    const connection = connect(fake.transport);
    await vi.advanceTimersByTimeAsync(0);
    await expect(connection.client.app.info()).rejects.toThrow('does not answer');
    fake.allow(true);
    await vi.advanceTimersByTimeAsync(retryDelay(1));
    await expect(connection.client.app.info()).resolves.toBe('app.info');
  });

  it('calls the connection lost when the third attempt fails', async () => {
    const fake = fakeTransport();
    fake.allow(false);
    const connection = connect(fake.transport);
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.state.getState().phase).toBe('connecting');
    await vi.advanceTimersByTimeAsync(retryDelay(1) + retryDelay(2));
    expect(connection.state.getState().phase).toBe('lost');
  });

  it('cancels a call over an open connection, never over one that has gone', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const ends: (() => void)[] = [];
    const connection = connect((onEnd) => {
      ends.push(onEnd);
      return Promise.resolve({
        call: (_path: readonly string[], _input: unknown, options: { signal?: AbortSignal }) => {
          signals.push(options.signal);
          return Promise.resolve(null);
        },
      });
    });
    await vi.advanceTimersByTimeAsync(0);
    const first = new AbortController();
    const second = new AbortController();
    await connection.client.app.info(undefined, { signal: first.signal });
    await connection.client.app.info(undefined, { signal: second.signal });
    first.abort();
    ends[0]?.();
    second.abort();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  it('stops a work that was taken off', async () => {
    const { transport } = fakeTransport();
    const connection = connect(transport);
    await vi.advanceTimersByTimeAsync(0);
    let seen: AbortSignal | undefined;
    const off = connection.whileOpen((signal) => (seen = signal));
    off();
    expect(seen?.aborted).toBe(true);
  });
});

describe('retry delay', () => {
  it('doubles up to five seconds', () => {
    expect([1, 2, 3, 4, 5, 9].map(retryDelay)).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
  });
});

describe('socket address', () => {
  it('follows the page', () => {
    expect(socketUrl({ protocol: 'http:', host: '127.0.0.1:8080' })).toBe('ws://127.0.0.1:8080/rpc');
    expect(socketUrl({ protocol: 'https:', host: 'x' })).toBe('wss://x/rpc');
  });
});

describe('follow', () => {
  it('hands values on and tells a failure', async () => {
    const source = async function* () {
      yield 1;
      yield 2;
      throw new Error('broken');
    };
    const seen: number[] = [];
    const errors: unknown[] = [];
    await follow(
      Promise.resolve(source()),
      new AbortController().signal,
      (value) => seen.push(value),
      (error) => errors.push(error),
    );
    expect(seen).toEqual([1, 2]);
    expect(errors).toHaveLength(1);
  });
});
