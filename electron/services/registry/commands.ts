import { execFile } from 'node:child_process';

/** Output of a program that only reads; null when it is missing, fails, or takes too long. */
export type ReadCommand = (file: string, args: string[]) => Promise<string | null>;

const timeLimitMs = 4000;
const outputLimit = 8 * 1024 * 1024;

/** Runs a program without a shell and in the C locale, so that its words are the ones parsers know. */
export const readCommand: ReadCommand = (file, args) =>
  new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C' };
    const options = { timeout: timeLimitMs, maxBuffer: outputLimit, windowsHide: true, env } as const;
    execFile(file, args, options, (error, stdout) => resolve(error ? null : stdout));
  });
