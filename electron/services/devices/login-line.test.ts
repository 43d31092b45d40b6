import { expect, test } from 'vitest';
import type { Device } from '#shared/model/devices.ts';
import { loginLine } from './login-line.ts';

const line = (user: string, engines: [kind: string, isRunning: boolean][] | null, name = 'mooring') => {
  const facts = engines && { engines: engines.map(([kind, isRunning]) => ({ kind, isRunning })) };
  return loginLine({ user, facts } as Pick<Device, 'user' | 'facts'>, {
    reference: 'registry.local:5000',
    user: name,
  });
};

test('the line is for the engine that runs and the user who logs in', () => {
  expect(line('root', [['docker', true]]).command).toBe('docker login registry.local:5000 -u mooring');
  expect(
    line('root', [
      ['docker', false],
      ['balena-engine', true],
    ]).command,
  ).toMatch(/^balena-engine login /);
  expect(line('pi', [['podman', true]])).toEqual({
    command: 'sudo podman login registry.local:5000 -u mooring',
    note: expect.stringContaining('until the next reboot'),
  });
  expect(line('pi', null)).toEqual({
    command: 'sudo docker login registry.local:5000 -u mooring',
    note: expect.stringContaining('docker is assumed'),
  });
});

test('a hostile user name stays one word', () => {
  expect(line('root', [], 'a; reboot').command).toBe("docker login registry.local:5000 -u 'a; reboot'");
});
