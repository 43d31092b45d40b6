import { readFileSync } from 'node:fs';

/** Middle value; of an even number the mean of the two in the middle. */
export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
};

/** Value that 99 of 100 do not exceed. */
export const p99 = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
};

/** Processor time a process has used, in seconds (proc(5), fields utime and stime, 100 ticks a second on Linux). */
export const cpuSeconds = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** Memory of a process in MB, shared pages counted by their share. */
export const pssMegabytes = (pid: number): number => {
  const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(match?.[1]) / 1024;
};

export interface Cost<T> {
  result: T;
  /** Seconds. */
  wall: number;
  /** Seconds of processor time of the server. */
  cpu: number;
  /** Highest memory seen, in MB. */
  memory: number;
}

/** Runs work and takes the server's cost of it. */
export const measure = async <T>(pid: number, work: () => Promise<T>): Promise<Cost<T>> => {
  let memory = pssMegabytes(pid);
  const sampling = setInterval(() => {
    memory = Math.max(memory, pssMegabytes(pid));
  }, 200);
  const cpuBefore = cpuSeconds(pid);
  const begun = performance.now();
  try {
    const result = await work();
    const wall = (performance.now() - begun) / 1000;
    return { result, wall, cpu: cpuSeconds(pid) - cpuBefore, memory: Math.max(memory, pssMegabytes(pid)) };
  } finally {
    clearInterval(sampling);
  }
};
