import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** What a build yields: `dist/electron`, `dist/renderer`, and the stamp of the sources it was made from. */
export const dist = join(root, 'dist');
/** Locks, test reports and type check state; may be deleted at any time. */
export const cache = join(root, '.cache');

const binaries = ['bin/node.exe', 'bin/node', 'node.exe'].map((path) =>
  join(root, 'node_modules', 'node', path),
);
/** On Windows the package leaves a text file at `bin/node`, so the program itself comes first there. */
const candidates = process.platform === 'win32' ? [binaries[0], binaries[2]] : [binaries[1]];

/** The Node 24 that the `node` package brought, or null when its install script did not run. */
export const node24 = () => candidates.find((path) => existsSync(path)) ?? null;

/** An error whose message is all a person needs: no stack is printed for it. */
export class SetupError extends Error {}

/** Set-up speaks on stderr, so that stdout stays the program's own. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** Runs the main function of a script: a SetupError is one line, anything else shows its stack. */
export const runMain = (main) => {
  main().then(
    (code) => {
      process.exitCode = code ?? process.exitCode ?? 0;
    },
    (error) => {
      say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
      process.exitCode = 1;
    },
  );
};
