import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { labProblem } from '../lab/index.ts';
import { type FleetApp, countCopies, startApp, startFleet, wipe } from './fleet-lab.ts';
import type { PushAnswer } from './fleet-orders.ts';
import { createRivals, type Rival, rivalFile } from './fleet-rivals.ts';
import { createFleetFigures } from './fleet-table.ts';
import { cpuSeconds, measure } from './measure.ts';

/*
 * A push of trust to a fleet of light devices beside other ways to copy a file: npm run bench:fleet (README.md beside this file)
 */

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    /** The slow ones take minutes: once each. */
    rivals: { type: 'string', default: 'defaults,curve25519,pssh,ansible' },
    /** Folder for a processor profile of the app. */
    profile: { type: 'string' },
  },
});
const problem = labProblem();
if (problem) throw new Error(problem);
const chosen = values.rivals.split(',');
const note = (text: string) => process.stderr.write(`${text}\n`);
const figures = createFleetFigures();

/** Processor time that the whole machine has spent, in seconds (proc(5), 100 ticks a second). */
const machineSeconds = (): number => {
  const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8')
    .split(/\s+/)
    .map(Number);
  return [user, nice, system, irq, softirq].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) / 100;
};

const { lab, devices } = await startFleet(Number(values.devices), chosen.includes('ansible'));
const count = devices.length;
note(`${count} devices`);

const expectCopies = (who: string, wanted: Buffer): void => {
  const copies = countCopies(devices, rivalFile, wanted);
  if (copies !== count) throw new Error(`${who}: ${copies} of ${count} devices have the CA`);
};

const push = async (app: FleetApp, names?: string[]) => {
  const machineBefore = machineSeconds();
  const cost = await measure(app.pid, () => app.ask({ do: 'push', ...(names && { names }) }));
  const floor = (machineSeconds() - machineBefore) / cpus().length;
  note(`  Mooring: ${cost.result.seconds.toFixed(2)} s, ${JSON.stringify(cost.result.codes)}`);
  return { ...cost, floor };
};

const wantAll = ({ codes }: PushAnswer, outcome: string): void => {
  if (codes[outcome] !== count) throw new Error(`Mooring: ${JSON.stringify(codes)}, not ${count} ${outcome}`);
};

/** Connections of the app that are open (proc(5): state 01) to one of the ports. */
const openConnections = (pid: number, ports: ReadonlySet<number>): number =>
  readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = '', state]) => state === '01' && ports.has(Number.parseInt(remote.slice(-4), 16)))
    .length;

/** A push begins without the connections that the one before it holds for a while. */
const untilNoneIsHeld = async (app: FleetApp): Promise<void> => {
  const ports = new Set(devices.map(({ port }) => port));
  while (openConnections(app.pid, ports) > 0) await sleep(200);
};

const pushAll = async (app: FleetApp, wanted: Buffer): Promise<void> => {
  wipe(devices, '/etc/docker');
  await untilNoneIsHeld(app);
  const { result, cpu, memory, floor } = await push(app);
  wantAll(result, 'changed');
  expectCopies('Mooring', wanted);
  figures.add('ours', result.seconds, cpu);
  figures.add('floor', floor, floor * cpus().length);
  figures.note('memory', memory);
  figures.note('slowest answer', result.slowestAnswerMs);
  const again = await push(app);
  wantAll(again.result, 'unchanged');
  figures.add('again', again.result.seconds, again.cpu);
  wipe(devices, '/etc/docker');
  const held = await push(app);
  wantAll(held.result, 'changed');
  expectCopies('Mooring', wanted);
  figures.add('held', held.result.seconds, held.cpu);
};

const runRival = async (name: string, rival: Rival, wanted: Buffer): Promise<void> => {
  wipe(devices, '/etc/docker');
  const { wall, cpu } = await rival.run();
  expectCopies(rival.title, wanted);
  figures.add(name, wall, cpu);
  note(`  ${rival.title}: ${wall.toFixed(2)} s`);
};

/** 120 of which 20 are off; with fewer devices, as many in proportion. */
const pushWithDead = async (app: FleetApp): Promise<void> => {
  const some = devices.slice(0, Math.round(count * 0.6));
  const dead = some.slice(0, Math.round(some.length / 6));
  await untilNoneIsHeld(app);
  await Promise.all(dead.map((device) => device.powerOff()));
  wipe(some.slice(dead.length), '/etc/docker');
  const addresses = dead.map(({ address }) => address);
  // Who has not been there for long is no neighbour.
  const forget = () => lab.run(['ip', 'neigh', 'flush', 'all']);
  await forget();
  figures.note('slowest refusal', await app.ask({ do: 'refusals', addresses, port: 22 }));
  await forget();
  const { result, cpu } = await push(
    app,
    some.map(({ name }) => name),
  );
  figures.add('with dead', result.seconds, cpu);
  if (result.codes.changed !== some.length - dead.length)
    throw new Error(`with dead: ${JSON.stringify(result.codes)}`);
};

try {
  const profiling = values.profile ? ['--cpu-prof', '--cpu-prof-dir', values.profile] : [];
  const app = await startApp(lab, profiling);
  const { caFile } = app;
  const ca = readFileSync(caFile);
  const known = devices.map(({ name, address, port }) => ({ name, address, port }));
  const begun = performance.now();
  await app.ask({ do: 'add', devices: known, keyFile: lab.keyFile, user: 'root' });
  note(
    `added in ${((performance.now() - begun) / 1000).toFixed(1)} s, ${cpuSeconds(app.pid)} s of processor`,
  );
  const rivals = createRivals(lab, devices, caFile);
  const quick = (['defaults', 'curve25519'] as const).filter((name) => chosen.includes(name));
  const slow = (['pssh', 'ansible'] as const).filter((name) => chosen.includes(name));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    note(`round ${round + 1} of ${values.rounds}`);
    const turns = [() => pushAll(app, ca), ...quick.map((name) => () => runRival(name, rivals[name], ca))];
    // Who goes first changes from round to round.
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
  for (const name of slow) {
    if (rivals[name].isThere()) await runRival(name, rivals[name], ca);
    else note(`  ${rivals[name].title}: left out, apt-get install ${rivals[name].package ?? ''}`);
  }
  await pushWithDead(app);
  await app.stop();
} finally {
  await lab.destroy();
}
process.stdout.write(`\n${count} devices, medians of ${values.rounds} rounds\n${figures.print()}\n`);
