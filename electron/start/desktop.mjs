import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, say } from './layout.mjs';

const folder = join(root, 'node_modules', 'electron');

/** Path of Electron's program, null while its runtime was not downloaded. */
export const findElectron = (env = process.env) => {
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  const program = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
  return existsSync(program) ? program : null;
};

/** What is known to end Electron before it is even started. */
export const obstacle = ({ env, platform, uid, args }) => {
  if (platform !== 'linux') return null;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  // Switching the sandbox off is for the person to decide: `npm start -- --no-sandbox`.
  if (uid === 0 && !args.includes('--no-sandbox')) return 'it runs as root, which its sandbox forbids';
  return null;
};

/** Downloads the runtime. Yields the reason when that failed. */
const fetchRuntime = (node) =>
  new Promise((resolve) => {
    say('Downloading the Electron runtime …');
    const child = spawn(node, [join(root, 'electron', 'start', 'fetch-electron.mjs')], {
      stdio: ['ignore', 'pipe', 2],
    });
    let reason = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (reason += text));
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => {
      resolve(code === 0 ? null : `its runtime could not be downloaded (${reason.trim() || `exit ${code}`})`);
    });
  });

/** The line of Electron's own output that tells most. */
export const reasonIn = (output, code, signal) => {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^\[[^\]]*\]\s*/, '').trim())
    .filter(Boolean);
  const telling = lines.find((line) => /sandbox|display|cannot open|error while loading|FATAL/i.test(line));
  return (
    telling ?? lines.at(-1) ?? (signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`)
  );
};

const keptBytes = 64 * 1024;

/**
 * Runs Electron. Its error output is held back until the window is ready, because it is one line that a person wants to
 * read when there is none.
 */
const runElectron = (program, args, env) =>
  new Promise((resolve) => {
    const scratch = mkdtempSync(join(tmpdir(), 'mooring-start-'));
    const mark = join(scratch, 'ready');
    const child = spawn(program, [root, ...args], {
      stdio: ['inherit', 'inherit', 'pipe'],
      // Set, it would make Electron a plain Node.
      env: { ...env, ELECTRON_RUN_AS_NODE: undefined, MOORING_READY_FILE: mark },
    });
    let held = '';
    let asked = false;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      if (existsSync(mark)) process.stderr.write(text);
      else held = (held + text).slice(0, keptBytes);
    });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => {
      const pass = () => {
        asked = true;
        child.kill(name);
      };
      process.on(name, pass);
      return () => process.off(name, pass);
    });
    const end = (result) => {
      for (const off of signals) off();
      rmSync(scratch, { recursive: true, force: true });
      resolve(result);
    };
    child.once('error', (error) => end({ reason: error.message }));
    child.once('close', (code, signal) => {
      // A person who ends it before the window is there does not want it in the browser instead.
      if (existsSync(mark) || asked) end({ code: code ?? 1 });
      else end({ reason: reasonIn(held, code, signal) });
    });
  });

/**
 * Opens the desktop app and waits until it ends.
 * @param node path of Node 24
 * @returns its exit code, or why there was no window
 */
export const runDesktop = async (node, args, env = process.env) => {
  const reason = obstacle({ env, platform: process.platform, uid: process.getuid?.(), args });
  if (reason) return { reason };
  if (!findElectron(env)) {
    const failure = await fetchRuntime(node);
    if (failure) return { reason: failure };
  }
  const program = findElectron(env);
  return program ? runElectron(program, args, env) : { reason: 'its runtime is not there' };
};
