import fs from 'node:fs';
import path from 'node:path';
import { unpackedFolder } from '../../checks/programs.mjs';
import type { Seed } from '../seed.ts';

/** Programs and libraries of a package for devices, with `/sbin`, `/bin` and `/lib` below `/usr` as on the lab's disks. */
export const unpackedSeed = (name: 'openrc' | 'libnss-extrausers'): Seed => {
  const folder = unpackedFolder(name);
  if (!fs.existsSync(folder)) throw new Error(`There is no ${name} for devices: npm test -- --install-tools`);
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => {
        const source = path.join(entry.parentPath, entry.name);
        const place = `/${path.relative(folder, source)}`.replace(/^\/(sbin|bin|lib)\//, '/usr/$1/');
        return [place, entry.isFile() ? { source } : { link: fs.readlinkSync(source) }] as const;
      })
      .filter(([place]) => /^\/usr\/(sbin|bin|lib)\//.test(place)),
  );
};
