import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './command.ts';

/**
 * A secret from a file; the line break that editors add is none of it.
 * @param flag that named the file, for the message
 * @throws UsageError when it cannot be read or is empty
 */
export const readSecretFile = async (cwd: string, flag: string, file: string): Promise<string> => {
  const path = resolve(cwd, file);
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--${flag}: ${path} cannot be read (${error.code})`,
      'Give a file that this user may read.',
    );
  });
  const secret = content.replace(/\r?\n$/, '');
  if (secret === '') throw new UsageError(`--${flag}: ${path} is empty`, 'Write the secret into the file.');
  return secret;
};
