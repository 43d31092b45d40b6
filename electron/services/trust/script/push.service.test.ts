import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { shells } from '#electron/services/devices/script/shells.fixture.ts';
import { caPem, createFakeDevice, desired, otherPem, type FakeDevice } from '../device.fixture.ts';
import { readReport, scriptRecord } from '../report.ts';
import type { Desired } from './desired.ts';
import { sha256 } from './pem.ts';

let device: FakeDevice;
afterEach(() => device.remove());

const run = async (wanted: Desired, shell?: string[]) => {
  const reading = await device.run(wanted, shell && { shell });
  const records = reading.records.map((record) => scriptRecord.parse(record));
  return { ...reading, report: readReport(records) };
};

const real = (report: ReturnType<typeof readReport>) =>
  report.changes
    .filter(({ action }) => action !== 'keep')
    .map(({ action, what, path: at }) => `${action} ${what} ${path.relative(device.certs, at)}`);

const put = async (name: string, content: string, mode = 0o644): Promise<string> => {
  const file = path.join(device.certs, name);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, content, { mode });
  return file;
};

describe.each(shells)('push in $name', ({ command }) => {
  test('makes folders and files, and a second push changes nothing', async () => {
    device = await createFakeDevice();
    const first = await run(desired(), command);
    expect(first).toMatchObject({ isComplete: true, isInvalid: false, output: '' });
    expect(first.report).toMatchObject({ isVerified: true, problem: null, warnings: [], before: [] });
    const after = await device.snapshot();
    const file = `644 ${sha256(caPem)}`;
    expect(after).toMatchObject({
      'docker/certs.d': '755 folder',
      'docker/certs.d/registry.local:5000/mooring-ca.crt': file,
      'docker/certs.d/192.168.1.20:5000/mooring-ca.crt': file,
      'docker/certs.d/[fd00::1]:5000': '755 folder',
      'docker/certs.d/[fd00::1]:5000/mooring-ca.crt': file,
    });
    expect(Object.keys(after)).toHaveLength(9);

    const second = await run(desired(), command);
    expect(second.report.changes).toEqual([]);
    expect(second.report).toMatchObject({ isVerified: true });
    expect(await device.snapshot()).toEqual(after);
  });

  test('plan writes nothing and finds what push does', async () => {
    device = await createFakeDevice();
    const before = await device.snapshot();
    const plan = await run(desired({ mode: 'plan' }), command);
    expect(await device.snapshot()).toEqual(before);
    const push = await run(desired(), command);
    expect(push.report.changes).toEqual(plan.report.changes);
    expect(plan.report.pulls).toEqual([]);
  });

  test('another CA and a wrong mode are replaced; what was there goes to the app first', async () => {
    device = await createFakeDevice();
    const replaced = await put('registry.local:5000/mooring-ca.crt', otherPem, 0o600);
    const chmodded = await put('192.168.1.20:5000/mooring-ca.crt', caPem, 0o640);
    const { report, records } = await run(desired(), command);
    expect(real(report)).toContain('replace file registry.local:5000/mooring-ca.crt');
    expect(report.before).toMatchObject([
      { path: replaced, sha256: sha256(otherPem), perms: expect.stringContaining('-rw-------') },
      { path: chmodded, sha256: sha256(caPem), perms: expect.stringContaining('-rw-r-----') },
    ]);
    const [first] = report.before;
    expect(first?.kind === 'before' && Buffer.from(first.data, 'base64').toString()).toBe(otherPem);
    const steps = records.map((record) => scriptRecord.parse(record)).map(({ kind }) => kind);
    expect(steps.lastIndexOf('before')).toBeLessThan(steps.lastIndexOf('made'));
    expect(await device.snapshot()).toMatchObject({
      'docker/certs.d/registry.local:5000/mooring-ca.crt': `644 ${sha256(caPem)}`,
      'docker/certs.d/192.168.1.20:5000/mooring-ca.crt': `644 ${sha256(caPem)}`,
      'docker/certs.d/registry.local:5000/.mooring-ca.crt.mooring-kept': `600 ${sha256(otherPem)}`,
    });
    await run(desired({ mode: 'release' }), command);
    expect(Object.keys(await device.snapshot()).filter((name) => name.includes('kept'))).toEqual([]);
  });

  test('files of others stay, whatever they are called; a confirmed one is moved away', async () => {
    device = await createFakeDevice();
    const hostile = await put(`registry.local:5000/a'b"c$(touch x)\n*.crt`, 'x');
    const foreign = await put('registry.local:5000/ca.crt', otherPem);
    const key = await put('registry.local:5000/client.key', 'secret');
    const outside = await put('elsewhere:5000/ca.crt', otherPem);
    const kept = await run(desired(), command);
    expect(kept.report.warnings).toMatchObject([
      { code: 'FOREIGN_FILE', path: key, note: 'key-without-cert' },
    ]);
    const notes = kept.report.changes.filter(({ action }) => action === 'keep').map(({ note }) => note);
    expect(notes.sort()).toEqual(['key-without-cert', 'other-ca', 'other-ca']);
    for (const file of [hostile, foreign, key, outside]) await fs.access(file);

    const replaced = await run(
      desired({ confirmed: [hostile, foreign, key, outside, '/etc/passwd'] }),
      command,
    );
    expect(real(replaced.report)).toHaveLength(3);
    expect(replaced.report.before).toHaveLength(3);
    for (const file of [hostile, foreign, key]) await expect(fs.access(file)).rejects.toThrow();
    await fs.access(outside);
  });

  test('a folder of a name no longer wanted goes only when it holds nothing but a CA of ours', async () => {
    device = await createFakeDevice();
    await put('old.local:5000/mooring-ca.crt', caPem);
    await put('older.local:5000/mooring-ca.crt', otherPem);
    const stranger = await put('stranger.local:5000/mooring-ca.crt', 'not known');
    const shared = await put('shared.local:5000/mooring-ca.crt', caPem);
    await put('shared.local:5000/ca.crt', 'of somebody else');
    const { report } = await run(desired({ known: [sha256(otherPem)] }), command);
    expect(real(report).filter((line) => line.startsWith('remove'))).toEqual([
      'remove file old.local:5000/mooring-ca.crt',
      'remove folder old.local:5000',
      'remove file older.local:5000/mooring-ca.crt',
      'remove folder older.local:5000',
    ]);
    await fs.access(stranger);
    await fs.access(shared);
    expect((await fs.readdir(device.certs)).filter((name) => name.startsWith('old'))).toEqual([]);
  });

  test('a clock outside the validity is reported, the files are right, and nothing is pulled', async () => {
    device = await createFakeDevice();
    const hour = 3_600_000;
    const late = { notBefore: new Date(Date.now() + hour), notAfter: new Date(Date.now() + 2 * hour) };
    const early = { notBefore: new Date(0), notAfter: new Date(Date.now() - hour) };
    const behind = await run(desired({ validity: late }), command);
    expect(behind.report).toMatchObject({ clock: { wrong: 'behind' }, isVerified: true, pulls: [] });
    const ahead = await run(desired({ mode: 'verify', validity: early }), command);
    expect(ahead.report).toMatchObject({ clock: { wrong: 'ahead' }, changes: [], pulls: [] });
  });
});

