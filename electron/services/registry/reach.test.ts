import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkReach } from './reach.ts';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((closed) => server.close(closed)));

const quiet = { platform: 'linux', read: async () => null, readText: async () => null } as const;
const withRules = (rules: string) => ({
  ...quiet,
  read: async (file: string) => (file === 'iptables' ? rules : null),
});

test('answers, and no firewall is against it: nothing to do', async () => {
  expect(await checkReach({ addresses: ['127.0.0.1'], port }, quiet)).toEqual({
    addresses: [{ address: '127.0.0.1', isReachable: true, problem: '' }],
    firewall: null,
    remedy: '',
  });
});

test('answers here, but the rules keep devices out', async () => {
  const reach = await checkReach({ addresses: ['127.0.0.1'], port }, withRules('-P INPUT DROP\n'));
  expect(reach.addresses[0]).toMatchObject({ isReachable: false });
  expect(reach.addresses[0]?.problem).toContain('iptables keeps devices out');
  expect(reach.remedy).toBe(`sudo iptables -I INPUT -p tcp --dport ${port} -j ACCEPT`);
});

test('nothing listens: no firewall remedy for that', async () => {
  const free = createServer();
  await new Promise<void>((ready) => free.listen(0, '127.0.0.1', ready));
  const closed = (free.address() as AddressInfo).port;
  await new Promise((done) => free.close(done));
  const reach = await checkReach({ addresses: ['127.0.0.1'], port: closed }, quiet);
  expect(reach.addresses[0]).toMatchObject({ isReachable: false });
  expect(reach.addresses[0]?.problem).toContain(`Nothing listens on 127.0.0.1:${closed}`);
  expect(reach.remedy).toBe('');
});

test('no addresses: nothing to check', async () => {
  expect((await checkReach({ addresses: [], port }, quiet)).addresses).toEqual([]);
});
