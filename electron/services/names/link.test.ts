import { expect, test } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { createNames } from './index.ts';
import { tableOf } from './lab/bus.ts';
import { openLink } from './link.ts';

/** The loopback interface taken for a LAN: real sockets, and no packet leaves the computer. */
const loopbackAsLan = () => tableOf({ loop: ['127.0.0.1/8'] });

test('two services on one port 5353: one announces, the other finds it and hears its goodbye', async () => {
  const { log } = createLogBook({});
  const interfaces = loopbackAsLan;
  const name = `registry-${process.pid}.local`;
  const one = createNames({ log, interfaces, hostName: 'one' });
  const two = createNames({ log, interfaces, hostName: 'two' });
  await one.advertise({ names: [name], addresses: ['127.0.0.1'], port: 5000 });
  expect(one.state().names[0]?.state).toBe('announced');
  expect(await two.resolve(name, { timeoutMs: 5000 })).toEqual(['127.0.0.1']);
  await one.withdraw();
  expect(await two.resolve(name, { timeoutMs: 300 })).toEqual([]);
});

test('an address that is not of this computer is refused with its interface', async () => {
  const place = { name: 'eth9', zone: 'eth9', ipv4: '198.51.100.7', subnets: ['198.51.100.0/24'] };
  await expect(openLink(place)).rejects.toMatchObject({
    code: 'MDNS_UNAVAILABLE',
    details: { interface: 'eth9' },
  });
});
