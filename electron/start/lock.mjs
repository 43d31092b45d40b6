import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** Writes a sign of life into the lock file now and then. Null when someone else has the file. */
const tryLock = (path, beatMs) => {
  let file;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if (error.code === 'EEXIST') return null;
    throw error;
  }
  const token = randomBytes(8).toString('hex');
  let beats = 0;
  const beat = () => writeSync(file, `${token} ${(beats += 1)}\n`, 0);
  beat();
  const timer = setInterval(beat, beatMs).unref();
  return () => {
    clearInterval(timer);
    closeSync(file);
    // Someone may have taken over from a process that was stopped for long.
    if (read(path)?.startsWith(token)) rmSync(path, { force: true });
  };
};

/** Waits until the file is ours. One that says nothing new for `silentMs` of our looking at it has lost its holder. */
const lock = async (path, { onWait, everyMs, beatMs, silentMs }) => {
  let heard = null;
  let silence = 0;
  for (let attempt = 0; ; attempt += 1) {
    const release = tryLock(path, beatMs);
    if (release) return release;
    if (attempt === 1) onWait();
    const said = read(path);
    silence = said === heard ? silence + everyMs : 0;
    heard = said;
    if (said !== null && silence >= silentMs) {
      rmSync(path, { force: true });
      silence = 0;
    } else await pause(everyMs);
  }
};

/**
 * Runs `work` while this process alone holds the lock file. A holder shows that it lives by what it writes into the
 * file: process ids mean nothing to someone in another container, and clocks may differ.
 * @param onWait called once when another process holds it
 */
export const withLock = async (path, work, options = {}) => {
  const { onWait = () => {}, everyMs = 100, beatMs = 500, silentMs = 10_000 } = options;
  mkdirSync(dirname(path), { recursive: true });
  const release = await lock(path, { onWait, everyMs, beatMs, silentMs });
  const endBy = (signal) => {
    release();
    for (const name of signals) process.off(name, endBy);
    process.kill(process.pid, signal);
  };
  process.once('exit', release);
  for (const name of signals) process.on(name, endBy);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    for (const name of signals) process.off(name, endBy);
    release();
  }
};
