import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DeviceInput } from '#shared/model/devices.ts';
import { isGone, pidOf } from './lab/process.fixture.ts';
import { startService, type TestService } from './lab/service.fixture.ts';
import { startSshd, type Sshd, userPassword } from './lab/sshd.fixture.ts';

const soon = (signalMs = 60_000) => ({ signal: AbortSignal.timeout(signalMs) });
const code = (expected: string) => expect.objectContaining({ code: expected });

const withKey = (device: Sshd) => ({ port: device.port, credential: { kind: 'key', file: device.keyFile } });

/** Adds the device as root, runs one body there, and removes it again. */
const runOnce = async (
  service: TestService,
  input: DeviceInput,
  body: string,
  options: { timeoutMs: number; signal?: AbortSignal; onRecord?: (record: unknown) => void } = {
    timeoutMs: 20_000,
  },
) => {
  const { id } = await service.devices.add(input);
  try {
    const session = await service.devices.connect(id, soon());
    return await session.run(body, options).finally(() => session.close());
  } finally {
    await service.devices.remove(id);
  }
};

describe('a device with root login', () => {
  let device: Sshd;
  let service: TestService;
  beforeAll(async () => {
    device = await startSshd();
    service = await startService();
  });
  afterEach(async () => {
    for (const { id } of service.devices.list()) await service.devices.remove(id);
  });
  afterAll(async () => {
    await service.stop();
    await device.stop();
  });

  test('is added by key, its facts are read, and scripts run on it', async () => {
    const added = await service.devices.add(service.input({ ...withKey(device), name: 'gate' }));
    expect(added).toMatchObject({
      name: 'gate',
      port: device.port,
      hostKeys: [{ type: 'ssh-ed25519', how: 'unseen' }],
      facts: { architecture: expect.any(String), isWritable: true },
      trust: { state: 'none', error: null },
    });
    expect(Math.abs(added.facts?.clockOffsetSeconds ?? 99)).toBeLessThan(3);
    const session = await service.devices.connect(added.id, soon());
    const end = await session.run('put who "$(id -un)"; send; printf "a banner"', { timeoutMs: 10_000 });
    expect(end).toEqual({ records: [{ who: 'root' }], isComplete: true, output: 'a banner\n' });
    session.close();
    const { jobId } = await service.devices.probe({ all: true });
    const job = await service.jobs.finished(jobId);
    expect(job).toMatchObject({ state: 'succeeded', result: [{ id: added.id, error: null }] });
    await service.devices.remove(added.id);
  });

  test('shows its host keys to anyone, the best first, and the one confirmed is pinned', async () => {
    const contact = await service.devices.contact({ address: '127.0.0.1', port: device.port });
    expect(contact.banner).toMatch(/^SSH-2\.0-OpenSSH/);
    expect(contact.hostKeys.map(({ type }) => type)).toEqual([
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'ssh-rsa',
    ]);
    for (const [index, type] of ['ed25519', 'ecdsa', 'rsa'].entries()) {
      const line = execFileSync('ssh-keygen', ['-l', '-f', path.join(device.folder, `host_${type}.pub`)]);
      expect(line.toString()).toContain(` ${contact.hostKeys[index]?.fingerprint} `);
    }
    const rsa = contact.hostKeys[2];
    const hostKey = { kind: 'given', fingerprint: rsa?.fingerprint };
    const added = await service.devices.add(service.input({ ...withKey(device), hostKey }));
    expect(added.hostKeys).toMatchObject([{ ...rsa, how: 'given' }]);
    // The device would rather show Ed25519; it is asked for the pinned type.
    (await service.devices.connect(added.id, soon())).close();
    await service.devices.remove(added.id);
  });

  test('with another host key than the one confirmed is neither added nor talked to', async () => {
    const fingerprint = `SHA256:${'A'.repeat(43)}`;
    const hostKey = { kind: 'confirmed', fingerprint };
    await expect(service.devices.add(service.input({ ...withKey(device), hostKey }))).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
      details: { expected: fingerprint, fingerprint: expect.stringMatching(/^SHA256:/) },
    });
    expect(service.devices.list()).toEqual([]);
    const { id } = await service.devices.add(
      service.input({ ...withKey(device), hostKey: { kind: 'offline' } }),
    );
    await expect(service.devices.connect(id, soon())).rejects.toEqual(code('HOST_KEY_UNKNOWN'));
    await expect(service.devices.acceptHostKey({ device: id, fingerprint })).rejects.toEqual(
      code('HOST_KEY_CHANGED'),
    );
    const [key] = (await service.devices.contact({ address: '127.0.0.1', port: device.port })).hostKeys;
    const accepted = await service.devices.acceptHostKey({ device: id, fingerprint: key?.fingerprint ?? '' });
    expect(accepted.hostKeys).toMatchObject([{ ...key, how: 'shown' }]);
    (await service.devices.connect(id, soon())).close();
    await service.devices.remove(id);
  });

  test('a script that takes too long or is cancelled is ended on the device', async () => {
    const added = await service.devices.add(service.input(withKey(device)));
    const body = `put pid "$$"; send; sleep 63`;
    let pid = '';
    const late = await service.devices.connect(added.id, soon());
    await expect(
      late.run(body, { timeoutMs: 3000, onRecord: (record) => (pid = pidOf(record)) }),
    ).rejects.toEqual(code('DEVICE_TIMEOUT'));
    await isGone(pid);

    const cancel = new AbortController();
    const session = await service.devices.connect(added.id, soon());
    const run = session.run(body, {
      timeoutMs: 20_000,
      signal: cancel.signal,
      onRecord(record) {
        pid = pidOf(record);
        cancel.abort();
      },
    });
    await expect(run).rejects.toEqual(code('CANCELLED'));
    await isGone(pid);
    await service.devices.remove(added.id);
  });

  test('output over the cap ends the script', async () => {
    const run = runOnce(service, service.input(withKey(device)), 'while :; do echo "0123456789"; done');
    await expect(run).rejects.toEqual(code('DEVICE_OUTPUT_INVALID'));
  });

  test('logs in by password and refuses a wrong one', async () => {
    const login = (password: string) =>
      service.input({ port: device.port, credential: { kind: 'password', password } });
    await expect(service.devices.add(login('wrong'))).rejects.toEqual(code('AUTH_REFUSED'));
    expect(service.devices.list()).toEqual([]);
    const { id } = await service.devices.add(login(userPassword));
    await service.devices.remove(id);
  });

  test('takes keys of every form, and says which need a passphrase', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    const ed = generateKeyPairSync('ed25519').privateKey;
    const { x = '' } = ed.export({ format: 'jwk' });
    const head = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');
    const edBlob = Buffer.concat([head, Buffer.from(x, 'base64url')]).toString('base64');
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'open' } as const;
    const eds = [
      ed.export({ format: 'pem', type: 'pkcs8' }).toString(),
      ed.export({ format: 'pem', type: 'pkcs8', ...cipher }).toString(),
    ] as const;
    const forms: { pem: string; passphrase?: string }[] = [
      { pem: rsa.export({ format: 'pem', type: 'pkcs1' }).toString() },
      { pem: rsa.export({ format: 'pem', type: 'pkcs8' }).toString() },
      { pem: ec.export({ format: 'pem', type: 'sec1' }).toString() },
      { pem: ec.export({ format: 'pem', type: 'pkcs8' }).toString() },
      { pem: eds[0] },
      { pem: eds[1], passphrase: 'open' },
      { pem: rsa.export({ format: 'pem', type: 'pkcs1', ...cipher }).toString(), passphrase: 'open' },
    ];
    const encrypted = path.join(device.folder, 'encrypted');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open', '-f', encrypted]);
    forms.push({ pem: await fs.readFile(encrypted, 'utf8'), passphrase: 'open' });
    for (const form of forms) {
      const file = path.join(device.folder, 'form');
      await fs.writeFile(file, form.pem, { mode: 0o600 });
      // Where OpenSSH does not read PKCS#8 Ed25519 itself, its public half is told.
      const isEd = eds.some((pem) => pem === form.pem);
      const open = isEd
        ? `ssh-ed25519 ${edBlob}\n`
        : execFileSync('ssh-keygen', ['-y', '-P', form.passphrase ?? '', '-f', file]);
      await fs.appendFile(path.join(device.folder, 'authorized_keys'), open);
      const credential = { kind: 'key', ...form };
      const { id } = await service.devices.add(service.input({ port: device.port, credential }));
      await service.devices.remove(id);
      if (form.passphrase === undefined) continue;
      const locked = service.input({ port: device.port, credential: { ...credential, passphrase: 'shut' } });
      await expect(service.devices.add(locked)).rejects.toEqual(code('AUTH_KEY_LOCKED'));
    }
  });

  test('logs in through a running agent', async () => {
    const socket = path.join(device.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const withAgent = await startService({ agentSocket: () => socket });
    try {
      await expect
        .poll(() =>
          fs.access(socket).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      const input = withAgent.input({ port: device.port, credential: { kind: 'agent' } });
      await expect(withAgent.devices.add(input)).rejects.toEqual(code('AUTH_REFUSED'));
      execFileSync('ssh-add', ['-q', device.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      await withAgent.devices.add(input);
    } finally {
      agent.kill();
      await withAgent.stop();
    }
  });
});

describe.each(['dash', 'bash', 'busybox'])('facts and scripts where sh is %s', (shell) => {
  test('are the same', async () => {
    const device = await startSshd({ shell });
    const service = await startService();
    try {
      const { id, facts } = await service.devices.add(service.input(withKey(device)));
      const osName = /^NAME="?([^"\n]*)/m.exec(await fs.readFile('/etc/os-release', 'utf8'))?.[1];
      expect(facts).toMatchObject({ os: osName, isWritable: true });
      expect(facts?.freeBytes).toBeGreaterThan(0);
      expect(facts?.engines.map(({ kind }) => kind)).toContain('podman');
      const session = await service.devices.connect(id, soon());
      const end = await session.run('within 1 sleep 64; put_number status $?; send', { timeoutMs: 10_000 });
      expect(end.records).toEqual([{ status: 143 }]);
      session.close();
      device.inside('mount --bind /etc /etc && mount -o remount,bind,ro /etc');
      await service.jobs.finished((await service.devices.probe({ all: true })).jobId);
      const after = service.devices.get(id).facts;
      expect(after?.isWritable).toBe(false);
      expect(after?.warnings.map((warning) => warning.code)).toContain('READ_ONLY');
    } finally {
      await service.stop();
      await device.stop();
    }
  });
});

