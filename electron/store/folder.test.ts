import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareFolder } from './folder.ts';

let base: string;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-folder-'));
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const isPosix = process.platform !== 'win32';

test('a folder is made with its parents, for this user alone', () => {
  const folder = path.join(base, 'a', 'b', 'c');
  prepareFolder(folder);
  prepareFolder(folder);
  if (isPosix) expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('what is no folder is refused', () => {
  fs.writeFileSync(path.join(base, 'file'), '');
  for (const wrong of [path.join(base, 'file'), path.join(base, 'file', 'below')]) {
    expect(() => prepareFolder(wrong)).toThrow(expect.objectContaining({ code: 'FOLDER_UNUSABLE' }) as Error);
  }
});

test('where the system makes no folders, it is refused instead of asked for ever', () => {
  const module = new URL('./folder.ts', import.meta.url).href;
  const folder = path.join(isPosix ? '/proc' : 'Z:\\', 'mooring', 'below');
  const script = `
    import { prepareFolder } from ${JSON.stringify(module)};
    try { prepareFolder(${JSON.stringify(folder)}); } catch (error) { console.log(error.code); }`;
  // In a process of its own: one that asks for ever cannot be interrupted from within.
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    timeout: 20_000,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  });
  expect(said.trim()).toBe('FOLDER_UNUSABLE');
});
