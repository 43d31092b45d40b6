import { describe, expect, test } from 'vitest';
import { hostPort, isMdnsName, proposeName, registryName } from './names.ts';

describe('registryName', () => {
  test('takes upper case and a trailing dot away', () => {
    expect(registryName.parse(' Registry.Local. ')).toBe('registry.local');
    expect(registryName.parse('build-7.lan')).toBe('build-7.lan');
  });
  test.each([
    'a.b.local',
    '192.168.1.1',
    'under_score.local',
    '-dash.local',
    'dash-.local',
    'two..dots',
    '',
    `${'x'.repeat(64)}.local`,
    'registry.local:5000',
    'registry.local/path',
  ])('refuses %j', (name) => {
    expect(registryName.safeParse(name).success).toBe(false);
  });
});

test('proposes the next free-looking name, which is a name again', () => {
  expect(proposeName('registry.local')).toBe('registry-2.local');
  expect(proposeName('registry-2.local')).toBe('registry-3.local');
  expect(proposeName('registry')).toBe('registry-2');
  const longest = `${'x'.repeat(63)}.local`;
  expect(registryName.safeParse(proposeName(longest)).success).toBe(true);
});

test('tells mDNS names and writes hosts with ports', () => {
  expect([isMdnsName('registry.local'), isMdnsName('registry.lan')]).toEqual([true, false]);
  expect(hostPort('fd00::1', 5000)).toBe('[fd00::1]:5000');
  expect(hostPort('registry.local', 5000)).toBe('registry.local:5000');
});
