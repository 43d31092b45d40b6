import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A lock older than this belongs to a process id that was given to someone else. */
const staleAfterMs = 15 * 60_000;

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const isStale = (path) => {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    const age = Date.now() - statSync(path).mtimeMs;
    if (age > staleAfterMs) return true;
    // An empty file is one that is being written this moment.
    return pid > 0 ? !isAlive(pid) : age > 5_000;
  } catch {
    return false;
  }
};

const tryLock = (path) => {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isStale(path)) rmSync(path, { force: true });
    return false;
  }
};

/**
 * Runs `work` while this process alone holds the lock file. A lock whose holder died is taken over.
 * @param onWait called once when another process holds it
 */
export const withLock = async (path, work, { onWait = () => {}, everyMs = 100 } = {}) => {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; !tryLock(path); attempt += 1) {
    if (attempt === 1) onWait();
    await pause(everyMs);
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
};
