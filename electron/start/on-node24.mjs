import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Ctrl-C in a terminal reaches the child by itself too; the programs we start count that as one. */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export const isNode24 = () => process.versions.node.split('.', 1)[0] === '24';

/**
 * Runs a script as this process when it is Node 24 already, else in a child whose input, output, signals and end become
 * ours.
 * @param node path of Node 24
 */
export const runOnNode24 = async (node, script, args) => {
  if (isNode24()) {
    process.argv = [process.argv[0], script, ...args];
    await import(pathToFileURL(script).href);
    return;
  }
  const child = spawn(node, [script, ...args], { stdio: 'inherit' });
  for (const signal of passedOn) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...end) => resolve(end));
  });
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  // Ends the same way, so that a shell sees the same status.
  for (const name of passedOn) process.removeAllListeners(name);
  process.kill(process.pid, signal);
};
