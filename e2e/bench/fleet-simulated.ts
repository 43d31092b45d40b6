import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { JobSummary } from '#shared/model/jobs.ts';
import { paths } from '#electron/paths.ts';
import type { Client } from '#electron/serve/attach.ts';
import { findRunning } from '#electron/serve/session.ts';
import { cpuSeconds, measure } from './measure.ts';

/*
 * Trust for a fleet that this computer plays: what a push, a verification and an undo cost the app. Linux only, because
 * costs are read from /proc. `npm run build` first.
 */

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '10000' },
    /** Which of the runs, in their order. */
    only: { type: 'string', default: 'push,again,verify,undo' },
  },
});

const start = async (): Promise<{ child: ChildProcess; dataDir: string; pid: number }> => {
  const cli = join(paths.root, 'dist', 'electron', 'cli.js');
  const args = [cli, 'demo', 'run', '--json', '--devices', values.devices];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    const read = z.object({ dataDir: z.string(), pid: z.int() }).safeParse(tryJson(text));
    if (read.success) return { child, ...read.data };
  }
  throw new Error(`the app did not start: ${text}`);
};

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The registry and the players. */
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => {
      try {
        const text = readFileSync(`/proc/${one}/stat`, 'utf8');
        return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });

const finished = async (client: Client, id: string): Promise<JobSummary> => {
  for (;;) {
    const job = (await client.jobs.list({ limit: 5 })).find((one) => one.id === id);
    if (job && job.state !== 'running') return job;
    await pause(500);
  }
};

const { child, dataDir, pid } = await start();
const found = await findRunning(dataDir);
if (!found) throw new Error('the app is gone');
const { client } = found.attachment;
try {
  await client.demo.act({ device: 'demo-late-clock', action: 'fix-clock' });
  await client.demo.act({ device: 'demo-unplugged', action: 'plug-in' });
  const selection = { all: true } as const;
  const runs = {
    push: () => client.trust.push({ selection }),
    again: () => client.trust.push({ selection }),
    verify: () => client.trust.verify(selection),
    undo: () => client.trust.undo({ selection }),
  };
  console.log('run      devices failed   wall s  app CPU s  its processes CPU s  app PSS MB');
  for (const [name, begin] of Object.entries(runs)) {
    if (!values.only.split(',').includes(name)) continue;
    const processes = childrenOf(pid);
    const others = (): number => processes.reduce((sum, one) => sum + cpuSeconds(one), 0);
    const before = others();
    const { result, wall, cpu, memory } = await measure(pid, async () =>
      finished(client, (await begin()).jobId),
    );
    const cells = [
      name.padEnd(8),
      String(result.done).padStart(7),
      String(result.failed).padStart(6),
      wall.toFixed(1).padStart(8),
      cpu.toFixed(1).padStart(10),
      (others() - before).toFixed(1).padStart(20),
      memory.toFixed(0).padStart(11),
    ];
    console.log(cells.join(' '));
  }
} finally {
  found.attachment.close();
  child.kill('SIGINT');
}
