import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogBook } from '#electron/log.ts';
import { writeEndpoint } from './endpoint.ts';
import { openStore } from './index.ts';
import { holdFolder } from './lock.ts';

let dataDir: string;
let children: ChildProcess[];
beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mooring-lock-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const root = path.resolve(import.meta.dirname, '../..');
const nodeProgram = path.join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Another process that holds the folder until it is killed. */
const holder = async (): Promise<ChildProcess> => {
  const lockModule = new URL('./lock.ts', import.meta.url).href;
  const script = `
    import { holdFolder } from ${JSON.stringify(lockModule)};
    globalThis.lock = await holdFolder(${JSON.stringify(dataDir)});
    console.log('held');
    process.stdin.resume();
  `;
  const child = spawn(nodeProgram, ['--input-type=module', '--eval', script], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
};

test('a second holder in the same process is refused until the first lets go', async () => {
  const lock = await holdFolder(dataDir);
  await expect(holdFolder(dataDir)).rejects.toMatchObject({
    code: 'FOLDER_HELD',
    message: `The data folder ${dataDir} is in use by Mooring (process unknown)`,
    details: { dataDir, pid: null },
    retryable: true,
  });
  await expect(holdFolder(dataDir)).rejects.toMatchObject({ code: 'FOLDER_HELD' });
  lock.release();
  lock.release();
  (await holdFolder(dataDir)).release();
});

test('a holder in another process is refused by name, and SIGKILL frees the folder', async () => {
  const child = await holder();
  await expect(holdFolder(dataDir)).rejects.toMatchObject({ code: 'FOLDER_HELD', details: { pid: null } });
  const endpoint = {
    port: 1,
    token: 't',
    version: '0',
    host: 'up',
    startedAt: new Date().toISOString(),
  } as const;
  await writeEndpoint(dataDir, { ...endpoint, pid: child.pid ?? 0 });
  await expect(holdFolder(dataDir)).rejects.toMatchObject({
    code: 'FOLDER_HELD',
    details: { pid: child.pid },
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await holdFolder(dataDir);
  lock.release();
});

test('the pid in an endpoint file of someone long dead is not named', async () => {
  const child = await holder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await writeEndpoint(dataDir, {
    port: 1,
    token: 't',
    version: '0',
    host: 'up',
    startedAt: new Date().toISOString(),
    pid: child.pid ?? 0,
  });
  const lock = await holdFolder(dataDir);
  await expect(holdFolder(dataDir)).rejects.toMatchObject({ details: { pid: null } });
  lock.release();
});

test('a refused second try does not cost the holder its lock', async () => {
  const lock = await holdFolder(dataDir);
  await expect(holdFolder(dataDir)).rejects.toMatchObject({ code: 'FOLDER_HELD' });
  const script = `
    import { holdFolder } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
    await holdFolder(${JSON.stringify(dataDir)}).then(() => console.log('got it'), (error) => console.log(error.code));
  `;
  const seen = execFileSync(nodeProgram, ['--input-type=module', '--eval', script], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(seen.trim()).toBe('FOLDER_HELD');
  lock.release();
});

test('the holder opens the store, and the lock outlives it', async () => {
  const lock = await holdFolder(dataDir);
  const store = await openStore({ dataDir, log: createLogBook({}).log });
  store.close();
  await expect(holdFolder(dataDir)).rejects.toMatchObject({ code: 'FOLDER_HELD' });
  lock.release();
});
