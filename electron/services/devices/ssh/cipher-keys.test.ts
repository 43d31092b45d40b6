import { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import ssh2 from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { sshAlgorithms } from '#electron/algorithms.ts';
import { useKeyObjects } from './cipher-keys.ts';
import { type FakeServer, startFake } from './fake-server.fixture.ts';

let server: FakeServer;
afterEach(() => server.stop());

test.each(sshAlgorithms.cipher)(
  'a connection with %s goes on, with key objects where ssh2 has keys',
  async (cipher) => {
    server = await startFake({ authenticate: () => true });
    const client = new ssh2.Client();
    client.on('handshake', () => useKeyObjects(client));
    const algorithms = { ...sshAlgorithms, cipher: [cipher] };
    client.connect({ host: '127.0.0.1', port: server.port, username: 'root', password: 'x', algorithms });
    await once(client, 'ready');
    if (cipher.includes('gcm')) {
      expect(client).toHaveProperty('_protocol._cipher._encKey', expect.any(KeyObject));
      expect(client).toHaveProperty('_protocol._decipher._decipherKey', expect.any(KeyObject));
    }
    const answer = await new Promise<string>((resolve, reject) => {
      client.exec('printf heard', (error, channel) => {
        if (error) return reject(error);
        channel.on('data', (bytes: Buffer) => resolve(bytes.toString()));
      });
    });
    expect(answer).toBe('heard');
    client.end();
    await once(client, 'close');
  },
);
