import { describe, expect, test } from 'vitest';
import { isGone, pidOf } from './lab/process.fixture.ts';
import { startService, type TestService } from './lab/service.fixture.ts';
import { startSshd, type Sshd, userName, userPassword } from './lab/sshd.fixture.ts';

const soon = () => ({ signal: AbortSignal.timeout(60_000) });
const code = (expected: string) => expect.objectContaining({ code: expected });
const withKey = (device: Sshd) => ({ port: device.port, credential: { kind: 'key', file: device.keyFile } });

describe('sudo', () => {
  const visit = async (
    options: { sudoers: string; loginShell?: string },
    sudoPassword: string,
    work?: (service: TestService, id: string, device: Sshd) => Promise<unknown>,
  ) => {
    const device = await startSshd(options);
    const service = await startService();
    const input = service.input({ ...withKey(device), user: userName, sudoPassword });
    try {
      const { id, facts, trust } = await service.devices.add(input);
      const more = await work?.(service, id, device);
      return { facts, error: trust.error?.code ?? null, more };
    } finally {
      await service.stop();
      await device.stop();
    }
  };
  const all = `${userName} ALL=(ALL) ALL`;

  test('without password', async () => {
    const { facts, error } = await visit({ sudoers: `${userName} ALL=(ALL) NOPASSWD: ALL` }, '');
    expect(error).toBeNull();
    expect(facts?.isWritable).toBe(true);
  });

  test('with the right password, also through a terminal of its own', async () => {
    expect(await visit({ sudoers: all }, userPassword)).toMatchObject({ error: null });
    expect(await visit({ sudoers: `Defaults use_pty\n${all}` }, userPassword)).toMatchObject({ error: null });
  });

  test('a cancelled script is ended though it belongs to root', async () => {
    const sudoers = `Defaults use_pty\n${userName} ALL=(ALL) NOPASSWD: ALL`;
    await visit({ sudoers }, '', async (service, id) => {
      const cancel = new AbortController();
      const session = await service.devices.connect(id, soon());
      let pid = '';
      const onRecord = (record: unknown) => {
        pid = pidOf(record);
        cancel.abort();
      };
      const run = session.run('put pid "$$"; send; sleep 66', {
        timeoutMs: 60_000,
        signal: cancel.signal,
        onRecord,
      });
      await expect(run).rejects.toEqual(code('CANCELLED'));
      await isGone(pid);
    });
  });

  test('with cached credentials: the password is not sent, and the script is whole', async () => {
    const sudoers = `Defaults timestamp_type=global\n${all}`;
    const { more } = await visit({ sudoers }, userPassword, async (service, id) => {
      // Without a stored password a prompt would be the end of it.
      service.devices.update({ device: id, sudoPassword: '' });
      const session = await service.devices.connect(id, soon());
      const body = 'read -r line; put got "$line"; put who "$(id -un)"; send';
      const end = await session.run(body, { timeoutMs: 20_000 });
      session.close();
      return end.records;
    });
    expect(more).toEqual([{ got: '', who: 'root' }]);
  });

  test('with a wrong password', async () => {
    expect(await visit({ sudoers: all }, 'wrong')).toMatchObject({
      error: 'SUDO_PASSWORD_WRONG',
      facts: null,
    });
    const once = `Defaults passwd_tries=1\n${all}`;
    expect(await visit({ sudoers: once }, 'wrong')).toMatchObject({ error: 'SUDO_PASSWORD_WRONG' });
  });

  test('with none stored', async () => {
    expect(await visit({ sudoers: all }, '')).toMatchObject({ error: 'SUDO_PASSWORD_NEEDED' });
  });

  test('with requiretty', async () => {
    const sudoers = `Defaults requiretty\n${userName} ALL=(ALL) NOPASSWD: ALL`;
    expect(await visit({ sudoers }, '')).toMatchObject({ error: 'SUDO_NEEDS_TTY' });
  });

  test('for someone who may not', async () => {
    expect(await visit({ sudoers: '' }, userPassword)).toMatchObject({ error: 'SUDO_DENIED' });
  });
});
