import { join } from 'node:path';
import { root } from './layout.mjs';

/** Our own rooms are bundled; what npm installed stays outside and is loaded from node_modules, all but zod. */
const common = {
  root,
  configFile: false,
  logLevel: 'warn',
  clearScreen: false,
  resolve: {
    alias: [
      { find: /^#shared\//, replacement: `${join(root, 'shared')}/` },
      { find: /^#electron\//, replacement: `${join(root, 'electron')}/` },
    ],
  },
};

const program = (outDir, input, output, extra = {}) => ({
  ...common,
  build: {
    outDir,
    ssr: true,
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    target: 'node24',
    rolldownOptions: { input, external: ['electron'], output },
  },
  ...extra,
});

/** Chunks lie beside the entries, so that `import.meta.dirname` is `dist/electron` in each of them. */
export const programsConfig = (outDir) =>
  program(
    outDir,
    {
      main: join(root, 'electron', 'main.ts'),
      cli: join(root, 'electron', 'cli', 'main.ts'),
      players: join(root, 'electron', 'demo', 'process', 'main.ts'),
    },
    { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    { ssr: { noExternal: ['zod'] } },
  );

/**
 * One file with the few parts of zod it uses, because what it would share with the app was a third of its start; as
 * CommonJS, which Node has running 5 ms sooner than a module.
 */
export const engineConfig = (outDir) =>
  program(
    outDir,
    { engine: join(root, 'electron', 'services', 'registry', 'engine', 'main.ts') },
    { format: 'cjs', entryFileNames: '[name].cjs' },
    { ssr: { noExternal: ['zod'] } },
  );

/** A sandboxed preload can require nothing but `electron`, and only as CommonJS. */
export const preloadConfig = (outDir) =>
  program(
    outDir,
    { preload: join(root, 'electron', 'preload.ts') },
    { format: 'cjs', entryFileNames: '[name].cjs' },
  );

/** The page has its own configuration in its room; only the place of the result is ours. */
export const rendererConfig = (outDir) => ({
  configFile: join(root, 'renderer', 'vite.config.ts'),
  logLevel: 'warn',
  clearScreen: false,
  build: { outDir },
});
