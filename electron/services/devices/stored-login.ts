import { z } from 'zod';
import { Secret } from '#electron/store/secret.ts';
import { AppError } from '#shared/errors.ts';
import type { CredentialInput, Device } from '#shared/model/devices.ts';
import { type Credential, keyPath } from './ssh/credential.ts';

/** The secrets of one device, sealed together. Empty means none. */
export const sealedLogin = z.object({
  pem: z.string(),
  passphrase: z.string(),
  password: z.string(),
  sudoPassword: z.string(),
});
export type SealedLogin = z.infer<typeof sealedLogin>;
export const noSecrets: SealedLogin = { pem: '', passphrase: '', password: '', sudoPassword: '' };

/** A login ready to be used. Without a sudo password of its own the login password is tried. */
export interface StoredLogin {
  credential: Credential;
  sudoPassword: Secret | null;
}

/** @throws AppError BAD_INPUT for a key login without a key */
export const secretsOf = (input: CredentialInput): Omit<SealedLogin, 'sudoPassword'> => {
  const none = { pem: '', passphrase: '', password: '' };
  if (input.kind === 'agent' || input.kind === 'group') return none;
  if (input.kind === 'password') return { ...none, password: input.password };
  if (input.pem === '' && input.file === '') {
    throw new AppError('BAD_INPUT', { field: 'private key', problem: 'choose a key file or paste the key' });
  }
  return { ...none, pem: input.file === '' ? input.pem : '', passphrase: input.passphrase };
};

/** What may be shown of a login. */
export const infoOf = (input: CredentialInput, sudoPassword: string): Device['credential'] => ({
  kind: input.kind,
  file: input.kind === 'key' && input.file !== '' ? keyPath(input.file) : null,
  hasSudoPassword: sudoPassword !== '',
});

/** @throws RangeError for the login of a group, which lies with the group */
export const openLogin = (info: Device['credential'], sealed: SealedLogin): StoredLogin => {
  const sudoPassword = sealed.sudoPassword || sealed.password;
  const keyText = info.file === null ? new Secret(sealed.pem) : null;
  const credentials = {
    agent: () => ({ kind: 'agent' }) as const,
    password: () => ({ kind: 'password', password: new Secret(sealed.password) }) as const,
    group: (): never => {
      throw new RangeError('the login of a group lies with the group');
    },
    key: () =>
      ({ kind: 'key', file: info.file, pem: keyText, passphrase: new Secret(sealed.passphrase) }) as const,
  };
  return {
    credential: credentials[info.kind](),
    sudoPassword: sudoPassword === '' ? null : new Secret(sudoPassword),
  };
};

/** The login that an input describes, before anything is stored. */
export const loginOf = (input: CredentialInput, sudoPassword: string): StoredLogin =>
  openLogin(infoOf(input, sudoPassword), { ...secretsOf(input), sudoPassword });
