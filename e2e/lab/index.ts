import fs from 'node:fs';
import path from 'node:path';
import { type Device, type ProfileName, startDevice } from './device.ts';
import { makeKey } from './host-keys.ts';
import { type Ended, type InsideProcess, type RunOptions, spawnInside } from './inside.ts';
import { ip, type Machine, startMachine } from './machine.ts';
import { addPython, composeAlpineRoot, composeLightRoot, composeMinimalRoot } from './minimal-root.ts';
import { connect } from './plug.ts';
import type { DeviceOptions } from './profiles/profile.ts';
import { labProblem } from './programs.ts';
import { openRun, reapDeadRuns, type Run } from './runs.ts';
import { createWire, type PluggableWire } from './wire.ts';

export type { Device, ProfileName } from './device.ts';
export type { DeviceOptions } from './profiles/options.ts';
export type { Wire } from './wire.ts';
export type { Ended, InsideProcess, RunOptions } from './inside.ts';
export { labProblem } from './programs.ts';

export interface Lab {
  /** Six hex digits, part of every name in the run. */
  id: string;
  network: { subnet: string; hostAddress: string; interface: string };
  devices: Device[];
  /** A name becomes unique: `gate` -> `gate-3fa91c`. */
  addDevice(options: { profile: ProfileName; name?: string } & DeviceOptions): Promise<Device>;
  /** Runs a program on the computer that Mooring runs on, which sees this disk and the devices' network. */
  run(argv: string[], options?: RunOptions): Promise<Ended>;
  spawn(argv: string[], options?: RunOptions): InsideProcess;
  /** The computer that Mooring runs on; null when that is this one. */
  computer: Machine | null;
  /** For anything of this run; goes with it. */
  folder: string;
  /** Opens every device. */
  keyFile: string;
  destroy(): Promise<void>;
}

export interface LabOptions {
  /** Shown by `lab -- list`. */
  label?: string;
  /** `own`: Mooring runs on a computer of the lab, with one LAN and free ports; `this`: this computer joins the LAN. */
  computer?: 'own' | 'this';
  /** Host name of the lab's own computer. */
  hostName?: string;
}

export const createLab = async (options: LabOptions = {}): Promise<Lab> => {
  const problem = labProblem();
  if (problem) throw new Error(problem);
  reapDeadRuns();
  const run = openRun(options.label ?? 'tests');
  const machines: Machine[] = [];
  const wires = createWires(run.run);
  const destroy = async () => {
    await Promise.all(machines.map((machine) => machine.stop()));
    wires.close();
    run.remove();
  };
  try {
    return { ...(await build(run, machines, wires, options)), destroy };
  } catch (error) {
    await destroy();
    throw error;
  }
};

