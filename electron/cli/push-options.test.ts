import { expect, test } from 'vitest';
import { readInput, type Command } from './command.ts';
import { pushFlags, readPushOptions } from './push-options.ts';

const command: Command = { name: 'x', words: '', summary: '', flags: pushFlags, run: async () => 0 };
const read = (...args: string[]) => readPushOptions(readInput(command, args));

test('what is left out is the careful choice', () => {
  expect(read()).toEqual({
    runtimes: null,
    system: false,
    acceptUnconstrained: false,
    restart: false,
    pinName: false,
    repair: [],
    replace: [],
  });
});

test('engines are known by name', () => {
  expect(read('--runtime', 'podman', '--runtime', 'containerd', '--system', '--repair', '/a')).toMatchObject({
    runtimes: ['podman', 'containerd'],
    system: true,
    repair: ['/a'],
  });
  expect(() => read('--runtime', 'lxc')).toThrow('--runtime: "lxc" is no engine');
  expect(() => read('--runtime', 'system')).toThrow('--runtime');
});
