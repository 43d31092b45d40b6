import { basename, dirname, join } from 'node:path';

/** Where the parts of Mooring lie that are started or read as files. */
export interface Paths {
  /** Folder of package.json. */
  root: string;
  /** The registry engine, started in a process of its own. */
  engine: string;
  /** A process that plays simulated devices. */
  players: string;
  /** The built page. */
  renderer: string;
  /** The sandboxed preload of the desktop window. */
  preload: string;
  /** Tray and window icons. */
  assets: string;
}

/**
 * The same parts whether this code runs from its sources (tests, `node electron/….ts`) or from `dist/electron`.
 * @param here folder of the running module: `electron` or `dist/electron`
 */
export const locate = (here: string): Paths => {
  const isBuilt = basename(dirname(here)) === 'dist';
  const root = isBuilt ? join(here, '..', '..') : join(here, '..');
  return {
    root,
    engine: isBuilt ? join(here, 'engine.cjs') : join(here, 'services', 'registry', 'engine', 'main.ts'),
    players: isBuilt ? join(here, 'players.js') : join(here, 'demo', 'process', 'main.ts'),
    renderer: join(root, 'dist', 'renderer'),
    preload: join(root, 'dist', 'electron', 'preload.cjs'),
    assets: join(root, 'assets'),
  };
};

export const paths = locate(import.meta.dirname);
