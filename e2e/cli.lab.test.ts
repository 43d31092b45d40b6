import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadyInfo } from '#shared/model/app.ts';
import type { TrustRun } from '#shared/model/trust.ts';
import { type Computer, lineOf, useComputer } from './computer.ts';
import { writeImage } from './lab/image.ts';
import { createLab, type Device, type InsideProcess, type Lab } from './lab/index.ts';

const folderOf = (name: string) => `/etc/docker/certs.d/${name}`;
const reference = 'registry.local:5000/demo/hello:latest';

/** The whole story as a script lives it; the tests are its chapters, in order. */
describe('mooring on the command line', () => {
  let lab: Lab;
  let computer: Computer;
  let up: InsideProcess;
  let ready: ReadyInfo;
  let gate: Device;
  let box: Device;

  beforeAll(async () => {
    lab = await createLab({ label: 'cli.lab.test' });
    computer = await useComputer(lab);
    [gate, box] = await Promise.all([
      lab.addDevice({ profile: 'balena', name: 'gate' }),
      lab.addDevice({ profile: 'debian', name: 'box' }),
    ]);
  });
  afterAll(async () => {
    await lab.destroy();
    computer.remove();
  });

  const startUp = async (...flags: string[]) => {
    up = computer.start(['up', '--json', ...flags]);
    ready = JSON.parse(await lineOf(up, /^\{/)) as ReadyInfo;
  };
  const trust = async (...args: string[]) => {
    const { status, value } = await computer.json<TrustRun>(['trust', ...args]);
    return {
      status,
      run: value,
      of: (device: Device) => value.devices.find((one) => one.name === device.name),
    };
  };
  const pull = async (device: Device) => {
    await device.engine('rmi', '-f', reference);
    return device.engine('pull', '-q', reference);
  };
  const certificates = (device: Device) => device.exec('find /etc/docker/certs.d 2>/dev/null | sort');

  it('brings a registry up and says where everything is', async () => {
    await startUp();
    expect(Object.keys(ready).toSorted()).toEqual([
      'addresses',
      'caFile',
      'caFingerprint',
      'dataDir',
      'names',
      'passwordFile',
      'pid',
      'port',
      'url',
      'user',
    ]);
    expect(ready).toMatchObject({
      port: 5000,
      names: ['registry.local'],
      addresses: [lab.network.hostAddress],
    });
    expect(fs.readdirSync(path.dirname(ready.caFile))).toEqual([path.basename(ready.caFile)]);
    expect(fs.statSync(ready.passwordFile).mode & 0o777).toBe(0o600);
    expect((await lab.run(['kill', '-0', String(ready.pid)])).status).toBe(0);
    const fingerprint = await lab.run([
      'openssl',
      'x509',
      '-in',
      ready.caFile,
      '-noout',
      '-sha256',
      '-fingerprint',
    ]);
    expect(fingerprint.stdout.trim().split('=')[1]).toBe(ready.caFingerprint);
  });

  it('serves curl and skopeo with the CA file and the password file', async () => {
    const password = fs.readFileSync(ready.passwordFile, 'utf8').trim();
    const curl = (...args: string[]) =>
      lab.run([
        'curl',
        '-sS',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        ...args,
        `https://${lab.network.hostAddress}:5000/v2/`,
      ]);
    expect((await curl()).stderr).toContain('certificate');
    expect((await curl('--cacert', ready.caFile)).stdout).toBe('401');
    const login = path.join(computer.home, 'curl.conf');
    fs.writeFileSync(login, `user = "${ready.user}:${password}"\n`, { mode: 0o600 });
    expect((await curl('--cacert', ready.caFile, '--config', login)).stdout).toBe('200');

    const digest = writeImage(path.join(lab.folder, 'image'), 'hello');
    const push = await lab.run(
      ['skopeo', 'copy', '-q', '--digestfile', path.join(computer.home, 'digest')]
        .concat('--dest-cert-dir', path.dirname(ready.caFile), '--dest-creds', `${ready.user}:${password}`)
        .concat(
          `oci:${lab.folder}/image:latest`,
          `docker://${lab.network.hostAddress}:5000/demo/hello:latest`,
        ),
    );
    expect(push).toMatchObject({ status: 0 });
    expect(fs.readFileSync(path.join(computer.home, 'digest'), 'utf8')).toBe(digest);
  });

  it('adds a balena device by key and a debian device by password', async () => {
    const byKey = [
      'devices',
      'add',
      gate.address,
      '--name',
      gate.name,
      '--key',
      gate.keyFile,
      '--accept-new-host-key',
    ];
    expect(await computer.json(byKey)).toMatchObject({ status: 0 });
    const given = ['--host-key', box.hostKeys().find((key) => key.type === 'ED25519')?.fingerprint ?? ''];
    const byPassword = [
      'devices',
      'add',
      box.address,
      '--name',
      box.name,
      '--user',
      box.user,
      '--password-stdin',
      ...given,
    ];
    expect(await computer.json(byPassword, { input: box.password })).toMatchObject({ status: 0 });
    const again = await computer.json(byKey);
    expect(again).toMatchObject({ status: 1, value: { error: { code: 'DEVICE_EXISTS' } } });
  });

  it('plans without writing', async () => {
    const { status, run, of } = await trust('plan', '--all');
    expect(status).toBe(0);
    expect(run.devices.map((device) => device.outcome)).toEqual(['planned', 'planned']);
    for (const device of [gate, box]) {
      const planned = of(device)?.changes.map((change) => change.path);
      expect(planned).toContain(`${folderOf('registry.local:5000')}/mooring-ca.crt`);
      expect((await certificates(device)).stdout).toBe('');
      expect((await pull(device)).stderr).toContain('x509: certificate signed by unknown authority');
    }
  });

  it('pushes trust, and both devices pull', async () => {
    const { status, run, of } = await trust('push', '--all');
    expect(run.summary).toMatchObject({ total: 2, changed: 2, unchanged: 0, failed: 0 });
    expect(status).toBe(0);
    const ca = fs.readFileSync(ready.caFile, 'utf8');
    for (const device of [gate, box]) {
      expect(of(device)).toMatchObject({
        outcome: 'changed',
        written: true,
        proven: true,
        address: device.address,
      });
      const names = ['registry.local:5000', `${lab.network.hostAddress}:5000`];
      for (const name of names)
        expect((await device.exec(['cat', `${folderOf(name)}/mooring-ca.crt`])).stdout.trim()).toBe(
          ca.trim(),
        );
      expect(of(device)?.proofs.find((proof) => proof.name === names[0])).toMatchObject({
        isProven: true,
        level: 'engine',
      });
      expect(await pull(device)).toMatchObject({ status: 0, stdout: `${reference}\n` });
      expect((await device.engine('images')).stdout).not.toContain('mooring/probe');
    }
  });

  it('finds nothing to do the second time, and says when a device has drifted', async () => {
    const listing = (await certificates(gate)).stdout;
    const second = await trust('push', '--all');
    expect(second.status).toBe(0);
    expect(second.run.summary).toMatchObject({ total: 2, changed: 0, unchanged: 2, failed: 0 });
    expect((await certificates(gate)).stdout).toBe(listing);
    expect((await trust('verify', '--all')).run.devices.map((one) => one.outcome)).toEqual([
      'verified',
      'verified',
    ]);

    await gate.exec(`rm ${folderOf('registry.local:5000')}/mooring-ca.crt`);
    const drifted = await trust('verify', '--all');
    expect([drifted.of(gate)?.outcome, drifted.of(box)?.outcome]).toEqual(['drifted', 'verified']);
    expect((await trust('push', gate.name)).of(gate)?.outcome).toBe('changed');
  });

  it('undoes everything, byte for byte', async () => {
    const { status, of } = await trust('undo', '--all');
    expect(status).toBe(0);
    for (const device of [gate, box]) {
      expect(of(device)?.outcome).toBe('changed');
      expect((await certificates(device)).stdout).toBe('');
      expect((await pull(device)).stderr).toContain('x509: certificate signed by unknown authority');
    }
    const again = await trust('undo', '--all');
    expect(again.run.devices.map((one) => one.outcome)).toEqual(['unchanged', 'unchanged']);
  });

  it('prints the script that a shell on the device can run, and its undo', async () => {
    const script = (await computer.mooring(['trust', 'script'])).stdout;
    const ran = await gate.exec('sh', { input: script });
    expect(ran.status).toBe(0);
    expect(await pull(gate)).toMatchObject({ status: 0 });
    const undo = (await computer.mooring(['trust', 'script', '--undo'])).stdout;
    expect((await gate.exec('sh', { input: undo })).status).toBe(0);
    // The device has a list of the folders that the script made.
    expect((await certificates(gate)).stdout).toBe('');
  });

  it('carries on when one device is off, and exits with 1', async () => {
    const off = await lab.addDevice({ profile: 'balena', name: 'off' });
    const add = [
      'devices',
      'add',
      off.address,
      '--name',
      off.name,
      '--key',
      off.keyFile,
      '--accept-new-host-key',
    ];
    expect((await computer.json(add)).status).toBe(0);
    await off.powerOff();
    const { status, of } = await trust('push', '--all');
    expect(status).toBe(1);
    expect(of(off)).toMatchObject({
      outcome: 'failed',
      code: 'DEVICE_UNREACHABLE',
      written: false,
      proven: false,
    });
    expect(of(off)?.next).not.toBe('');
    expect([of(gate)?.outcome, of(box)?.outcome]).toEqual(['changed', 'changed']);
    expect((await computer.json(['devices', 'remove', off.name])).status).toBe(0);
  });

  it('tells wrong usage from failure', async () => {
    expect(await computer.json(['devices', 'bark'])).toMatchObject({ status: 2, value: { error: {} } });
    expect(await computer.json(['up', '--port', 'nine'])).toMatchObject({ status: 2, value: { error: {} } });
    const missing = await computer.json(['devices', 'probe', 'nobody']);
    expect(missing).toMatchObject({ status: 1, value: { error: { code: 'NOT_FOUND' } } });
    expect(Object.keys((missing.value as { error: object }).error).toSorted()).toEqual([
      'code',
      'next',
      'title',
    ]);
  });

  it('stops on a signal, remembers its flags and keeps its CA when they change', async () => {
    const stop = async () => {
      up.signal('TERM');
      return (await up.ended).status;
    };
    const first = ready;
    expect(await stop()).toBe(0);
    expect((await lab.run(['kill', '-0', String(first.pid)])).status).not.toBe(0);
    await startUp('--name', 'harbour.local', '--name', 'registry.local', '--port', '5443');
    expect(ready).toMatchObject({
      port: 5443,
      names: ['harbour.local', 'registry.local'],
      caFingerprint: first.caFingerprint,
    });
    expect(await stop()).toBe(0);
    await startUp();
    expect(ready).toMatchObject({ port: 5443, names: ['harbour.local', 'registry.local'], user: first.user });

    const { run, of } = await trust('push', '--all');
    expect(run.summary.failed).toBe(0);
    expect(
      of(gate)
        ?.proofs.filter((proof) => proof.isProven)
        .map((proof) => proof.name),
    ).toEqual(expect.arrayContaining(['harbour.local:5443', 'registry.local:5443']));
    expect(await stop()).toBe(0);
  });
});
