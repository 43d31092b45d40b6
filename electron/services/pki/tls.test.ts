import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { tlsAlgorithms } from '#electron/algorithms.ts';
import { parseAddress } from './address.ts';
import { makeAuthority, newKey, type Authority } from './authority.fixture.ts';
import { permittedFor } from './constraints.ts';
import { issueCa, issueLeaf } from './issue.ts';
import { generateKey, privatePem, type KeyAlgorithm } from './keys.ts';

const now = new Date();
const servers: tls.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const serve = async (cert: string, key: string): Promise<number> => {
  const server = tls.createServer({ cert, key, ...tlsAlgorithms }, (socket) => socket.end());
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** What a client that trusts `ca` alone thinks of the server when it asks for `name`. */
const ask = (port: number, ca: string, name: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      ca,
      ...(parseAddress(name) ? {} : { servername: name }),
      checkServerIdentity: (_, peer) => tls.checkServerIdentity(name, peer),
    });
    socket.on('secureConnect', () => {
      socket.destroy();
      resolve('trusted');
    });
    // OpenSSL's errors that Node has no code for come as UNSPECIFIED with a text.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code && error.code !== 'UNSPECIFIED' ? error.code : error.message),
    );
  });

const names = ['registry.local', 'reg.lan', 'workbench', 'workbench.local', 'localhost'];
const addresses = ['192.168.1.20', '10.0.0.4', '169.254.7.7', '100.64.1.1', '127.0.0.1', '::1', 'fd12::4'];

const constrained = async (algorithm: KeyAlgorithm, leafAlgorithm: KeyAlgorithm, sanNames: string[]) => {
  const caKey = await generateKey(algorithm);
  const permitted = permittedFor('workbench', []);
  const ca = issueCa({ key: caKey, hostName: 'workbench', years: 10, permitted, now });
  const key = await generateKey(leafAlgorithm);
  const leaf = issueLeaf({ key, chain: [ca], caKey, days: 397, names: sanNames, addresses, now });
  return { ca: ca.pem, port: await serve(leaf.pem + ca.pem, privatePem(key)) };
};

const kinds: [KeyAlgorithm, KeyAlgorithm][] = [
  ['rsa-4096', 'rsa-2048'],
  ['ec-p256', 'ec-p256'],
  ['ec-p384', 'rsa-2048'],
];
test.each(kinds)('a constrained %s CA vouches for every name of its %s leaf', async (algorithm, leaf) => {
  const { ca, port } = await constrained(algorithm, leaf, names);
  for (const name of [...names, ...addresses])
    expect([name, await ask(port, ca, name)]).toEqual([name, 'trusted']);
  expect(await ask(port, ca, 'other.local')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('one name outside kills every name: this is why it is never signed', async () => {
  const { ca, port } = await constrained('ec-p256', 'ec-p256', [...names, 'example.com']);
  for (const name of ['registry.local', '127.0.0.1', 'example.com']) {
    expect([name, await ask(port, ca, name)]).toEqual([name, 'permitted subtree violation']);
  }
});

test('another CA is not enough', async () => {
  const { port } = await constrained('ec-p256', 'ec-p256', names);
  const { ca: other } = await constrained('ec-p256', 'ec-p256', names);
  expect(await ask(port, other, 'registry.local')).not.toBe('trusted');
});

const underIntermediate: [string, Authority][] = [
  ['RSA', makeAuthority({ name: 'RSA root', key: newKey.rsa() })],
  ['P-256', makeAuthority({ name: 'P-256 root' })],
  ['P-384', makeAuthority({ name: 'P-384 root', key: newKey.ec('P-384') })],
];
test.each(underIntermediate)(
  'an intermediate under an %s root serves a chain that its root verifies',
  async (_, root) => {
    const middle = makeAuthority({ name: 'Intermediate', issuer: root, pathLength: 0 });
    const key = await generateKey('rsa-2048');
    const chain = [middle.certificate, root.certificate] as const;
    const leaf = issueLeaf({ key, chain, caKey: middle.key, days: 30, names, addresses, now });
    const port = await serve(leaf.pem + middle.pem, privatePem(key));
    expect(await ask(port, root.pem, 'registry.local')).toBe('trusted');
    expect(await ask(port, middle.pem + root.pem, '10.0.0.4')).toBe('trusted');
  },
);