describe('where trust goes', () => {
  const balena = ['balena-engine'];
  const targets = async () => {
    const { report } = await run(desired({ mode: 'plan', folders: ['r:1'], references: [] }));
    return report.changes
      .filter(({ what }) => what === 'file')
      .map(({ path: at }) => path.relative(device.root, at));
  };

  test('balenaOS reads /etc/docker, balenaEngine elsewhere its own folder, unless that is a link', async () => {
    device = await createFakeDevice({ engines: balena, os: 'balena-os' });
    expect(await targets()).toEqual(['etc/docker/certs.d/r:1/mooring-ca.crt']);
    await device.remove();
    device = await createFakeDevice({ engines: balena });
    expect(await targets()).toEqual(['etc/balena-engine/certs.d/r:1/mooring-ca.crt']);
    await fs.symlink('docker', path.join(device.root, 'etc/balena-engine'));
    expect(await targets()).toEqual(['etc/docker/certs.d/r:1/mooring-ca.crt']);
  });

  test('two engines get both folders, none gets the one of Docker', async () => {
    device = await createFakeDevice({ engines: ['balena-engine', 'docker'] });
    expect(await targets()).toHaveLength(2);
    await device.remove();
    device = await createFakeDevice({ engines: [] });
    expect(await targets()).toEqual(['etc/docker/certs.d/r:1/mooring-ca.crt']);
  });

  test('"balena" is an engine on balenaOS alone', async () => {
    device = await createFakeDevice({ engines: ['balena'], os: 'balena-os' });
    expect((await run(desired())).report.pulls).toHaveLength(3);
    await device.remove();
    device = await createFakeDevice({ engines: ['balena'] });
    expect((await run(desired())).report.found).toEqual([]);
  });
});

