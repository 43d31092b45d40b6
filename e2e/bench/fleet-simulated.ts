import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cpuSeconds, measure } from './measure.ts';
import { startSimulated } from './simulated.ts';

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

const { client, pid, finished, stop } = await startSimulated(Number(values.devices));
try {
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
    const { result, wall, cpu, memory } = await measure(pid, async () => finished((await begin()).jobId));
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
  stop();
}
