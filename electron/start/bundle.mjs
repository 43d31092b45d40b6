import { join, resolve } from 'node:path';
import { build } from 'vite';
import { runMain, SetupError } from './layout.mjs';
import { engineConfig, preloadConfig, programsConfig, rendererConfig } from './vite.mjs';

// Runs on Node 24 with the dependencies installed: node electron/start/bundle.mjs <folder>
runMain(async () => {
  const folder = resolve(process.argv[2] ?? 'dist');
  const configs = [
    programsConfig(join(folder, 'electron')),
    engineConfig(join(folder, 'electron')),
    preloadConfig(join(folder, 'electron')),
    rendererConfig(join(folder, 'renderer')),
  ];
  for (const config of configs) {
    await build(config).catch((error) => {
      throw new SetupError(String(error.message));
    });
  }
});