describe('a login shell that is in the way', () => {
  const visit = async (bashrc: string, config = '') => {
    const device = await startSshd({ config });
    const service = await startService();
    try {
      await device.write('root/.bashrc', bashrc);
      return await runOnce(service, service.input(withKey(device)), 'put ok yes; send');
    } finally {
      await service.stop();
      await device.stop();
    }
  };

  test('eating stdin: the script goes by argument', async () => {
    const end = await visit('cat >/dev/null\n');
    expect(end).toMatchObject({ records: [{ ok: 'yes' }], isComplete: true });
  });

  test('printing without newline: no matter', async () => {
    const end = await visit('printf "welcome"; printf "again" >&2\n');
    expect(end).toMatchObject({ records: [{ ok: 'yes' }], isComplete: true });
  });

  test('leaving at once, or a forced command: nothing was done, and it says so', async () => {
    await expect(visit('exit 0\n')).rejects.toEqual(code('SCRIPT_NOT_RUN'));
    await expect(visit('', 'ForceCommand /bin/true')).rejects.toEqual(code('SCRIPT_NOT_RUN'));
  });
});

describe('a PAM sshd that asks by keyboard-interactive alone', () => {
  const config = 'UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes';

  test('takes the right password, and refuses a wrong one once', async () => {
    const device = await startSshd({ config });
    const service = await startService();
    const input = (password: string) =>
      service.input({ port: device.port, credential: { kind: 'password', password } });
    try {
      await expect(service.devices.add(input('wrong horse'))).rejects.toEqual(code('AUTH_REFUSED'));
      const end = await runOnce(service, input(userPassword), 'put ok yes; send');
      expect(end.records).toEqual([{ ok: 'yes' }]);
    } finally {
      await service.stop();
      await device.stop();
    }
  });
});
