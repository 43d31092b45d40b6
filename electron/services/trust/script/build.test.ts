import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { shells } from '#electron/services/devices/script/shells.fixture.ts';
import { frameScript } from '#electron/services/devices/script/frame.ts';
import { AppError } from '#shared/errors.ts';
import { caPem, createFakeDevice, desired, type FakeDevice } from '../device.fixture.ts';
import { buildScript, exportScript } from './build.ts';
import { printBytes } from './bytes.ts';
import { normalisePem, sha256 } from './pem.ts';

const framed = (patch = {}) => {
  const { body, functions } = buildScript(desired(patch));
  return frameScript(body, { nonce: 'test', functions });
};

const hostile = fc
  .string({
    unit: fc.constantFrom(...`'"\\$\`!\n\t *;|&()<>[]{}#~é\x1b`.split(''), 'x', '字'),
    maxLength: 40,
  })
  .map((name) => `/etc/docker/certs.d/registry.local:5000/${name}`);

describe.each(shells)('the script in $name', ({ command }) => {
  const check = (script: string) => {
    const [program = 'sh', ...args] = [...command.slice(0, -1), '-n'];
    return execFileSync(program, args, { input: script });
  };

  test('parses, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 5 }), (confirmed) => {
        check(framed({ confirmed }));
      }),
      { numRuns: 15 },
    );
  });

  test('printBytes prints exactly the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const [program = 'sh', ...args] = command;
        const { stdout } = spawnSync(program, args, { input: `${printBytes(bytes).join('\n')}\n` });
        expect(Buffer.compare(stdout, Buffer.from(bytes))).toBe(0);
      }),
      { numRuns: 25 },
    );
  });
});

test('lines are short and plain, so that the script survives a terminal', () => {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 5 }), (confirmed) => {
      for (const line of framed({ confirmed }).split('\n')) {
        expect(Buffer.byteLength(line)).toBeLessThan(1000);
        expect(line).not.toMatch(/[\x00-\x1f\x7f]/);
      }
    }),
    { numRuns: 30 },
  );
});

describe('normalisePem', () => {
  test('keeps the certificates and nothing else, and is the same for every spelling', () => {
    const text = `subject=CN = me\r\n\t# note\r\n${caPem.replaceAll('\n', '\r\n')}bag attributes\n${caPem}`;
    expect(normalisePem(text)).toBe(caPem + caPem);
    expect(normalisePem(normalisePem(text))).toBe(caPem + caPem);
  });

  test('refuses what holds no certificate', () => {
    expect(() => normalisePem('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')).toThrow(
      AppError,
    );
  });
});

describe('the exported script', () => {
  let device: FakeDevice;
  afterEach(() => device.remove());

  const runExported = async (script: string) => {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-export-'));
    const file = path.join(folder, 'mooring.sh');
    await fs.writeFile(file, script);
    const output = execFileSync('sh', [file], { encoding: 'utf8' });
    await fs.rm(folder, { recursive: true });
    return output.trimEnd().split('\n');
  };

  test('does what a push does, ends in a sentence, and its undo takes it back', async () => {
    device = await createFakeDevice();
    const before = await device.snapshot();
    const references = [{ reference: 'registry.local:5000', tags: ['latest'] }];
    const script = exportScript(desired({ ...device.place, references }));
    expect(script).toMatch(/^#!\/bin\/sh\n# Makes the container engine/);
    const lines = await runExported(script);
    expect(lines.at(-1)).toBe('Mooring: 7 changes made; the engine pulls by registry.local:5000.');
    expect(await device.snapshot()).toMatchObject({
      'docker/certs.d/registry.local:5000/mooring-ca.crt': `644 ${sha256(caPem)}`,
    });
    const undo = exportScript(desired({ ...device.place, mode: 'undo', sweep: true, references: [] }));
    expect((await runExported(undo)).at(-1)).toBe('Mooring: 6 changes undone.');
    // Whether certs.d itself was there is known to nobody now, so it stays.
    expect(await device.snapshot()).toEqual({ ...before, 'docker/certs.d': '755 folder' });
  });

  test('says which problem stopped it', async () => {
    device = await createFakeDevice({ without: ['sha256sum', 'openssl'] });
    const lines = await runExported(exportScript(desired({ ...device.place })));
    expect(lines.at(-1)).toBe('Mooring: stopped with TOOL_MISSING; see the line above that names it.');
  });
});
