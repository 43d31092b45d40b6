import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { helloBody, readHello } from './hello.ts';
import { frameScript } from './script/frame.ts';
import { createRecordReader } from './script/records.ts';
import { shells } from './script/shells.fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

/** Runs the script with an engine that does what `engine` says; without one when it is null. */
const pull = async (command: string[], engine: string | null) => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-hello-'));
  try {
    // Only what is linked here exists for the script: no engine of this computer.
    for (const tool of ['sh', 'sleep', 'tail', 'tr', 'sed', 'cat']) {
      const found = spawnSync('sh', ['-c', `command -v ${tool}`])
        .stdout.toString()
        .trim();
      await fs.symlink(found, path.join(folder, tool));
    }
    if (engine) await fs.writeFile(path.join(folder, 'docker'), `#!/bin/sh\n${engine}\n`, { mode: 0o755 });
    const [program = 'sh', ...args] = command;
    const full = spawnSync('sh', ['-c', `command -v ${program}`])
      .stdout.toString()
      .trim();
    const { stdout } = spawnSync(full, args, {
      input: frameScript(helloBody(['registry.local:5000', '192.0.2.1:5000']), { nonce: 'n' }),
      env: { PATH: folder },
    });
    const reader = createRecordReader({ nonce: 'n' });
    reader.push(stdout);
    return readHello(reader.reading(), 'gate');
  } finally {
    await fs.rm(folder, { recursive: true });
  }
};

describe.each(shells)('mooring/hello in $name', ({ command }) => {
  test('is pulled by the first name that works', async () => {
    const engine = 'case $2 in registry*) echo "no such host" >&2; exit 1 ;; esac; echo "Status: new $1 $2"';
    expect(await pull(command, engine)).toEqual({
      engine: 'docker',
      reference: '192.0.2.1:5000',
      output: 'Status: new pull 192.0.2.1:5000/mooring/hello:latest',
    });
  });

  test('fails with the words of the engine, or without one', async () => {
    await expect(pull(command, 'echo "some\nx509: unknown" >&2; exit 1')).rejects.toMatchObject({
      code: 'PULL_FAILED',
      details: { device: 'gate', name: 'registry.local:5000', problem: 'x509: unknown' },
    });
    await expect(pull(command, null)).rejects.toEqual(code('NO_ENGINE'));
  });
});

test('an answer that is cut short or of another form is refused', () => {
  const pulling = { step: 'pulling', engine: 'docker', reference: 'r' };
  const end = (records: unknown[], isComplete: boolean) => ({ records, isComplete, output: '' });
  expect(() => readHello(end([pulling], false), 'gate')).toThrow(code('SCRIPT_UNFINISHED'));
  expect(() => readHello(end([{ step: 'other' }], true), 'gate')).toThrow(code('DEVICE_OUTPUT_INVALID'));
});
