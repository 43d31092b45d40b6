import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** An event that is awaited comes at once, but for a machine that has other things to do. */
const expectations = { poll: { timeout: 15_000 } };

/**
 * Three projects: `unit` runs anywhere in seconds; `services` runs anywhere too, with real storage, shells, sockets and
 * processes; `lab` needs root, Linux and the daemons of the device lab.
 */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          expect: expectations,
          include: ['{shared,electron,renderer,e2e}/**/*.test.ts'],
          exclude: ['**/*.{service,lab}.test.ts', '**/node_modules/**'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        root,
        test: {
          name: 'services',
          expect: expectations,
          include: ['{electron,e2e}/**/*.service.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'lab',
          expect: expectations,
          include: ['{electron,e2e}/**/*.lab.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
