import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locate, paths } from './paths.ts';

test('from its sources the root is the folder of package.json', () => {
  expect(existsSync(join(paths.root, 'package.json'))).toBe(true);
  expect(paths.engine).toBe(join(paths.root, 'electron', 'services', 'registry', 'engine', 'main.ts'));
});

test('a build starts the bundled engine and reads the same page', () => {
  const built = locate(join(paths.root, 'dist', 'electron'));
  expect(built.root).toBe(paths.root);
  expect(built.engine).toBe(join(paths.root, 'dist', 'electron', 'engine.cjs'));
  expect(built.players).toBe(join(paths.root, 'dist', 'electron', 'players.js'));
  expect(built.renderer).toBe(paths.renderer);
});
