import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/**
 * A computer of its own: network, mount, pid, ipc and host name. Its first process reads a pipe that this process holds;
 * when the pipe closes, by `stop` or by our death however sudden, that process ends and the kernel ends all others with it.
 */
export interface Machine {
  name: string;
  /** Of the machine's first process, as this computer counts. */
  pid: number;
  /** The next line that `script` prints. Fails with its output when it ends first. */
  expect(line: string): Promise<void>;
  tell(line: string): void;
  /** Resolves when the last process of the machine is gone. */
  stop(): Promise<void>;
  isRunning(): boolean;
}

export const labPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const isolate = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork', '--propagation', 'private'];

/** Starts `script` (a POSIX shell file) as process 1 of new namespaces. It prints `pid N` first. */
export const startMachine = async (
  name: string,
  script: string,
  env: Record<string, string>,
): Promise<Machine> => {
  const child = spawn('unshare', [...isolate, '/bin/sh', script], {
    env: { PATH: labPath, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const lines = linesOf(child, name);
  const first = await lines.next();
  const pid = Number(/^pid (\d+)$/.exec(first)?.[1]);
  if (!pid) throw new Error(`${name}: expected its pid, got "${first}"`);
  return {
    name,
    pid,
    async expect(line) {
      const got = await lines.next();
      if (got !== line) throw new Error(`${name}: expected "${line}", got "${got}"`);
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    async stop() {
      child.stdin.end();
      await lines.ended;
    },
    isRunning: () => child.exitCode === null && child.signalCode === null,
  };
};

const linesOf = (child: ChildProcess, name: string) => {
  const waiting: string[] = [];
  let deliver: ((line: string) => void) | null = null;
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (deliver) deliver(line);
      else waiting.push(line);
    });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => {
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
  });
  const next = async (): Promise<string> => {
    const ready = waiting.shift();
    if (ready !== undefined) return ready;
    const line = new Promise<string>((resolve) => (deliver = resolve));
    const gone = ended.then(() => Promise.reject(new Error(`${name} ended: ${errors}`)));
    return Promise.race([line, gone]).finally(() => (deliver = null));
  };
  return { next, ended };
};

/** Runs `ip` commands, one a line, here or inside a machine. */
export const ip = async (commands: string[], inside?: Machine): Promise<void> => {
  const enter = inside ? ['nsenter', '-t', String(inside.pid), '-n'] : [];
  const [file = 'ip', ...args] = [...enter, 'ip', '-batch', '-'];
  const run = runFile(file, args);
  run.child.stdin?.end(`${commands.join('\n')}\n`);
  await run;
};
