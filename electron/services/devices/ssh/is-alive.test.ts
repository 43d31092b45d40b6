import { expect, test } from 'vitest';
import { isAlive } from './is-alive.ts';

type Answer = (error?: Error) => void;

/** A client whose server answers as `answer` does. */
const client = (answer: (reply: Answer) => void) => ({
  unforwardIn(_address: string, _port: number, reply?: Answer) {
    if (reply) answer(reply);
    return this as never;
  },
});

test('a refusal is a sign of life, silence and a closed connection are none', async () => {
  expect(
    await isAlive(
      client((reply) => reply(new Error('refused'))),
      5000,
    ),
  ).toBe(true);
  expect(
    await isAlive(
      client(() => undefined),
      10,
    ),
  ).toBe(false);
  const closed = client(() => {
    throw new Error('Not connected');
  });
  expect(await isAlive(closed, 5000)).toBe(false);
});
