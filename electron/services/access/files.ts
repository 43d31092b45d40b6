import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '#electron/store/files.ts';

const privateMode = 0o600;

/** Files others read: the first user's password for scripts, and htpasswd for other engines on the same folder. */
export const createAccessFiles = (dataDir: string) => {
  const folder = join(dataDir, 'access');
  const password = join(folder, 'password');
  const write = (file: string, text: string) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    replaceFile(file, text, privateMode);
  };
  return {
    password,
    htpasswd: join(folder, 'htpasswd'),
    /** No line end: what is in the file is the password. */
    writePassword: (text: string) => write(password, text),
    writeHtpasswd: (users: readonly { name: string; hash: string }[]) =>
      write(join(folder, 'htpasswd'), users.map(({ name, hash }) => `${name}:${hash}\n`).join('')),
  };
};
