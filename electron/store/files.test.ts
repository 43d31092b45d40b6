import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEndpoint, removeEndpoint, writeEndpoint, type Endpoint } from './endpoint.ts';
import { removeLeftovers, replaceFile } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-files-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('a file is replaced as a whole, with its mode, and nothing else stays', () => {
  const file = path.join(folder, 'a.txt');
  replaceFile(file, 'one', 0o600);
  replaceFile(file, 'two', 0o600);
  expect(fs.readFileSync(file, 'utf8')).toBe('two');
  if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(['a.txt']);
});

test('a write that fails leaves neither a file nor a temporary one', () => {
  const target = path.join(folder, 'is-a-folder');
  fs.mkdirSync(path.join(target, 'inner'), { recursive: true });
  expect(() => replaceFile(target, 'x', 0o600)).toThrow();
  expect(fs.readdirSync(folder)).toEqual(['is-a-folder']);
});

test('only files named like our temporary ones are swept', () => {
  for (const name of ['.a.txt.0123456789ab.tmp', 'mine.tmp', '.hidden', '.a.tmp']) {
    fs.writeFileSync(path.join(folder, name), '');
  }
  removeLeftovers(folder);
  expect(fs.readdirSync(folder).sort()).toEqual(['.a.tmp', '.hidden', 'mine.tmp']);
});

const endpoint: Endpoint = {
  port: 43210,
  token: 'abc',
  pid: 4242,
  version: '0.1.0',
  host: 'serve',
  startedAt: '2026-11-21T00:00:00.000Z',
};

test('the endpoint file is private, comes back, and goes', async () => {
  await writeEndpoint(folder, endpoint);
  const file = path.join(folder, 'endpoint.json');
  if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(await readEndpoint(folder)).toEqual(endpoint);
  await removeEndpoint(folder);
  await removeEndpoint(folder);
  expect(await readEndpoint(folder)).toBeUndefined();
});

test.each(['', '{', '{"port":1}', '[]'])('an endpoint file with %j is no endpoint', async (text) => {
  fs.writeFileSync(path.join(folder, 'endpoint.json'), text);
  expect(await readEndpoint(folder)).toBeUndefined();
});
