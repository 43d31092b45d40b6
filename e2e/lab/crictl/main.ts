import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { type Image, openCri } from './cri.ts';

/*
 * crictl as far as Mooring and people use it in the lab, by its own options and words:
 *   crictl [options] version | pull IMAGE | images [--no-trunc] [--digests] [-q] | rmi IMAGE...
 */

class Fatal extends Error {}

const readCommand = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'runtime-endpoint': { type: 'string', short: 'r' },
      'image-endpoint': { type: 'string', short: 'i' },
      timeout: { type: 'string', short: 't' },
      'no-trunc': { type: 'boolean' },
      digests: { type: 'boolean' },
      quiet: { type: 'boolean', short: 'q' },
    },
  });
  const [command = '', ...words] = positionals;
  return { values, command, words };
};

/** The two endpoints of /etc/crictl.yaml, which is a flat list. */
const configured = (key: string): string | undefined => {
  const text = fs.existsSync('/etc/crictl.yaml') ? fs.readFileSync('/etc/crictl.yaml', 'utf8') : '';
  return new RegExp(`^${key}: *["']?([^"'\\s]+)`, 'm').exec(text)?.[1];
};

const socketOf = (endpoint: string): string => endpoint.replace(/^unix:\/\//, '');

const shorten = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 13);

const sizeOf = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))}${units[power]}`;
};

const linesOf = ({ id, repoTags, repoDigests, size }: Image): string[][] => {
  const [name = '<none>', digest = '<none>'] = repoDigests[0]?.split('@') ?? [];
  const names = repoTags.map((tag) => [
    tag.slice(0, tag.lastIndexOf(':')),
    tag.slice(tag.lastIndexOf(':') + 1),
  ]);
  return (names.length > 0 ? names : [[name, '<none>']]).map((pair) => [...pair, digest, id, sizeOf(size)]);
};

const table = (rows: string[][]): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 13))
        .join('')
        .trimEnd(),
    )
    .join('\n');
};

const run = async (): Promise<string> => {
  const { values, command, words } = readCommand();
  const runtime =
    values['runtime-endpoint'] ?? configured('runtime-endpoint') ?? 'unix:///run/containerd/containerd.sock';
  const image = values['image-endpoint'] ?? configured('image-endpoint') ?? runtime;
  const cri = openCri(socketOf(command === 'version' ? runtime : image));
  const failing = (what: string) => (error: Error) => Promise.reject(new Fatal(`${what}: ${error.message}`));
  switch (command) {
    case 'version': {
      const [name, version] = await cri.version().catch(failing('getting the runtime version'));
      return `Version:  0.1.0\nRuntimeName:  ${name}\nRuntimeVersion:  ${version}\nRuntimeApiVersion:  v1`;
    }
    case 'pull':
      return `Image is up to date for ${await cri.pull(words[0] ?? '').catch(failing('pulling image'))}`;
    case 'images': {
      const images = await cri.list().catch(failing('listing images'));
      if (values.quiet) return images.map(({ id }) => id).join('\n');
      const shown = images
        .flatMap(linesOf)
        .map((row) =>
          values['no-trunc']
            ? row
            : [...row.slice(0, 2), shorten(row[2] ?? ''), shorten(row[3] ?? ''), row[4] ?? ''],
        );
      const rows = [['IMAGE', 'TAG', 'DIGEST', 'IMAGE ID', 'SIZE'], ...shown];
      return table(values.digests ? rows : rows.map((row) => row.toSpliced(2, 1)));
    }
    case 'rmi': {
      const deleted: string[] = [];
      const missing: string[] = [];
      for (const name of words) {
        const found = await cri.status(name).catch(failing('image status request'));
        if (!found) missing.push(`no such image ${name}`);
        else {
          await cri.remove(name).catch(failing('error of removing image'));
          deleted.push(...found.repoTags.map((tag) => `Deleted: ${tag}`));
        }
      }
      if (missing.length > 0) throw new Fatal(`unable to remove the image(s): ${missing.join(', ')}`);
      return deleted.join('\n');
    }
    default:
      throw new Fatal(`No help topic for '${command}'`);
  }
};

run().then(
  (text) => {
    if (text !== '') process.stdout.write(`${text}\n`);
  },
  (error: Error) => {
    process.stderr.write(`FATA[0000] ${error.message}\n`);
    process.exitCode = 1;
  },
);