describe('what a device may lack', () => {
  test('openssl takes the place of sha256sum; without both nothing is done', async () => {
    device = await createFakeDevice({ without: ['sha256sum'] });
    expect((await run(desired())).report.isVerified).toBe(true);
    await device.remove();
    device = await createFakeDevice({ without: ['sha256sum', 'openssl', 'busybox'] });
    const before = await device.snapshot();
    const { report, isComplete } = await run(desired());
    expect(report.problem).toMatchObject({ code: 'TOOL_MISSING', path: 'sha256sum' });
    expect(isComplete).toBe(true);
    expect(await device.snapshot()).toEqual(before);
  });

  test.each([
    ['No space left on device', 'DISK_FULL'],
    ['Read-only file system', 'READ_ONLY'],
    ['Permission denied', 'PERMISSION_DENIED'],
    ['Structure needs cleaning', 'WRITE_FAILED'],
  ])('"%s" ends in %s with nothing changed', async (text, code) => {
    device = await createFakeDevice();
    await fs.mkdir(device.certs);
    const before = await device.snapshot();
    const failing = `#!/bin/sh\ncase $* in *192*) echo "mkdir: $*: ${text}" >&2; exit 1 ;; esac\nexec /bin/mkdir "$@"\n`;
    await fs.rm(path.join(device.bin, 'mkdir'));
    await fs.writeFile(path.join(device.bin, 'mkdir'), failing, { mode: 0o755 });
    const { report } = await run(desired());
    expect(report.problem).toMatchObject({ code, text: expect.stringContaining(text) });
    expect([...report.made]).toEqual([]);
    expect(await device.snapshot()).toEqual(before);
  });

  test('bytes that arrive changed are noticed before anything is final', async () => {
    device = await createFakeDevice();
    const before = await device.snapshot();
    const { report } = await run(desired({ caSha256: sha256('something else') }));
    expect(report.problem).toMatchObject({ code: 'WRITE_FAILED' });
    expect(await device.snapshot()).toEqual(before);
  });

  test('what is no file in our place is left alone', async () => {
    device = await createFakeDevice();
    const elsewhere = await put('elsewhere', 'text');
    await fs.mkdir(path.join(device.certs, 'registry.local:5000'));
    await fs.symlink(elsewhere, path.join(device.certs, 'registry.local:5000/mooring-ca.crt'));
    const { report } = await run(desired());
    expect(report.problem).toMatchObject({ code: 'WRITE_FAILED' });
    expect(await fs.readFile(elsewhere, 'utf8')).toBe('text');
  });

  test('what is too large to be kept is not replaced', async () => {
    device = await createFakeDevice();
    const file = await put('registry.local:5000/mooring-ca.crt', 'x'.repeat(65_537));
    const { report } = await run(desired());
    expect(report.problem).toMatchObject({ code: 'WRITE_FAILED', path: file });
    expect((await fs.stat(file)).size).toBe(65_537);
  });
});
