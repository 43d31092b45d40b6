import { expect, test } from 'vitest';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import { createCauses } from './causes.ts';

const causesOf = (...errors: (readonly [ErrorCode, Record<string, string>])[]) => {
  const causes = createCauses();
  for (const [code, details] of errors) causes.add(new AppError(code, details).data, false);
  return causes.list();
};

test('failures are grouped by code, the commonest first, and say what all share', () => {
  const [first, second] = causesOf(
    ['DISK_FULL', { device: 'b', folder: '/etc/docker' }],
    ['AUTH_REFUSED', { device: 'a', user: 'root', method: 'key' }],
    ['AUTH_REFUSED', { device: 'c', user: 'root', method: 'key' }],
  );
  expect(first).toMatchObject({ code: 'AUTH_REFUSED', count: 2 });
  expect(first?.title).toBe('The device does not accept this login for root');
  expect(second?.title).toBe('The disk of the device is full');
});

test('what differs is spoken of neutrally', () => {
  const [mixed] = causesOf(
    ['AUTH_REFUSED', { device: 'a', user: 'root', method: 'key' }],
    ['AUTH_REFUSED', { device: 'c', user: 'pi', method: 'key' }],
  );
  expect(mixed?.title).toBe('The device does not accept this login for the user');
});

test('a failure without an error has a group too', () => {
  const causes = createCauses();
  causes.add(null, false);
  expect(causes.list()).toMatchObject([{ code: 'INTERNAL', count: 1 }]);
});
