import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Device } from '../lab/index.ts';

/** Path -> kind, mode, owner and SHA-256 of everything below /etc and the homes; engines are configured there too. */
export type Manifest = ReadonlyMap<string, string>;

const places = ['/etc', '/home', '/root', '/var/home'];

/** Read past SSH and past the device's own programs. */
export const manifestOf = (device: Device): Manifest => {
  const root = `/proc/${device.machine.pid}/root`;
  const found = new Map<string, string>();
  const walk = (file: string): void => {
    const real = root + file;
    const stat = fs.lstatSync(real);
    const common = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
    if (stat.isSymbolicLink()) found.set(file, `link ${fs.readlinkSync(real)}`);
    else if (stat.isDirectory()) {
      found.set(file, `folder ${common}`);
      for (const name of fs.readdirSync(real)) walk(path.posix.join(file, name));
    } else if (stat.isFile()) found.set(file, `file ${common} ${sha256Of(real)}`);
  };
  for (const place of places) if (fs.existsSync(root + place)) walk(place);
  return found;
};

const sha256Of = (file: string): string => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** What differs, in the order of paths: `+ path what`, `- path`, `~ path what`. */
export const differences = (before: Manifest, after: Manifest): string[] => {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths.flatMap((file) => {
    const [was, is] = [before.get(file), after.get(file)];
    if (was === is) return [];
    if (is === undefined) return [`- ${file}`];
    return [`${was === undefined ? '+' : '~'} ${file} ${is}`];
  });
};

/** What a whole push leaves: in each engine's folder one for each reference, and in it the CA; nothing beside. */
export const wholePush = (folders: readonly string[], references: readonly string[], ca: Buffer): RegExp => {
  const sum = createHash('sha256').update(ca).digest('hex');
  const lines = folders.toSorted().map((folder) => {
    const parent = line(path.posix.dirname(folder), 'folder 755 0:0');
    const inside = references
      .toSorted()
      .map(
        (reference) =>
          line(`${folder}/${reference}`, 'folder 755 0:0') +
          line(`${folder}/${reference}/mooring-ca.crt`, `file 644 0:0 ${sum}`),
      );
    return `(${parent})?(${line(folder, 'folder 755 0:0')})?${inside.join('')}`;
  });
  return new RegExp(`^${lines.join('')}$`);
};

/** A line of what may stand after a push that broke off: folders, the CA, and what was there before under its kept name. */
export const wholePart = (ca: Buffer): RegExp => {
  const sum = createHash('sha256').update(ca).digest('hex');
  const folder = '\\+ /etc/docker(/certs\\.d(/[^/ ]+)?)? folder 755 0:0';
  const file = `[+~] /etc/docker/certs\\.d/[^/ ]+/mooring-ca\\.crt file 644 0:0 ${sum}`;
  const kept = '\\+ /etc/docker/certs\\.d/[^/ ]+/\\.[^/ ]+\\.mooring-kept file .*';
  return new RegExp(`^(${folder}|${file}|${kept})$`);
};

const line = (file: string, what: string): string => `\\+ ${file.replaceAll('.', '\\.')} ${what}\n`;
