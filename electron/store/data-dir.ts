import path from 'node:path';

/**
 * Where Mooring keeps everything, the same in every host: `MOORING_DATA` when set, else the folder that the
 * system has for local application data. Electron's `userData` is not used, because the command line could
 * not know it.
 * @param env the environment variables of the process
 */
export const defaultDataDir = (
  env: Record<string, string | undefined>,
  platform: NodeJS.Platform,
  home: string,
): string => {
  const { isAbsolute, join, resolve } = platform === 'win32' ? path.win32 : path.posix;
  if (env.MOORING_DATA) return resolve(env.MOORING_DATA);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Mooring');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Mooring');
  // The XDG base directory specification says to ignore relative paths.
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'mooring');
};

/** Chromium's profile: cookies, caches. Nothing of Mooring's own lies in it. */
export const chromiumDir = (dataDir: string): string => path.join(dataDir, 'chromium');
