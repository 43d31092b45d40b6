import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { frameScript } from '../script/frame.ts';
import { createRecordReader } from '../script/records.ts';
import { shells } from '../script/shells.fixture.ts';
import { factsBody } from './body.ts';
import { readFacts } from './read.ts';

const now = new Date();
const options = { device: 'gate', clockSeenAt: now, now };
const code = (expected: string) => expect.objectContaining({ code: expected });

let root: string;
beforeEach(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-facts-'));
});
afterEach(() => fs.rm(root, { recursive: true }));

const write = async (file: string, text: string, mode = 0o644) => {
  await fs.mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await fs.writeFile(path.join(root, file), text, { mode });
};

/** Runs the facts script against a folder that stands for the device's root: paths in it are moved there. */
const read = (command: string[], references: string[] = ['registry.local:5000']) => {
  const body = factsBody(references).replaceAll(/(?<![\w.])\/etc\//g, `${root}/etc/`);
  const [program = 'sh', ...args] = command;
  const { stdout, stderr } = spawnSync(program, args, {
    input: frameScript(body, { nonce: 'n' }),
    env: { PATH: `${root}/bin:/usr/bin:/bin` },
  });
  const reader = createRecordReader({ nonce: 'n' });
  reader.push(stdout);
  expect(stderr.toString()).toBe('');
  return readFacts({ ...reader.reading() }, options);
};

describe.each(shells)('facts in $name', ({ command }) => {
  test('tell system, engines, space and trust', async () => {
    await write('etc/os-release', `NAME="balenaOS"\nVERSION_ID='6.1'\nID=balena-os\nX="a=b"\n`);
    await write('bin/balena-engine', '#!/bin/sh\n[ "$1" != version ] || echo 20.10.43\n', 0o755);
    await write(
      'bin/docker',
      '#!/bin/sh\n[ "$1" != version ] || exit 1\necho "Docker version 28.1, build x"\n',
      0o755,
    );
    await write('bin/podman', '#!/bin/sh\necho "podman version 4.3.1"\n', 0o755);
    const folder = 'etc/docker/certs.d/registry.local:5000';
    await write(`${folder}/mooring-ca.crt`, '-----BEGIN CERTIFICATE-----\n');
    await write(`${folder}/ca.crt`, '');
    await write(`${folder}/odd name's.key`, 'k');
    await write(`${folder}/readme.txt`, 'no matter');
    const facts = read(command);
    expect(facts).toMatchObject({
      os: 'balenaOS',
      osVersion: '6.1',
      architecture: os.machine(),
      isWritable: true,
    });
    expect(facts.engines).toEqual([
      {
        kind: 'balena-engine',
        version: '20.10.43',
        isRunning: true,
        folder: `${root}/etc/docker/certs.d`,
        user: null,
      },
      { kind: 'docker', version: '28.1', isRunning: false, folder: `${root}/etc/docker/certs.d`, user: null },
      {
        kind: 'podman',
        version: '4.3.1',
        isRunning: true,
        folder: `${root}/etc/containers/certs.d`,
        user: null,
      },
    ]);
    expect(Math.abs(facts.clockOffsetSeconds)).toBeLessThan(10);
    expect(facts.freeBytes).toBeGreaterThan(0);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(facts.trust).toEqual([
      {
        path: `${root}/${folder}/ca.crt`,
        sha256: sha256(''),
        isOurs: false,
        problem: expect.stringContaining('no PEM'),
      },
      {
        path: `${root}/${folder}/mooring-ca.crt`,
        sha256: sha256('-----BEGIN CERTIFICATE-----\n'),
        isOurs: true,
        problem: null,
      },
      {
        path: `${root}/${folder}/odd name's.key`,
        sha256: sha256('k'),
        isOurs: false,
        problem: expect.stringContaining('other half'),
      },
    ]);
    expect(facts.warnings.map((warning) => warning.code)).toEqual([
      'ENGINE_NOT_RUNNING',
      'FOREIGN_FILE',
      'FOREIGN_FILE',
    ]);
  });

  test('balenaEngine outside balenaOS has its own folder unless it is linked', async () => {
    await write('etc/os-release', 'ID=debian\n');
    await write('bin/balena', '#!/bin/sh\necho 20.10.43\n', 0o755);
    await write('bin/docker', '#!/bin/sh\necho "podman version 4.3.1"\n', 0o755);
    await fs.mkdir(path.join(root, 'etc/balena-engine'));
    const folderOf = () => read(command).engines.find(({ kind }) => kind === 'balena-engine')?.folder;
    expect(folderOf()).toBe(`${root}/etc/balena-engine/certs.d`);
    expect(read(command).engines.map(({ kind }) => kind)).not.toContain('docker');
    await fs.rm(path.join(root, 'etc/balena-engine'), { recursive: true });
    await fs.mkdir(path.join(root, 'etc/docker'));
    await fs.symlink('docker', path.join(root, 'etc/balena-engine'));
    expect(folderOf()).toBe(`${root}/etc/docker/certs.d`);
  });
});

describe('what a device claims', () => {
  const clock = { step: 'clock', now: Math.round(now.getTime() / 1000) - 3600 };
  const system = { step: 'system', hostName: 'h', os: 'o', osVersion: '', architecture: 'a' };
  const space = { step: 'space', folder: '/etc', freeKib: 2, isWritable: false };
  const end = (records: unknown[], isComplete = true) => ({ records, isComplete, output: '' });

  test('becomes facts with warnings', () => {
    const network = { step: 'network', isEngineOpen: true };
    const facts = readFacts(end([clock, system, space, network]), options);
    expect(facts).toMatchObject({ clockOffsetSeconds: -3600, freeBytes: 2048 });
    const codes = facts.warnings.map((warning) => warning.code);
    expect(codes).toEqual(['NO_ENGINE', 'READ_ONLY', 'DEVICE_ENGINE_OPEN']);
  });

  test('is refused when it is cut short or of another form', () => {
    expect(() => readFacts(end([clock, system, space], false), options)).toThrow(code('SCRIPT_UNFINISHED'));
    for (const bad of [
      [clock, space],
      [clock, system, { ...space, freeKib: '2' }],
      ['text'],
      [null, system, space],
    ]) {
      expect(() => readFacts(end(bad), options)).toThrow(code('DEVICE_OUTPUT_INVALID'));
    }
  });

  test('is shortened to what can be shown', () => {
    const facts = readFacts(end([clock, { ...system, os: 'x'.repeat(9999) }, space]), options);
    expect(facts.os).toHaveLength(200);
  });
});

test.each([{ now: 1e300 }, { freeKib: 1e308 }, { freeKib: -1e308 }])('no device says %j', (lie) => {
  const records = [
    { step: 'clock', now: 1, ...lie },
    { step: 'system', hostName: 'h', os: 'o', osVersion: '1', architecture: 'a' },
    { step: 'space', folder: '/', freeKib: 1, isWritable: true, ...lie },
  ];
  const end = { records, isComplete: true, output: '' };
  expect(() => readFacts(end, options)).toThrow(code('DEVICE_OUTPUT_INVALID'));
});
