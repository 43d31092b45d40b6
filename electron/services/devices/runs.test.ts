import { expect, test } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import type { JobContext, Jobs } from '#electron/services/jobs/index.ts';
import { AppError } from '#shared/errors.ts';
import type { Device } from '#shared/model/devices.ts';
import { createRuns, type DeviceResult } from './runs.ts';
import type { DeviceSession } from './session.ts';

const devices = ['a', 'b', 'c'].map((id) => ({ id, name: id }) as Device);

/** Runs the work on three devices and yields what the job would. */
const run = async (
  connect: (id: string, signal: AbortSignal) => Promise<void>,
  signal = new AbortController().signal,
) => {
  const book = createLogBook({});
  const closed: string[] = [];
  const states: Record<string, unknown> = {};
  let result: Promise<unknown> = Promise.resolve();
  const jobs = {
    start: (_about: unknown, work: (context: JobContext) => Promise<unknown>) => {
      const item = (id: string, patch: object) => {
        states[id] = { ...(states[id] as object), ...patch };
      };
      result = work({ id: 'j', signal, item });
      return { id: 'j' };
    },
  } as unknown as Pick<Jobs, 'start'>;
  const start = createRuns({
    jobs,
    log: book.log,
    connect: async (id, options) => {
      await connect(id, options.signal);
      return { close: () => void closed.push(id) } as unknown as DeviceSession;
    },
  });
  start({ kind: 'devices.probe', title: 't' }, devices, async (_session, { item }) =>
    item({ state: 'succeeded' }),
  );
  return { results: (await result) as DeviceResult[], states, closed, lines: book.lines() };
};

test('a device that fails is a result, and the others go on', async () => {
  const { results, states, closed, lines } = await run(async (id) => {
    if (id === 'a') throw new AppError('DEVICE_UNREACHABLE', { device: 'a', address: '192.0.2.7' });
    if (id === 'b') throw new TypeError('a defect');
  });
  expect(results.map(({ error }) => error?.code ?? null)).toEqual(['DEVICE_UNREACHABLE', 'INTERNAL', null]);
  expect(states).toMatchObject({ a: { state: 'failed' }, b: { state: 'failed' }, c: { state: 'succeeded' } });
  expect(closed).toEqual(['c']);
  expect(JSON.stringify(lines)).toContain(results[1]?.error?.reference);
});

test('cancelled work is not told as a failure', async () => {
  const { results, states } = await run(async () => {
    throw new AppError('CANCELLED');
  }, AbortSignal.abort());
  expect(results.map(({ error }) => error?.code)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
  expect(states).toEqual({});
});
