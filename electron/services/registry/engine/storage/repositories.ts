import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './durable.ts';
import type { Layout } from './layout.ts';

/**
 * Names of all repositories that hold something, sorted.
 * @param marks folders of which a repository has at least one
 */
export const listRepositories = async (
  layout: Layout,
  marks: readonly string[] = ['_manifests'],
): Promise<string[]> => {
  const found = new Set<string>();
  const walk = async (folder: string, name: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      if (marks.includes(entry.name) && name !== '') found.add(name);
      if (!entry.name.startsWith('_')) {
        await walk(join(folder, entry.name), name === '' ? entry.name : `${name}/${entry.name}`);
      }
    }
  };
  await walk(layout.repositories, '');
  return [...found].sort();
};
