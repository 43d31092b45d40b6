import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './durable.ts';
import type { Layout } from './layout.ts';

/** Names of all repositories that hold something, sorted. A repository is a folder with `_manifests`. */
export const listRepositories = async (layout: Layout): Promise<string[]> => {
  const found: string[] = [];
  const walk = async (folder: string, name: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      if (entry.name === '_manifests' && name !== '') found.push(name);
      if (!entry.name.startsWith('_')) {
        await walk(join(folder, entry.name), name === '' ? entry.name : `${name}/${entry.name}`);
      }
    }
  };
  await walk(layout.repositories, '');
  return found.sort();
};
