import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Ended, InsideProcess, Lab } from './lab/index.ts';

/** `node electron/cli/mooring.mjs` as a person runs it, on the computer of the lab. */
export interface Computer {
  /** Data folder, empty at first. */
  dataDir: string;
  home: string;
  /** Runs a command to its end. */
  mooring(args: string[], options?: { input?: string }): Promise<Ended>;
  /** The same with `--json`: the one document on stdout, and the exit code. */
  json<T = Record<string, unknown>>(
    args: string[],
    options?: { input?: string },
  ): Promise<{ status: number | null; value: T }>;
  /** Starts a command that stays. */
  start(args: string[]): InsideProcess;
  remove(): void;
}

const bin = new URL('../electron/cli/mooring.mjs', import.meta.url).pathname;

/** Builds first when sources changed, out here: the lab's computer cannot tell whether a process out here builds as well. */
export const useComputer = async (lab: Pick<Lab, 'run' | 'spawn'>): Promise<Computer> => {
  await promisify(execFile)(process.execPath, [bin, '--help']);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-e2e-'));
  const dataDir = path.join(home, 'data');
  // No desktop and no session of ours: neither browsers nor keychains nor agents are to be found.
  const env = {
    HOME: home,
    MOORING_DATA: dataDir,
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
    SSH_AUTH_SOCK: '',
    FORCE_COLOR: '0',
  };
  const argv = (args: string[]) => [process.execPath, bin, ...args];
  const mooring: Computer['mooring'] = (args, options) => lab.run(argv(args), { ...options, env, cwd: home });
  return {
    dataDir,
    home,
    mooring,
    async json<T>(args: string[], options?: { input?: string }) {
      const { status, stdout, stderr } = await mooring([...args, '--json'], options);
      const lines = stdout.trimEnd().split('\n');
      if (lines.length !== 1)
        throw new Error(`mooring ${args.join(' ')}: not one document:\n${stdout}\n${stderr}`);
      return { status, value: JSON.parse(lines[0] ?? '') as T };
    },
    start: (args) => lab.spawn(argv(args), { env, cwd: home }),
    remove: () => {
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
};

/** The first line of stdout that fits. Fails with everything said when the process ends before. */
export const lineOf = (process: InsideProcess, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    process.child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const line = said
        .split('\n')
        .slice(0, -1)
        .find((each) => pattern.test(each));
      if (line !== undefined) resolve(line);
    });
    void process.ended.then((end) => {
      reject(new Error(`it ended with ${end.status}:\n${end.stdout}\n${end.stderr}`));
    });
  });
