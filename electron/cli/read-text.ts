import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { UsageError } from './command.ts';
import type { Context } from './context.ts';

/** Spreadsheets write UTF-8, UTF-16 or the code page of Windows. */
const decode = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
};

/** The text of a file, or of stdin for `-`. @throws UsageError when it cannot be read */
export const readText = async (
  context: Context,
  file: string,
): Promise<{ text: string; fileName?: string }> => {
  if (file === '-') return { text: decode(await buffer(context.stdin)) };
  const fileName = resolve(context.cwd, file);
  const bytes = await readFile(fileName).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${fileName} cannot be read (${error.code})`,
      'Give a file that this user may read.',
    );
  });
  return { text: decode(bytes), fileName };
};
