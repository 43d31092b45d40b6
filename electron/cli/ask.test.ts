import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { isAnsweredYes } from './ask.ts';
import type { Context } from './context.ts';
import { createOutput } from './output.ts';

const ask = (stdin: PassThrough, stopSignal = new AbortController().signal) => {
  const context: Context = {
    ...{ out: createOutput(false, process), dataDir: '', env: {}, platform: 'linux', cwd: '' },
    ...{ stdin, stopSignal },
  };
  return isAnsweredYes(context, 'Is this the device?');
};

test.each([
  ['yes\n', true],
  ['Yes \n', true],
  ['y\n', false],
  ['\n', false],
])('%j', async (reply, isYes) => {
  expect(await ask(new PassThrough().end(reply))).toBe(isYes);
});

test('an input that ends without an answer says no', async () => {
  expect(await ask(new PassThrough().end())).toBe(false);
});

test('a command that is stopped waits for no answer', async () => {
  const stdin = new PassThrough();
  await expect(ask(stdin, AbortSignal.abort())).rejects.toThrow();
  expect(stdin.isPaused()).toBe(true);
});
