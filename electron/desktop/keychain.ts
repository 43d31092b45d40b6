import { safeStorage } from 'electron';
import type { Keychain } from '#electron/store/index.ts';

/** Back-ends that encrypt with a key everyone knows. */
const pretending = ['basic_text', 'unknown'];

/** The keychain of the system, by way of Electron. Ask only after the app is ready. */
export const createKeychain = (platform: NodeJS.Platform = process.platform): Keychain => ({
  isStrong: () =>
    safeStorage.isEncryptionAvailable() &&
    (platform !== 'linux' || !pretending.includes(safeStorage.getSelectedStorageBackend())),
  wrap: (key) => safeStorage.encryptString(key.toString('base64')),
  unwrap: (wrapped) => Buffer.from(safeStorage.decryptString(wrapped), 'base64'),
});
