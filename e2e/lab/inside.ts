import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Machine } from './machine.ts';

export interface Ended {
  /** Exit code; null when a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string | Buffer;
  /** Leaves its input open: the caller writes to `child.stdin`. */
  keepsInput?: boolean;
  env?: Record<string, string>;
  cwd?: string;
  timeoutMs?: number;
}

/** A process on another machine of the lab. Signals go to it, not to the program that stands in its place here. */
export interface InsideProcess {
  child: ChildProcess;
  ended: Promise<Ended>;
  signal(name: 'TERM' | 'INT' | 'KILL' | 'HUP'): void;
}

/** Its number within the machine goes to file descriptor 3 before the program itself takes over. */
const launcher = 'echo $$ >&3; cd "$1"; shift; exec 3>&- "$@"';

/** Starts a program in all namespaces of `machine`, or right here when there is none. */
export const spawnInside = (
  machine: Machine | null,
  argv: string[],
  options: RunOptions = {},
): InsideProcess => {
  const enter = machine ? ['nsenter', '-t', String(machine.pid), '-m', '-u', '-i', '-n', '-p'] : [];
  const [file = 'sh', ...args] = [...enter, 'sh', '-c', launcher, 'sh', options.cwd ?? '/', ...argv];
  const child = spawn(file, args, {
    env: options.env ?? { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  if (options.keepsInput) child.stdin.write(options.input ?? '');
  else child.stdin.end(options.input ?? '');
  const inner = new Promise<number>((resolve) => {
    (child.stdio[3] as Readable).once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
  });
  const signal: InsideProcess['signal'] = (name) =>
    void inner.then((pid) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const kill = ['kill', '-s', name, String(pid)];
      const [program = 'kill', ...rest] = machine
        ? ['nsenter', '-t', String(machine.pid), '-m', '-p', ...kill]
        : kill;
      spawn(program, rest, { stdio: 'ignore' });
    });
  return { child, ended: collect(child, signal, options.timeoutMs), signal };
};

const collect = (child: ChildProcess, signal: InsideProcess['signal'], timeoutMs?: number): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const output = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    const timer = timeoutMs
      ? setTimeout(() => {
          signal('KILL');
        }, timeoutMs)
      : undefined;
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, ...output });
    });
  });
