import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';

export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; a status other than 0 is a result. */
export const run = (
  file: string,
  args: string[],
  options: { env?: Record<string, string>; input?: string } = {},
) =>
  new Promise<Ran>((resolve) => {
    const env = { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...options.env };
    const child = execFile(file, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ status, stdout, stderr });
    });
    child.stdin?.end(options.input);
  });

/** Runs a program that must succeed. */
export const must = async (...args: Parameters<typeof run>): Promise<string> => {
  const { status, stdout, stderr } = await run(...args);
  expect(status, `${args[0]} ${args[1].join(' ')}\n${stderr}`).toBe(0);
  return stdout;
};

/** A folder in which clients find the CA of one registry, as /etc/docker has it. */
export const createClientFolder = async (reference: string, caPem: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-clients-'));
  const certificates = join(folder, 'etc', 'certs.d', reference);
  await mkdir(certificates, { recursive: true });
  await writeFile(join(certificates, 'ca.crt'), caPem);
  await writeFile(join(folder, 'auth.json'), '{}');
  return { folder, certificates, authFile: join(folder, 'auth.json') };
};

const end = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

/** A Docker daemon of our own: own data, and an /etc/docker that only its mount namespace sees. */
export const startDocker = async (folder: string) => {
  const at = (name: string) => join(folder, name);
  const socket = `unix://${at('docker.sock')}`;
  const daemon = [
    'dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs',
    `--data-root ${at('data')} --exec-root ${at('exec')} --pidfile ${at('docker.pid')} -H ${socket}`,
  ].join(' ');
  const script = `mkdir -p /etc/docker && mount --bind ${at('etc')} /etc/docker && exec ${daemon}`;
  const child = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: 'ignore' });
  const env = { DOCKER_HOST: socket, DOCKER_CONFIG: at('config') };
  /** The command line of the same version as the daemon. */
  const docker = (args: string[], input?: string) => run('/usr/bin/docker', args, { env, input });
  const stop = () => end(child);
  const ask = () => must('/usr/bin/docker', ['version'], { env });
  await vi.waitFor(ask, { timeout: 60_000, interval: 200 }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    docker,
    must: (args: string[], input?: string) => must('/usr/bin/docker', args, { env, input }),
    stop,
  };
};

/** CNCF Distribution, as packaged by the system, over plain HTTP on loopback. */
export const startDistribution = async (folder: string, rootdirectory: string, port: number) => {
  const http = { addr: `127.0.0.1:${port}` };
  const file = join(folder, 'distribution.yml');
  // YAML contains JSON.
  await writeFile(file, JSON.stringify({ version: 0.1, storage: { filesystem: { rootdirectory } }, http }));
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
  const stop = () => end(child);
  const ask = () => must('curl', ['-sf', `http://127.0.0.1:${port}/v2/`]);
  await vi.waitFor(ask, { timeout: 30_000, interval: 100 }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { stop };
};

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });
