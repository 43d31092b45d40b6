import type { Seed } from '../seed.ts';
import { unpackedSeed } from './unpacked.ts';

const files = ['passwd', 'group', 'shadow'];

const linesOf = (seed: Seed, file: string): string[] => {
  const entry = seed[file];
  return entry && 'text' in entry ? entry.text.split('\n').filter(Boolean) : [];
};

/** Moves the person out of the files in /etc into those of Debian's libnss-extrausers, which programs reach by NSS alone. */
export const directorySeed = (seed: Seed, user: string): Seed => ({
  ...unpackedSeed('libnss-extrausers'),
  ...Object.fromEntries(
    files.flatMap((name) => {
      const lines = linesOf(seed, `/etc/${name}`);
      const isPerson = (line: string) => line.startsWith(`${user}:`);
      const place = (path: string, kept: string[]) =>
        [path, { ...seed[`/etc/${name}`], text: kept.map((line) => `${line}\n`).join('') }] as const;
      return [
        place(
          `/etc/${name}`,
          lines.filter((line) => !isPerson(line)),
        ),
        place(`/usr/libexec/lab/extrausers/${name}`, lines.filter(isPerson)),
      ];
    }),
  ),
  '/etc/nsswitch.conf': {
    text: linesOf(seed, '/etc/nsswitch.conf')
      .map((line) => `${line.replace(/^(passwd|group|shadow): files$/, '$1: files extrausers')}\n`)
      .join(''),
  },
});

/** /var/lib is empty on a device until it boots. */
export const directoryPrepare = 'cp -rp /usr/libexec/lab/extrausers /var/lib/extrausers';
