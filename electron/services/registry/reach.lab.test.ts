import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReachCheck } from '#shared/model/registry.ts';
import { createLabNetwork, lab } from '../names/lab/network.ts';
import type { LabNetwork } from '../names/lab/network.ts';

const port = 5000;
let network: LabNetwork;

const node = (space: 'laptop' | 'device', script: string) =>
  network.run(space, process.execPath, ['--input-type=module', '-e', script]);
const check = async (): Promise<ReachCheck> => {
  const module = path.join(import.meta.dirname, 'reach.ts');
  const wanted = JSON.stringify({ addresses: [lab.lan.laptop, lab.office.laptop], port });
  const script = `import { checkReach } from ${JSON.stringify(module)};
    console.log(JSON.stringify(await checkReach(${wanted}, { timeoutMs: 2000 })));`;
  return JSON.parse(await node('laptop', script)) as ReachCheck;
};
/** What a device sees: `open`, or the code of its failure. */
const connectFromDevice = async (): Promise<string> => {
  const script = `import net from 'node:net';
    const socket = net.connect({ host: '${lab.lan.laptop}', port: ${port} });
    socket.setTimeout(2000, () => { console.log('timeout'); socket.destroy(); });
    socket.on('connect', () => { console.log('open'); socket.destroy(); });
    socket.on('error', (error) => console.log(error.code));`;
  return (await node('device', script)).trim();
};
const iptables = (...args: string[]) => network.run('laptop', 'iptables', args);

beforeAll(async () => {
  network = await createLabNetwork();
  const listen = `require('node:net').createServer().listen(${port}, '::', () => console.log('ready'))`;
  const server = network.start('laptop', process.execPath, ['-e', listen]);
  await new Promise((ready) => server.stdout?.once('data', ready));
});
afterAll(() => network?.close());

test('without a firewall both addresses are reachable and nothing is to be done', async () => {
  expect(await check()).toEqual({
    addresses: [lab.lan.laptop, lab.office.laptop].map((address) => ({
      address,
      isReachable: true,
      problem: '',
    })),
    firewall: null,
    remedy: '',
  });
  expect(await connectFromDevice()).toBe('open');
});

test('a policy that drops is found, and the remedy it gives lets a device in', async () => {
  await iptables('-A', 'INPUT', '-i', 'lo', '-j', 'ACCEPT');
  await iptables('-P', 'INPUT', 'DROP');
  expect(await connectFromDevice()).toBe('timeout');
  const reach = await check();
  expect(reach.firewall).toBe('iptables');
  expect(reach.addresses.map(({ isReachable }) => isReachable)).toEqual([false, false]);
  const [sudo, ...command] = reach.remedy.split(' ');
  expect(sudo).toBe('sudo');
  await network.run('laptop', command[0] ?? '', command.slice(1));
  expect(await connectFromDevice()).toBe('open');
  expect((await check()).remedy).toBe('');
});

test('an address whose packets are dropped is told apart from the others', async () => {
  await iptables('-F', 'INPUT');
  await iptables('-P', 'INPUT', 'ACCEPT');
  await iptables('-A', 'INPUT', '-d', lab.lan.laptop, '-p', 'tcp', '--dport', String(port), '-j', 'DROP');
  const [dropped, other] = (await check()).addresses;
  expect(dropped).toMatchObject({ isReachable: false });
  expect(dropped?.problem).toContain('drops the packets');
  expect(other).toEqual({ address: lab.office.laptop, isReachable: true, problem: '' });
});
