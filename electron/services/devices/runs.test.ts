import { expect, test } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { HeldBack, type ItemTools } from '#electron/services/jobs/index.ts';
import { AppError } from '#shared/errors.ts';
import { createRunKinds } from './runs.ts';
import type { DeviceSession } from './session.ts';

/** Does the work on one device and yields how it ended. */
const visit = async (connect: () => Promise<void>, signal = new AbortController().signal) => {
  const book = createLogBook({});
  let closed = 0;
  const runKind = createRunKinds({
    log: book.log,
    async connect() {
      await connect();
      return { close: () => void (closed += 1) } as unknown as DeviceSession;
    },
  });
  const work = await runKind('Read facts of', async () => 'Debian 12').prepare({});
  const end = await work({ id: 'a', label: 'gate' }, { signal } as ItemTools);
  return { end, closed, lines: JSON.stringify(book.lines()) };
};

test('a device that is done says what came of it, and its session is closed', async () => {
  const { end, closed } = await visit(async () => undefined);
  expect([end, closed]).toEqual([expect.objectContaining({ state: 'succeeded', message: 'Debian 12' }), 1]);
});

test.each([
  ['nobody answers', { code: 'DEVICE_UNREACHABLE', retryable: true }, 'absent'],
  ['the link breaks', { code: 'SCRIPT_UNFINISHED', retryable: true }, 'later'],
  ['the login is wrong', { code: 'AUTH_REFUSED', retryable: false }, 'never'],
] as const)('where %s, the end says what another try is worth', async (_, { code, retryable }, retry) => {
  const { end, closed } = await visit(async () => {
    throw new AppError(code, { device: 'gate', address: '192.0.2.7' }, { retryable });
  });
  expect([end, closed]).toEqual([expect.objectContaining({ state: 'failed', retry, error: end.result }), 0]);
  expect(end.error?.code).toBe(code);
});

test('what nobody expected is in the log under the reference that the end names', async () => {
  const { end, lines } = await visit(async () => {
    throw new TypeError('a defect');
  });
  expect(end).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
  expect(lines).toContain(end.error?.reference);
});

test('cancelled work is not told as a failure, and who found no place waits', async () => {
  const cancelled = visit(async () => {
    throw new AppError('CANCELLED');
  }, AbortSignal.abort());
  expect((await cancelled).end).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
  const held = visit(async () => {
    throw new HeldBack();
  });
  await expect(held).rejects.toThrow(HeldBack);
});
