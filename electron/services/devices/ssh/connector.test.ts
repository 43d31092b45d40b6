import type net from 'node:net';
import { expect, test } from 'vitest';
import { dial } from './dial.ts';
import { startOther } from './fake-server.fixture.ts';
import { checkHostKey, hostKeyTypes, onlyType, preferTypes } from './host-keys.ts';
import { isEncrypted } from './private-key.ts';
import { resolveAddress } from './resolve.ts';
import { createSlots } from '#electron/slots.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });
const limits = { connectMs: 2000, preferMs: 200, signal: AbortSignal.timeout(20_000) };
const target = (ports: number[], addresses = ['127.0.0.1']) => ({
  label: 'gate',
  address: 'gate.local',
  addresses,
  ports,
});

test('the best port wins, the next when it is closed, and the others are left', async () => {
  const sockets: net.Socket[] = [];
  const first = await startOther((socket) => sockets.push(socket));
  const second = await startOther((socket) => sockets.push(socket));
  const gone = await startOther(() => undefined);
  await gone.stop();
  try {
    for (const ports of [
      [first.port, second.port],
      [gone.port, first.port],
    ]) {
      const { socket, port } = await dial(target(ports, ['127.0.0.2', '127.0.0.1']), limits);
      expect(port).toBe(first.port);
      socket.destroy();
    }
    await expect
      .poll(() => sockets.every(({ destroyed, readableEnded }) => destroyed || readableEnded))
      .toBe(true);
    await expect(dial(target([gone.port]), limits)).rejects.toEqual(code('DEVICE_REFUSED'));
  } finally {
    await first.stop();
    await second.stop();
  }
});

test('a host that is not there is unreachable, within our own time', async () => {
  // The discard-only block of RFC 6666: no network routes it.
  const dead = dial(target([22], ['100::1']), { ...limits, connectMs: 300 });
  await expect(dead).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE', retryable: true });
});

test('places are handed on in order, and a cancelled wait takes none', async () => {
  const slots = createSlots(1);
  const order: string[] = [];
  const first = await slots.take();
  const cancel = new AbortController();
  const second = slots.take(cancel.signal);
  const third = slots.take().then((giveBack) => {
    order.push('third');
    return giveBack;
  });
  cancel.abort();
  await expect(second).rejects.toEqual(code('CANCELLED'));
  expect(order).toEqual([]);
  first();
  first();
  const giveBack = await third;
  const fourth = slots.take().then(() => order.push('fourth'));
  await Promise.resolve();
  expect(order).toEqual(['third']);
  giveBack();
  await fourth;
  await expect(slots.take(AbortSignal.abort())).rejects.toEqual(code('CANCELLED'));
});

test('names are found by mDNS, then by the system; addresses are taken as they are', async () => {
  const asked: string[] = [];
  const resolve = (address: string, found: string[] = []) =>
    resolveAddress(address, {
      resolveLocal: async (name) => {
        asked.push(name);
        return found;
      },
      timeoutMs: 3000,
      signal: limits.signal,
    });
  expect(await resolve('fe80::1%eth0')).toEqual(['fe80::1%eth0']);
  expect(await resolve('Gate.Local.', ['fe80::7', '2001:db8::7', '192.0.2.7'])).toEqual([
    '192.0.2.7',
    '2001:db8::7',
  ]);
  expect(await resolve('localhost')).toContain('127.0.0.1');
  expect(asked).toEqual(['gate.local']);
  await expect(resolve('nobody.invalid')).rejects.toEqual(code('DEVICE_NAME_UNKNOWN'));
});

test('pinned types are asked for first, and nothing but the pinned key passes', () => {
  expect(hostKeyTypes).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa']);
  expect(preferTypes(['ssh-rsa'])).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
  ]);
  expect(onlyType('ssh-rsa')).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
  const key = { type: 'ssh-ed25519', fingerprint: 'SHA256:a' };
  expect(checkHostKey('gate', [key], key)).toBeNull();
  expect(checkHostKey('gate', [], key)).toEqual(code('HOST_KEY_UNKNOWN'));
  const changed = checkHostKey('gate', [key], { ...key, fingerprint: 'SHA256:b' });
  expect(changed).toMatchObject({
    code: 'HOST_KEY_CHANGED',
    details: { expected: 'SHA256:a', fingerprint: 'SHA256:b' },
  });
  expect(changed?.data.next).toContain('It shows SHA256:b instead of SHA256:a.');
  expect(checkHostKey('gate', [key], { type: 'ssh-rsa', fingerprint: 'SHA256:b' })).toEqual(
    code('HOST_KEY_CHANGED'),
  );
});

test('an encrypted key is told from a damaged one', () => {
  expect(isEncrypted('-----BEGIN ENCRYPTED PRIVATE KEY-----\n')).toBe(true);
  expect(isEncrypted('-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n')).toBe(true);
  expect(isEncrypted('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----')).toBe(
    false,
  );
  expect(isEncrypted('no key')).toBe(false);
});
