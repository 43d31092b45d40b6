import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { must, run } from './clients.fixture.ts';

/** A containerd of our own: own data, own socket, and no plug-in but those that pull and unpack need. */
export const startContainerd = async (folder: string) => {
  const at = (name: string) => join(folder, 'containerd', name);
  await mkdir(at(''), { recursive: true });
  const address = at('containerd.sock');
  await writeFile(
    at('config.toml'),
    [
      'version = 2',
      `root = ${JSON.stringify(at('root'))}`,
      `state = ${JSON.stringify(at('state'))}`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      '[grpc]',
      `address = ${JSON.stringify(address)}`,
    ].join('\n'),
  );
  const child = spawn('containerd', ['--config', at('config.toml')], { stdio: 'ignore' });
  const ctr = (...args: string[]) => run('ctr', ['--address', address, ...args]);
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  const ask = () => must('ctr', ['--address', address, 'version']);
  await vi.waitFor(ask, { timeout: 30_000, interval: 100 }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { ctr, must: (...args: string[]) => must('ctr', ['--address', address, ...args]), stop };
};
