import { resolve } from 'node:path';
import { homedir } from 'node:os';
import { defaultDataDir } from '#electron/store/data-dir.ts';
import { UsageError } from './command.ts';
import type { Output } from './output.ts';

/** What every command is given. */
export interface Context {
  out: Output;
  /** Absolute path of the data folder. */
  dataDir: string;
  env: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  cwd: string;
  stdin: NodeJS.ReadStream | NodeJS.ReadableStream;
  /** Ends with the first Ctrl-C or SIGTERM. */
  stopSignal: AbortSignal;
}

/** `--data` wins over MOORING_DATA, that over the folder of the system. */
export const dataDirOf = (
  flag: string | undefined,
  env: Record<string, string | undefined>,
  cwd: string,
): string => {
  // A script whose variable is empty must not get a CA in the folder it happens to stand in.
  if (flag === '') throw new UsageError('--data needs a folder', 'Name it, or leave the flag out.');
  return resolve(cwd, flag ?? defaultDataDir(env, process.platform, homedir()));
};
