import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  describeHolder,
  findHolder,
  parseLsof,
  parseNetstat,
  parseProcTcp,
  parseTasklist,
} from './port-holder.ts';
import { checkPort } from './ports.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0)) await clean();
});

const listen = async (host: string): Promise<number> => {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, host, ready));
  cleanUps.push(() => new Promise((closed) => server.close(closed)));
  return (server.address() as AddressInfo).port;
};

describe('checkPort', () => {
  test.each(['0.0.0.0', '127.0.0.1'])('a port held on %s is taken for all interfaces', async (host) => {
    const port = await listen(host);
    const check = await checkPort(port, '::');
    expect(check).toMatchObject({ port, isFree: false });
    expect(check.proposal).toBeGreaterThanOrEqual(5443);
    expect(check.proposal).toBeLessThan(5493);
  });

  test('is free once its holder is gone', async () => {
    const port = await listen('0.0.0.0');
    await cleanUps.pop()?.();
    expect(await checkPort(port, '::')).toEqual({ port, isFree: true, holder: null, proposal: null });
  });

  test.runIf(process.platform === 'linux')('names the holder, which here is this process', async () => {
    const port = await listen('0.0.0.0');
    expect((await checkPort(port, '0.0.0.0')).holder).toBe(`node (process ${process.pid})`);
  });

  test('refuses to listen on an address of another computer', async () => {
    await expect(checkPort(5000, '198.51.100.7')).rejects.toMatchObject({
      code: 'LISTEN_ADDRESS',
      details: { listen: '198.51.100.7' },
    });
  });
});

describe('holders', () => {
  const nobody = async () => null;

  test('Linux: by socket in /proc, of IPv4 and IPv6 tables', async () => {
    const proc = await mkdtemp(path.join(os.tmpdir(), 'mooring-proc-'));
    cleanUps.push(() => rm(proc, { recursive: true }));
    const head =
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
    const row = (local: string, state: string, inode: number) =>
      `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0\n`;
    await mkdir(`${proc}/net`);
    await writeFile(
      `${proc}/net/tcp`,
      head + row('0100007F:1388', '01', 11) + row('00000000:0016', '0A', 12),
    );
    await writeFile(`${proc}/net/tcp6`, head + row('00000000000000000000000000000000:1388', '0A', 13));
    await mkdir(`${proc}/42/fd`, { recursive: true });
    await symlink('socket:[13]', `${proc}/42/fd/7`);
    await writeFile(`${proc}/42/comm`, 'docker-registry\n');
    const system = { platform: 'linux', read: nobody, proc } as const;
    expect(await findHolder(5000, system)).toEqual({ pid: 42, program: 'docker-registry' });
    expect(await findHolder(22, system)).toBeNull();
    expect(parseProcTcp(head + row('0100007F:1388', '01', 11), 5000)).toEqual([]);
  });

  test('macOS: AirPlay is told with the place to switch it off', async () => {
    const read = async () => 'p604\ncControlCenter\nf11\n';
    const holder = await findHolder(5000, { platform: 'darwin', read, proc: '' });
    expect(holder && describeHolder(holder, 'darwin')).toMatch(/^the AirPlay Receiver .*AirDrop & Handoff/);
    expect(parseLsof('')).toBeNull();
  });

  test('Windows: by netstat in any language and tasklist', async () => {
    const netstat = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    192.168.0.33:5000      192.168.0.40:51234     HERGESTELLT      999
  TCP    0.0.0.0:5000           0.0.0.0:0              ABHÖREN          4321
  TCP    [::]:445               [::]:0                 ABHÖREN          4
`;
    const tasks = '"com.docker.backend.exe","4321","Console","1","98.304 K"\r\n';
    const read = async (file: string) => (file === 'netstat' ? netstat : tasks);
    const holder = await findHolder(5000, { platform: 'win32', read, proc: '' });
    expect(holder).toEqual({ pid: 4321, program: 'com.docker.backend' });
    expect(holder && describeHolder(holder, 'win32')).toBe('a Docker container (Docker Desktop)');
    expect(parseNetstat(netstat, 445)).toBe(4);
    expect(parseNetstat(netstat, 51234)).toBeNull();
    expect(parseTasklist('INFO: No tasks are running')).toBeNull();
  });
});
