import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Client } from '#electron/serve/attach.ts';
import { findRunning } from '#electron/serve/session.ts';
import { paths } from '#electron/paths.ts';
import type { JobSummary } from '#shared/model/jobs.ts';
import { setTimeout as pause } from 'node:timers/promises';

/** `mooring demo run` of the built app, and a client that is attached to it. */
export interface SimulatedFleet {
  client: Client;
  /** Of the app. */
  pid: number;
  /** Opens the page, once. */
  link: string;
  /** Waits for the end of a job. @throws Error when an item has failed: what was measured would be something else */
  finished(id: string): Promise<JobSummary>;
  stop(): void;
}

const started = z.object({ url: z.string(), dataDir: z.string(), pid: z.int() });

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const start = async (devices: number): Promise<{ child: ChildProcess } & z.infer<typeof started>> => {
  const cli = join(paths.root, 'dist', 'electron', 'cli.js');
  const args = [cli, 'demo', 'run', '--json', '--devices', String(devices)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    const read = started.safeParse(tryJson(text));
    if (read.success) return { child, ...read.data };
  }
  throw new Error(`the app did not start: ${text}`);
};

/** Starts a fleet in which every device is well. */
export const startSimulated = async (devices: number): Promise<SimulatedFleet> => {
  const { child, dataDir, pid, url } = await start(devices);
  const stop = () => void child.kill('SIGINT');
  const found = await findRunning(dataDir).catch(() => null);
  if (!found) {
    stop();
    throw new Error('the app is gone');
  }
  const { attachment } = found;
  const { client } = attachment;
  await client.demo.act({ device: 'demo-late-clock', action: 'fix-clock' });
  await client.demo.act({ device: 'demo-unplugged', action: 'plug-in' });
  return {
    client,
    pid,
    link: url,
    async finished(id) {
      for (;;) {
        const job = (await client.jobs.list({ limit: 5 })).find((one) => one.id === id);
        if (!job || job.state === 'running') {
          await pause(500);
          continue;
        }
        if (job.failed > 0) throw new Error(`${job.title}: ${job.failed} of ${job.total} failed`);
        return job;
      }
    },
    stop() {
      attachment.close();
      stop();
    },
  };
};
