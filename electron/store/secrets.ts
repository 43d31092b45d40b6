import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { AppError } from '#shared/errors.ts';

/** Encryption at rest with the data key of the folder. */
export interface Secrets {
  /**
   * @param context says what the text is, for example `devices:<id>`: the same must be given to `open`, so that
   *   a sealed value moved to another place does not open there
   */
  seal(text: string, context: string): string;
  /** @throws AppError KEY_BROKEN when key, context or sealed value do not belong together */
  open(sealed: string, context: string): string;
  /** Where the data key lies. */
  protection: 'file' | 'keychain';
}

const version = 'v1:';
const nonceLength = 12;
const tagLength = 16;

const sealing = (key: KeyObject): Pick<Secrets, 'seal' | 'open'> => ({
  seal(text, context) {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return version + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
  },
  open(sealed, context) {
    try {
      if (!sealed.startsWith(version)) throw new Error('unknown form of a sealed value');
      const bytes = Buffer.from(sealed.slice(version.length), 'base64');
      const nonce = bytes.subarray(0, nonceLength);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
      const body = bytes.subarray(nonceLength + tagLength);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new AppError('KEY_BROKEN', { context }, { cause });
    }
  },
});

/**
 * AES-256-GCM with a random 96-bit nonce and the context as additional data.
 * @param bytesOfKey 32 bytes
 */
export const createSecrets = (bytesOfKey: Buffer, protection: Secrets['protection']): Secrets => {
  // Node 24.18 takes 25 microseconds a call to find that a buffer is not one.
  const key = createSecretKey(bytesOfKey);
  return { protection, ...sealing(key) };
};
