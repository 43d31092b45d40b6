import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('a device is reached by an address with a zone, and is in the list once', () => {
  const script = fileURLToPath(new URL('zone.fixture.ts', import.meta.url));
  const address = 'fe80::7%d0';
  const commands = [
    'ip link set lo up',
    'ip link add d0 type veth peer name d1',
    'ip link set d0 up',
    'ip link set d1 up',
    'ip -6 addr add fe80::7/64 dev d0 nodad',
    `exec '${process.execPath}' '${script}' '${address}'`,
  ];
  const output = execFileSync('unshare', ['-n', 'sh', '-ec', commands.join('\n')], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({ address, hostKeys: 1, twin: 'DEVICE_EXISTS' });
});
