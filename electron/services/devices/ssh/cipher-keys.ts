import { createSecretKey } from 'node:crypto';
import type { Client } from 'ssh2';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const replaceKey = (cipher: unknown, name: string): void => {
  if (isObject(cipher) && Buffer.isBuffer(cipher[name])) cipher[name] = createSecretKey(cipher[name]);
};

/**
 * Gives the ciphers of a connection key objects in place of buffers. With AES-GCM, ssh2 1.17 makes a cipher for each
 * packet, and Node from 24.18 on takes 25 microseconds to find that a buffer is no key object: a tenth of what a
 * device costs. Reaches into ssh2; where that looks otherwise, nothing changes.
 */
export const useKeyObjects = (client: Client): void => {
  const protocol: unknown = '_protocol' in client ? client._protocol : null;
  if (!isObject(protocol)) return;
  replaceKey(protocol._cipher, '_encKey');
  replaceKey(protocol._decipher, '_decipherKey');
};
