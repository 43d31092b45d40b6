import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles, type Files } from './files.ts';

let folder = '';
let clock = 0;
let files: Files;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-files-'));
  // Everything on the disk has long been what it is.
  clock = Date.now() + 60_000;
  files = createFiles(10_000, () => clock);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const place = async (name: string, text: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  return file;
};

describe('files', () => {
  it('remembers a file while it stays what it was', async () => {
    const file = await place('link', 'one');
    const first = await files.read(file);
    expect(first?.toString()).toBe('one');
    expect(await files.read(file)).toBe(first);
    expect(await files.text(file)).toBe('one');
  });

  it('gives what a replaced file holds now, though size and time of change are the same', async () => {
    const file = await place('link', 'one');
    const old = new Date(1_700_000_000_000);
    await utimes(file, old, old);
    expect(await files.text(file)).toBe('one');
    await writeFile(join(folder, 'next'), 'two');
    await utimes(join(folder, 'next'), old, old);
    await rename(join(folder, 'next'), file);
    expect(await files.text(file)).toBe('two');
  });

  it('knows no file that has vanished, and finds it when it is back', async () => {
    const file = await place('link', 'one');
    await files.read(file);
    await rm(file);
    expect(await files.read(file)).toBeNull();
    await place('link', 'back');
    expect(await files.text(file)).toBe('back');
  });

  it('does not remember what has just changed: it could change again within one tick of the clock', async () => {
    clock = Date.now();
    const file = await place('link', 'one');
    const first = await files.read(file);
    const again = await files.read(file);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });

  it('forgets the longest unused when memory is used up', async () => {
    const first = await place('first', 'x'.repeat(4000));
    const second = await place('second', 'y'.repeat(4000));
    const third = await place('third', 'z'.repeat(4000));
    const kept = await files.read(first);
    const dropped = await files.read(second);
    expect(await files.read(first)).toBe(kept);
    await files.read(third);
    expect(await files.read(first)).toBe(kept);
    expect(await files.read(second)).not.toBe(dropped);
  });

  it('lists a folder again when a name has come or gone', async () => {
    const tags = join(folder, 'tags');
    expect(await files.list(tags, () => true)).toBeNull();
    await mkdir(join(tags, 'b'), { recursive: true });
    await mkdir(join(tags, 'a'));
    await mkdir(join(tags, '.hidden'));
    const isTag = (name: string) => !name.startsWith('.');
    const first = await files.list(tags, isTag);
    expect(first).toEqual(['a', 'b']);
    expect(await files.list(tags, isTag)).toBe(first);
    await rm(join(tags, 'a'), { recursive: true });
    expect(await files.list(tags, isTag)).toEqual(['b']);
    await rm(tags, { recursive: true });
    expect(await files.list(tags, isTag)).toBeNull();
  });

  it('passes on what is wrong with the disk', async () => {
    await mkdir(join(folder, 'sub'));
    await expect(files.read(join(folder, 'sub'))).rejects.toThrow('EISDIR');
    expect(await readdir(folder)).toEqual(['sub']);
  });
});
