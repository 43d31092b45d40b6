import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '#shared/errors.ts';
import { replaceFile } from './files.ts';
import { createSecrets, type Secrets } from './secrets.ts';

/** The keychain of the desktop. A host without one passes none. */
export interface Keychain {
  /** False for back-ends that only pretend (Electron's `basic_text`, `unknown`): then nothing is wrapped. */
  isStrong(): boolean;
  wrap(key: Buffer): Buffer;
  /** @throws when the wrapped key is not from this keychain */
  unwrap(wrapped: Buffer): Buffer;
}

const keyLength = 32;
const plainFile = 'data.key';
const wrappedFile = 'data.key.wrapped';

const readIfThere = (file: string): Buffer | undefined => {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const usable = (key: Buffer, cause?: unknown): Buffer => {
  if (key.length !== keyLength) throw new AppError('KEY_BROKEN', {}, { cause });
  return key;
};

const unwrap = (wrapped: Buffer, keychain: Keychain | undefined): Buffer => {
  if (!keychain?.isStrong()) throw new AppError('KEY_LOCKED');
  try {
    return usable(keychain.unwrap(wrapped));
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('KEY_BROKEN', {}, { cause });
  }
};

const create = (dataDir: string, keychain: Keychain | undefined): Secrets => {
  const key = randomBytes(keyLength);
  if (keychain?.isStrong()) {
    const wrapped = keychain.wrap(key);
    // A keychain that cannot give the key back must be noticed before anything is sealed.
    if (unwrap(wrapped, keychain).equals(key)) {
      replaceFile(path.join(dataDir, wrappedFile), wrapped, 0o600);
      return createSecrets(key, 'keychain');
    }
  }
  replaceFile(path.join(dataDir, plainFile), key, 0o600);
  return createSecrets(key, 'file');
};

/**
 * The secrets of a folder; makes its data key when there is none and nothing was sealed yet. A key that exists
 * stays where it is: wrapping it later would lock out the command line that used it before. Call it under an
 * exclusive lock.
 * @param hasSealed true when the folder already holds values sealed with a key
 * @throws AppError KEY_LOCKED (wrapped by a keychain that is not here), KEY_BROKEN, KEY_MISSING
 */
export const openSecrets = (dataDir: string, hasSealed: boolean, keychain?: Keychain): Secrets => {
  const plain = readIfThere(path.join(dataDir, plainFile));
  if (plain) return createSecrets(usable(plain), 'file');
  const wrapped = readIfThere(path.join(dataDir, wrappedFile));
  if (wrapped) return createSecrets(unwrap(wrapped, keychain), 'keychain');
  if (hasSealed) throw new AppError('KEY_MISSING', { dataDir });
  return create(dataDir, keychain);
};
