import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from './engine.fixture.ts';

let registry: TestEngine;
beforeAll(async () => {
  registry = await startTestEngine();
});
afterAll(() => registry.close());

/** What is agreed on with a client that names these first. */
const agreedOn = async (ciphers: string): Promise<string> => {
  const { port } = registry.engine;
  const socket = connect({ port, ciphers, ca: registry.certificate.certPem, servername: 'localhost' });
  await once(socket, 'secureConnect');
  const { standardName } = socket.getCipher();
  socket.destroy();
  return standardName;
};

const others = 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256';

test('AES of 128 bits is taken, and ChaCha20 with a client that has no AES in its processor', async () => {
  expect(await agreedOn(others)).toBe('TLS_AES_128_GCM_SHA256');
  expect(await agreedOn(`TLS_CHACHA20_POLY1305_SHA256:${others}`)).toBe('TLS_CHACHA20_POLY1305_SHA256');
  expect(await agreedOn('TLS_AES_256_GCM_SHA384')).toBe('TLS_AES_256_GCM_SHA384');
});
