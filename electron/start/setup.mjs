import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { install, isInstalled, requireNode24 } from './install.mjs';
import { cache, dist, node24, root, say, SetupError } from './layout.mjs';
import { withLock } from './lock.mjs';
import { isBuilt, sourceStamp, writeStamp } from './stamp.mjs';

const bundle = (node, folder) =>
  new Promise((resolve) => {
    const child = spawn(node, [join(root, 'electron', 'start', 'bundle.mjs'), folder], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: process.stderr.isTTY ? process.env : { ...process.env, NO_COLOR: '1' },
    });
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });

/** The new build takes the place of the old one by two renames: a command that starts meanwhile never sees half of it. */
const replaceDist = (fresh) => {
  const old = join(cache, `old-${process.pid}`);
  try {
    renameSync(dist, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
};

const removeLeftovers = () => {
  for (const name of readdirSync(cache)) {
    if (/^(build|old)-\d+$/.test(name)) rmSync(join(cache, name), { recursive: true, force: true });
  }
};

const build = async () => {
  say('Building …');
  const begun = Date.now();
  removeLeftovers();
  const fresh = join(cache, `build-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  const stamp = sourceStamp();
  const code = await bundle(requireNode24(), fresh);
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new SetupError('The build failed; its output is above.');
  }
  writeStamp(fresh, stamp);
  replaceDist(fresh);
  say(`Built in ${((Date.now() - begun) / 1000).toFixed(1)} s.`);
};

/**
 * Brings the checkout into a state that runs: dependencies from the lockfile, bundles from the sources. A warm check reads
 * a few hundred file dates and writes nothing.
 * @param options.build false: dependencies only
 * @param options.force build although nothing changed
 * @returns path of Node 24
 */
export const prepare = async (options = {}) => {
  const { build: wantsBuild = true, force = false } = options;
  const isReady = () => isInstalled() && node24() !== null && (!wantsBuild || (!force && isBuilt()));
  if (!isReady()) {
    await withLock(
      join(cache, 'setup.lock'),
      async () => {
        if (!isInstalled()) await install();
        if (wantsBuild && (force || !isBuilt())) await build();
      },
      { onWait: () => say('Another command sets up this checkout; waiting for it …') },
    );
  }
  return requireNode24();
};
