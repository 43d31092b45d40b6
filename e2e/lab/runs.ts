import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { removeGroups } from './groups.ts';

/**
 * What one lab run has made, on disk, so that another process can clean up after it. Everything else (networks, mounts,
 * processes of devices) lives inside the namespaces of `machines` and ends with them.
 */
export interface RunState {
  run: string;
  label: string;
  owner: ProcessMark;
  machines: (ProcessMark & { name: string })[];
}

/** A process, told apart from a later one that was given the same number. */
export interface ProcessMark {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat. */
  startedAt: string;
}

/** On a real disk rather than a tmpfs, so that large programs can be hard-linked instead of copied. */
export const labHome = '/var/tmp/mooring-lab';

export const markOf = (pid: number): ProcessMark | null => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return afterName[0] === 'Z' ? null : { pid, startedAt: afterName[19] ?? '' };
  } catch {
    return null;
  }
};

export const isAlive = (mark: ProcessMark): boolean => markOf(mark.pid)?.startedAt === mark.startedAt;

export interface Run {
  run: string;
  folder: string;
  addMachine(name: string, pid: number): void;
  remove(): void;
}

/** Opens a folder for one run, owned by this process. */
export const openRun = (label: string): Run => {
  const owner = markOf(process.pid);
  if (!owner) throw new Error('cannot read /proc: the lab needs Linux');
  const run = randomBytes(3).toString('hex');
  const folder = path.join(labHome, run);
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const state: RunState = { run, label, owner, machines: [] };
  const save = () => {
    const temporary = path.join(folder, 'state.json.new');
    fs.writeFileSync(temporary, JSON.stringify(state));
    fs.renameSync(temporary, path.join(folder, 'state.json'));
  };
  save();
  return {
    run,
    folder,
    addMachine(name, pid) {
      const mark = markOf(pid);
      if (mark) state.machines.push({ ...mark, name });
      save();
    },
    remove: () => {
      removeGroups(run);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
};

export const listRuns = (): (RunState & { isAlive: boolean })[] => {
  const names = fs.existsSync(labHome) ? fs.readdirSync(labHome) : [];
  return names.flatMap((name) => {
    try {
      const state = JSON.parse(fs.readFileSync(path.join(labHome, name, 'state.json'), 'utf8')) as RunState;
      return [{ ...state, isAlive: isAlive(state.owner) }];
    } catch {
      return [];
    }
  });
};

/** Removes what runs left behind whose owner is gone. Returns their names. */
export const reapDeadRuns = (): string[] => {
  const dead = listRuns().filter((state) => !state.isAlive);
  for (const state of dead) {
    for (const machine of state.machines) if (isAlive(machine)) process.kill(machine.pid, 'SIGKILL');
    removeGroups(state.run);
    fs.rmSync(path.join(labHome, state.run), { recursive: true, force: true });
  }
  return dead.map((state) => state.run);
};
