import { createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { AppError } from '#shared/errors.ts';

const string = (content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** The unencrypted OpenSSH form (PROTOCOL.key), the only one ssh2 reads Ed25519 from. */
const openSshEd25519 = (key: KeyObject): string => {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const open = Buffer.from(x, 'base64url');
  const seed = Buffer.from(d, 'base64url');
  const publicBlob = Buffer.concat([string('ssh-ed25519'), string(open)]);
  const privatePart = Buffer.concat([
    Buffer.alloc(8),
    publicBlob,
    string(Buffer.concat([seed, open])),
    string(''),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (privatePart.length % 8)) % 8 }, (_, i) => i + 1));
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    Buffer.from([0, 0, 0, 1]),
    string(publicBlob),
    string(Buffer.concat([privatePart, padding])),
  ]);
  const lines = body.toString('base64').replace(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
};

/** PKCS#8, which ssh2 does not read, in a form that it does. Other texts stay as they are. */
const fromPkcs8 = (text: string, passphrase: string): string => {
  if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return text;
  const key = createPrivateKey({ key: text, format: 'pem', ...(passphrase === '' ? {} : { passphrase }) });
  if (key.asymmetricKeyType === 'rsa') return key.export({ format: 'pem', type: 'pkcs1' }).toString();
  if (key.asymmetricKeyType === 'ec') return key.export({ format: 'pem', type: 'sec1' }).toString();
  if (key.asymmetricKeyType === 'ed25519') return openSshEd25519(key);
  throw new Error(`keys of type ${key.asymmetricKeyType} are not usable with SSH`);
};

/** Whether a key text says of itself that it is encrypted. */
export const isEncrypted = (text: string): boolean => {
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED|^Encryption: (?!none)/m.test(text)) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0'.length;
  return bytes.length > magic + 8 && bytes.toString('latin1', magic + 4, magic + 8) !== 'none';
};

const parse = (text: string, passphrase: string): ParsedKey | Error => {
  try {
    const parsed = ssh2.utils.parseKey(fromPkcs8(text, passphrase), passphrase);
    return Array.isArray(parsed) ? (parsed[0] ?? new Error('it holds no key')) : parsed;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

/**
 * Parses a private key before any connection is made: ssh2 itself would say no more than that the login failed.
 * @param file how the key is called in messages
 * @throws AppError AUTH_KEY_LOCKED, AUTH_KEY_UNREADABLE
 */
export const parsePrivateKey = (text: string, passphrase: string, file: string): ParsedKey => {
  const parsed = parse(text, passphrase);
  if (parsed instanceof Error) {
    if (isEncrypted(text)) throw new AppError('AUTH_KEY_LOCKED', { file });
    const problem = 'The file is not a private key that SSH can use, or it is damaged.';
    throw new AppError('AUTH_KEY_UNREADABLE', { file, problem }, { cause: parsed });
  }
  if (!parsed.isPrivateKey()) {
    throw new AppError('AUTH_KEY_UNREADABLE', { file, problem: 'It is the public half of a key.' });
  }
  return parsed;
};
