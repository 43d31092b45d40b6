import { join, resolve } from 'node:path';
import { build } from 'vite';
import { preloadConfig, programsConfig, rendererConfig } from './vite.mjs';

// Runs on Node 24 with the dependencies installed: node electron/start/bundle.mjs <folder>
const folder = resolve(process.argv[2] ?? 'dist');
await build(programsConfig(join(folder, 'electron')));
await build(preloadConfig(join(folder, 'electron')));
await build(rendererConfig(join(folder, 'renderer')));