const build = async (
  run: Run,
  machines: Machine[],
  wires: Wires,
  options: LabOptions,
): Promise<Omit<Lab, 'destroy'>> => {
  const network = networkOf(run.run);
  const keyFile = path.join(run.folder, 'id_ed25519');
  makeKey(keyFile, 'ed25519');
  const remember = (machine: Machine) => {
    machines.push(machine);
    run.addMachine(machine.name, machine.pid);
  };
  const startComputer = async (name: string, prepare: (machine: Machine) => Promise<void>) => {
    const machine = await startMachine(name, new URL('computer.sh', import.meta.url).pathname, {
      LAB_HOST_NAME: name,
      LAB_FOLDER: path.join(run.folder, name),
    });
    remember(machine);
    await prepare(machine);
    machine.tell('go');
    await machine.expect('ready');
    return machine;
  };

  const lan = await startComputer(`switch-${run.run}`, (machine) =>
    ip(['link set lo up', 'link add lan type bridge', 'link set lan up'], machine),
  );
  const computer =
    options.computer === 'this'
      ? null
      : await ownComputer(run, options, network.hostAddress, lan, startComputer);
  if (!computer) await joinHere(`lab-${run.run}`, lan, network.hostAddress);

  const devices: Device[] = [];
  const names = new Set<string>();
  const roots = {
    alpine: once(path.join(run.folder, 'alpine-root'), composeAlpineRoot),
    balena: once(path.join(run.folder, 'minimal-root'), composeMinimalRoot),
    light: once(path.join(run.folder, 'light-root'), composeLightRoot),
    lightWithPython: once(path.join(run.folder, 'python-root'), (folder) => {
      composeLightRoot(folder);
      addPython(folder);
    }),
  };
  return {
    id: run.run,
    network: { ...network, interface: computer ? 'eth0' : `lab-${run.run}` },
    devices,
    async addDevice({ profile, name = profile, ...deviceOptions }) {
      const hostName = uniqueName(`${name}-${run.run}`, names);
      const number = names.size;
      const device = await startDevice(
        profile,
        {
          hostName,
          address: `${network.prefix}.${10 + number}`,
          folder: path.join(run.folder, hostName),
          keyFile,
          switchMachine: lan,
          port: `port${number}`,
          roots,
          onMachine: remember,
          makeWire: () => wires.make(`port${number}`, lan),
        },
        deviceOptions,
      );
      devices.push(device);
      return device;
    },
    run: (argv, runOptions) => spawnInside(computer, argv, withEnv(runOptions)).ended,
    spawn: (argv, runOptions) => spawnInside(computer, argv, withEnv(runOptions)),
    computer,
    folder: run.folder,
    keyFile,
  };
};

/** The wires of a run. */
const createWires = (run: string) => {
  const all: PluggableWire[] = [];
  let count = 0;
  return {
    async make(port: string, switchMachine: Machine): Promise<PluggableWire> {
      count += 1;
      const wire = await createWire({ run, number: count, switchMachine, port, seed: count });
      all.push(wire);
      return wire;
    },
    close: () => {
      for (const wire of all) wire.close();
    },
  };
};
type Wires = ReturnType<typeof createWires>;

/** A folder that is composed when it is first asked for. */
const once = (folder: string, compose: (folder: string) => void): (() => string) => {
  let isThere = false;
  return () => {
    if (!isThere) compose(folder);
    isThere = true;
    return folder;
  };
};

/** A /24 of 10/8 that no two runs share, but by a chance of 1 in 50,000. */
const networkOf = (run: string) => {
  const number = parseInt(run, 16);
  const prefix = `10.${40 + ((number >> 8) % 200)}.${number % 256}`;
  return { prefix, subnet: `${prefix}.0/24`, hostAddress: `${prefix}.1` };
};

const uniqueName = (wanted: string, taken: Set<string>): string => {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`;
  taken.add(name);
  return name;
};

const ownComputer = async (
  run: Run,
  options: LabOptions,
  address: string,
  lan: Machine,
  start: (name: string, prepare: (machine: Machine) => Promise<void>) => Promise<Machine>,
): Promise<Machine> => {
  const name = options.hostName ?? 'workbench';
  const folder = path.join(run.folder, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'hostname'), `${name}\n`);
  fs.writeFileSync(path.join(folder, 'hosts'), `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${name}\n`);
  fs.writeFileSync(path.join(folder, 'resolv.conf'), '# this network has no DNS server\n');
  return start(name, (machine) => connect(machine, lan, 'uplink', `${address}/24`));
};

const joinHere = async (name: string, lan: Machine, address: string): Promise<void> => {
  await ip([
    `link add ${name} type veth peer name uplink netns ${lan.pid}`,
    `addr add ${address}/24 dev ${name}`,
    `link set ${name} up`,
  ]);
  await ip(['link set uplink master lan up'], lan);
};

const withEnv = (options: RunOptions = {}): RunOptions => ({
  ...options,
  cwd: options.cwd ?? process.cwd(),
  env: { ...inherited(), ...options.env },
});

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
