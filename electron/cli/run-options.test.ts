import { expect, test } from 'vitest';
import { readInput, UsageError, type Command } from './command.ts';
import { readRunOptions, runFlags } from './run-options.ts';

const command: Command = { name: 'x', words: '', summary: '', flags: runFlags, run: async () => 0 };
const read = (...args: string[]) => readRunOptions(readInput(command, args));

test('steps are numbers, shares and the rest', () => {
  expect(read('--wave', '1, 10%,rest', '--stop-after', '0')).toEqual({
    waves: { waves: [{ count: 1 }, { percent: 10 }, 'rest'], stopAfter: 0, pauseAfterWave: false },
  });
});

test('nothing given is nothing said', () => {
  expect(read()).toEqual({});
  expect(read('--concurrency', '8', '--retries', '0', '--accept-new-host-keys')).toEqual({
    concurrency: 8,
    retries: 0,
    acceptNewHostKeys: true,
  });
});

test('what is no step is refused by name', () => {
  for (const wave of ['0', '-1', '0%', '101%', 'all', '1,', '1;2']) {
    expect(() => read('--wave', wave)).toThrow(UsageError);
  }
  expect(() => read('--pause-after-wave', '--stop-after', '3')).toThrow('--pause-after-wave needs --wave');
  expect(() => read('--concurrency', '257')).toThrow('--concurrency');
});
