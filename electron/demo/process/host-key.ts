import { createHmac, createPrivateKey } from 'node:crypto';
import type { ParsedKey } from 'ssh2';
import { readHostKey } from '#electron/services/devices/ssh/host-keys.ts';
import { parsePrivateKey } from '#electron/services/devices/ssh/private-key.ts';

/** What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410). */
const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The host key of a device: always the same for a seed and an index, so none has to be kept. */
export const hostKeyOf = (seed: string, index: number): ParsedKey => {
  const secret = createHmac('sha256', Buffer.from(seed, 'hex')).update(String(index)).digest();
  const key = createPrivateKey({ key: Buffer.concat([prefix, secret]), format: 'der', type: 'pkcs8' });
  return parsePrivateKey(key.export({ format: 'pem', type: 'pkcs8' }).toString(), '', 'host key');
};

export const fingerprintOf = (key: ParsedKey): string => readHostKey(key.getPublicSSH()).fingerprint;
